/* consensus.h - the positions of several scores into one. Private to src/rank. */
#ifndef WINNOW_CONSENSUS_H
#define WINNOW_CONSENSUS_H

#include "winnow/ranking.h"

/* Local. consensus (n): position by the rule over n_scores scores (n), 1 = best, ties by the mean of positions, then by
 * number; order (n): features, best first. keep: of intersection. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_rank_consensus(wn_consensus rule, size_t keep, const double *const *scores, size_t n_scores,
                                        size_t n, double *consensus, size_t *order);

#endif
