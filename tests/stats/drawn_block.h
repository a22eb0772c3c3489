/* drawn_block.h - blocks of drawn cells, on which kernels are compared with plain loops. */
#ifndef WINNOW_TESTS_STATS_DRAWN_BLOCK_H
#define WINNOW_TESTS_STATS_DRAWN_BLOCK_H

#include "winnow/block.h"

/* Local. A new block of float32 or double cells: normal numbers far from 0, some small integers that occur often, some
 * gaps; the same for the same shape. NULL where memory lacks, which fails the test. The caller frees it. */
wn_block *drawn_block_new(size_t n_rows, size_t n_cols, bool is_float32);

/* Local. Cell number i as a double. */
double drawn_cell(wn_cells cells, size_t i);

#endif
