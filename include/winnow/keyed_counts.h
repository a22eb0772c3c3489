/* keyed_counts.h - integers under 128-bit keys, partitioned by key over the ranks.
 * Use it for what cannot be numbered beforehand: category levels, terms, distinct labels. In memory for now. */
#ifndef WINNOW_KEYED_COUNTS_H
#define WINNOW_KEYED_COUNTS_H

#include "winnow/hash.h"
#include "winnow/ranks.h"

typedef struct wn_keyed_counts wn_keyed_counts;

typedef struct {
    wn_hash key;
    int64_t count;   /* the sum of what was added */
    int64_t payload; /* the least payload that was added with the key: a first row, the bits of a value */
} wn_keyed_count;

/* Local. An empty table. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_keyed_counts_new(wn_keyed_counts **counts);
void wn_keyed_counts_free(wn_keyed_counts *counts);

/* Local. Adds `count` under a key. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_keyed_counts_add(wn_keyed_counts *counts, wn_hash key, int64_t count, int64_t payload);

/* Local. How many distinct keys lie here. */
size_t wn_keyed_counts_size(const wn_keyed_counts *counts);

/* Collective. Afterwards each key lies on one rank only (the high word of the key says which), its count summed and its
 * payload the least over ranks. Fails: WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_keyed_counts_partition(const wn_ranks *ranks, wn_keyed_counts *counts);

/* Local. The entries of this rank sorted by key, as a new array of wn_keyed_counts_size entries, owned by the caller.
 */
WN_MUST_USE wn_status wn_keyed_counts_sorted(const wn_keyed_counts *counts, wn_keyed_count **entries);

/* Collective. After partition: the (at most) `limit` entries of largest count over all ranks, ties broken by smaller
 * key, on every rank: *entries (new, owned by the caller), *n. */
WN_MUST_USE wn_status wn_keyed_counts_top(const wn_ranks *ranks, const wn_keyed_counts *counts, size_t limit,
                                          wn_keyed_count **entries, size_t *n);

#endif
