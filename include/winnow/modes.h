/* modes.h - the most frequent value of columns, exactly, with bounded memory.
 * Values are counted under keys that are partitioned over ranks. Where a rank meets more distinct ones than it may keep
 * it goes on with a part of all possible values, and the caller makes another pass for the rest: how many passes it
 * takes depends on memory and ranks, the result does not. For levels and their counts see keyed_counts.h. */
#ifndef WINNOW_MODES_H
#define WINNOW_MODES_H

#include "winnow/accumulator.h"
#include "winnow/ranks.h"

typedef struct wn_modes wn_modes;

/* How many distinct values a rank keeps of all columns together, and the bytes that takes at most. */
enum { WN_MODES_MOST_VALUES = 1 << 18, WN_MODES_MOST_BYTES = 64 << 20 };

/* Local. Of the columns whose wanted[i] (n_cols, copied) is not 0. most_values: WN_MODES_MOST_VALUES, or fewer in
 * tests. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_modes_new(wn_modes **modes, size_t n_cols, const unsigned char *wanted, size_t most_values);
void wn_modes_free(wn_modes *modes);

/* Local. Adds the valid cells of a block. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_modes_add(wn_modes *modes, const wn_block *block);

/* Local. The state in its erased form; borrowed. It has neither sums nor keys. */
wn_accumulator wn_modes_accumulator(wn_modes *modes);

/* Collective, after a pass over all cells. Until wn_modes_is_done the caller makes another pass over the same cells.
 * Fails: WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_modes_end(const wn_ranks *ranks, wn_modes *modes);

/* Local. Whether all values were counted; with the columns none of which is wanted it is so at once. */
bool wn_modes_is_done(const wn_modes *modes);

/* Local. The most frequent value of a column, the least of several (scikit-learn's SimpleImputer); NaN where it has no
 * valid cell or is not wanted. -0 is 0. */
double wn_modes_value(const wn_modes *modes, size_t column);

#endif
