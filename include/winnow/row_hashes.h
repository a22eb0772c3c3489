/* row_hashes.h - a keyed 128-bit hash of every row, and which rows repeat an earlier one, over all ranks. */
#ifndef WINNOW_ROW_HASHES_H
#define WINNOW_ROW_HASHES_H

#include "winnow/accumulator.h"
#include "winnow/ranks.h"

typedef struct wn_row_hashes wn_row_hashes;

/* Local. Hashes of the typed values of all cells, the label and all texts: -0 equals 0 and all NaN are equal. The seed
 * keys the hash. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_row_hashes_new(wn_row_hashes **hashes, size_t n_cols, uint64_t seed);
void wn_row_hashes_free(wn_row_hashes *hashes);

/* Local. Adds the rows of a block. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_row_hashes_add(wn_row_hashes *hashes, const wn_block *block);

/* Local. The state in its erased form; borrowed. It has neither sums nor keys. */
wn_accumulator wn_row_hashes_accumulator(wn_row_hashes *hashes);

/* Collective. Of the rows added on any rank, those that equal a row of smaller number which is itself below n_originals
 * (INT64_MAX: any): *repeats (new, owned by the caller), the numbers of this rank's own repeats, ascending; *n. Rows
 * are sorted by key where the key lives: 24 bytes a row of the table over all ranks, besides the 24 bytes a row of the
 * states. */
WN_MUST_USE wn_status wn_row_hashes_repeats(const wn_ranks *ranks, const wn_row_hashes *hashes, int64_t n_originals,
                                            int64_t **repeats, size_t *n);

#endif
