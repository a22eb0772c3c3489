/* column_run.h - a strip of a block turned about: cells of one column, row after row, which bins are found for with
 * vectors. For sums and windows, which need no turning, see sweep.h. Private to src/stats.
 * Runs are filled up to whole steps with NaN, which no statistic counts. */
#ifndef WINNOW_STATS_COLUMN_RUN_H
#define WINNOW_STATS_COLUMN_RUN_H

#include "winnow/block.h"

enum {
    WN_RUN_ROWS = 512,
    WN_RUN_COLS = 8,
    WN_RUN_STEP = 64, /* cells whose places fit into a word of bits */
    WN_RUN_STRIDE =
        WN_RUN_ROWS + 16, /* a power of two would bring all runs of a strip into the same few lines of a cache */
};

/* Columns [first_col, first_col + n_cols) of rows [first_row, first_row + n_rows) of a block. */
typedef struct {
    _Alignas(64) unsigned char bytes[WN_RUN_COLS * WN_RUN_STRIDE * sizeof(double)];
    size_t n_cols, n_rows;
    size_t first; /* columns before them that were turned along, to fill a vector */
    size_t n;     /* n_rows, filled up */
    bool is_float32;
} wn_column_strip;

/* Local. At most WN_RUN_ROWS rows and WN_RUN_COLS columns, cut at the block's end. */
void wn_column_strip_fill(wn_column_strip *strip, const wn_block *block, size_t first_row, size_t first_col);

/* Local. Column number `column` of the strip (n cells); borrowed. */
wn_cells wn_column_strip_run(const wn_column_strip *strip, size_t column);

/* Local. Asks for cells that are read after the strip at (first_row, first_col), in part number `part` of WN_RUN_COLS:
 * they come from memory while what is there is worked on. */
void wn_column_strip_ask_ahead(const wn_block *block, size_t first_row, size_t first_col, size_t part);

/* The kernels of a processor with AVX2, and with AVX-512; the caller has asked for it. */
#ifdef __x86_64__
void wn_strip_fill8_avx2(const float *cells, size_t row_cells, size_t n, float *runs);
void wn_strip_fill4_avx2(const double *cells, size_t row_cells, size_t n, double *runs);
void wn_strip_fill8_avx512(const float *cells, size_t row_cells, size_t n, float *runs);
#endif

#endif
