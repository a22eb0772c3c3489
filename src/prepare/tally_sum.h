/* tally_sum.h - tallies of all ranks as one: the most frequent byte strings over all of them. */
#ifndef WINNOW_PREPARE_TALLY_SUM_H
#define WINNOW_PREPARE_TALLY_SUM_H

#include "winnow/ranks.h"
#include "winnow/tally.h"

typedef struct {
    wn_tally_entry *entries; /* (n) chosen, sorted by key; their texts lie in `bytes`; owned */
    size_t n;
    int64_t n_distinct; /* byte strings over all ranks */
    void *bytes;        /* owned */
} wn_tally_sum;

/* Collective. The (at most) `limit` strings of largest count among those in at least `minimum_rows` rows, ties broken
 * by smaller key, the same on every rank. Each key is added where it lives. The caller clears it. Fails: WN_NO_MEMORY,
 * agreed. */
WN_MUST_USE wn_status wn_tally_sum_ranks(const wn_ranks *ranks, const wn_tally *tally, size_t limit,
                                         int64_t minimum_rows, wn_tally_sum *sum);
void wn_tally_sum_clear(wn_tally_sum *sum);

#endif
