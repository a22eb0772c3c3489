/* quantile_search.h - order statistics among keys that lie sorted on all ranks, many at once. Private to src/stats. */
#ifndef WINNOW_QUANTILE_SEARCH_H
#define WINNOW_QUANTILE_SEARCH_H

#include "winnow/ranks.h"

#include <stdbool.h>

typedef struct {
    const int64_t *sorted; /* this rank's keys, ascending; borrowed */
    size_t n;
    int64_t number; /* which order statistic over all ranks, from 0 */
    bool is_wanted; /* the same on all ranks */
    int64_t key;    /* the answer */
} key_search;

/* Collective. Bisects the space of keys: at most 64 rounds of one sum of n_searches integers. Fails: WN_NO_MEMORY,
 * agreed. */
WN_MUST_USE wn_status wn_key_search_run(const wn_ranks *ranks, key_search *searches, size_t n_searches);

#endif
