/* consensus.h - the positions of several scores into one. Private to src/rank. */
#ifndef WINNOW_CONSENSUS_H
#define WINNOW_CONSENSUS_H

#include "winnow/status.h"

#include <stddef.h>

/* Local. consensus (n): position by the mean of the positions in n_scores scores (n), 1 = best, ties by number; order
 * (n): features, best first. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_rank_consensus(const double *const *scores, size_t n_scores, size_t n, double *consensus,
                                        size_t *order);

#endif
