/* modes.h - the most frequent value of columns, exactly, with bounded memory: values are counted under keys that are
 * partitioned over ranks, and spilled where they outgrow it. For levels and their counts see keyed_counts.h. */
#ifndef WINNOW_MODES_H
#define WINNOW_MODES_H

#include "winnow/accumulator.h"
#include "winnow/ranks.h"

typedef struct wn_modes wn_modes;

/* Bytes that the counts of all columns take on a rank; more distinct values are spilled. */
enum { WN_MODES_BYTES = 64 << 20 };

/* Local. Of the columns whose wanted[i] (n_cols, copied) is not 0. budget and directory as in wn_keyed_counts_new. The
 * caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_modes_new(wn_modes **modes, size_t n_cols, const unsigned char *wanted, size_t budget,
                                   const char *directory);
void wn_modes_free(wn_modes *modes);

/* Local. Adds the valid cells of a block. Fails: WN_NO_MEMORY, WN_IO. */
WN_MUST_USE wn_status wn_modes_add(wn_modes *modes, const wn_block *block);

/* Local. The state in its erased form; borrowed. It has neither sums nor keys. */
wn_accumulator wn_modes_accumulator(wn_modes *modes);

/* Collective, after a pass over all cells. Fails: WN_NO_MEMORY, WN_IO, agreed. */
WN_MUST_USE wn_status wn_modes_end(const wn_ranks *ranks, wn_modes *modes);

/* Local. Whether all cells were counted; where no column is wanted it is so at once. */
bool wn_modes_is_done(const wn_modes *modes);

/* Local. The most frequent value of a column, the least of several (scikit-learn's SimpleImputer); NaN where it has no
 * valid cell or is not wanted. -0 is 0. */
double wn_modes_value(const wn_modes *modes, size_t column);

#endif
