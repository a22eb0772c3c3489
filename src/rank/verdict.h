/* verdict.h - from statistics to scores, one order and a choice; nothing of it is in a recipe yet. Private to src/rank.
 */
#ifndef WINNOW_VERDICT_H
#define WINNOW_VERDICT_H

#include "choice.h"

typedef struct {
    size_t n_scores;
    wn_rank_method methods[WN_RANK_METHODS];
    double *scores[WN_RANK_METHODS]; /* (n_features) each, owned like the following */
    double *consensus;               /* (n_features) */
    wn_choice *choice;               /* (n_features) */
    size_t *selected, n_selected;    /* (n_features), n_selected of it in use: best first, copies last */
} wn_verdict;

/* Local. Room for the scores of the methods in use and all else of n features; the verdict is zeroed, and the caller
 * clears it, also after a failure. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_verdict_init(wn_verdict *verdict, const wn_ranking_options *options, size_t n_features);

/* Local. Fills a verdict that was made room for. Fails: as wn_ranking_run. */
WN_MUST_USE wn_status wn_verdict_reach(wn_verdict *verdict, const wn_ranking_options *options,
                                       const wn_statistics *statistics, const wn_recipe *recipe);

/* Collective. Rank 0's verdict on every rank, which all made room for. Fails: WN_INTERNAL. */
WN_MUST_USE wn_status wn_verdict_share(const wn_ranks *ranks, wn_verdict *verdict, size_t n_features);
void wn_verdict_clear(wn_verdict *verdict);

#endif
