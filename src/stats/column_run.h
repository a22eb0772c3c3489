/* column_run.h - a strip of a block turned about: cells of one column, row after row, which statistics of a column are
 * made from with vectors. Private to src/stats.
 * Sums are kept in LANES parts, cell i in part i % LANES, so that every kernel gives the same bits: what a processor
 * can do changes the time alone. Runs are filled up to whole steps with NaN, which no statistic counts. */
#ifndef WINNOW_STATS_COLUMN_RUN_H
#define WINNOW_STATS_COLUMN_RUN_H

#include "winnow/block.h"

enum {
    WN_RUN_ROWS = 512,
    WN_RUN_COLS = 8,
    WN_RUN_LANES = 8,
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

/* Of cells that are there: their number, the sum of x - centre and of its square, the least and the greatest (+inf and
 * -inf where there are none). */
typedef struct {
    int64_t count;
    double rest, squares, least, most;
} wn_run_moments;

/* Cells in [low, high], which a sweep counts, as it does those below, and appends to `kept` (room for n + WN_RUN_LANES
 * more cells of the run's width) if that is not NULL. */
typedef struct {
    double low, high;
    float least_inside, most_inside; /* a float32 cell lies on the same side of these */
    void *kept;                      /* borrowed */
    size_t below, inside;            /* of the run that was swept */
} wn_run_window;

/* Local. A window that keeps nothing yet. */
wn_run_window wn_run_window_of(double low, double high);

/* Local. A run of n cells (whole steps): its moments, and what lies in and below n_windows windows. */
wn_run_moments wn_run_sweep(wn_cells run, size_t n, double centre, wn_run_window *windows, size_t n_windows);

/* Which kernels there are: each set has what those before it lack. */
typedef enum { WN_KERNELS_PLAIN, WN_KERNELS_AVX2, WN_KERNELS_AVX512 } wn_column_kernels;

/* Local. For tests: none beyond `most` from now on. Returns those that are used: what this processor has of them. */
wn_column_kernels wn_column_run_limit(wn_column_kernels most);

/* Local. Those that are used. */
wn_column_kernels wn_column_run_kernels(void);

/* The kernels of a processor with AVX2, and with AVX-512 (f, dq, bw, vl) and BMI; the caller has asked for it. */
#ifdef __x86_64__
void wn_strip_fill8_avx2(const float *cells, size_t row_cells, size_t n, float *runs);
void wn_strip_fill4_avx2(const double *cells, size_t row_cells, size_t n, double *runs);
void wn_strip_fill8_avx512(const float *cells, size_t row_cells, size_t n, float *runs);
wn_run_moments wn_run_sweep_avx2(wn_cells run, size_t n, double centre, wn_run_window *windows, size_t n_windows);
wn_run_moments wn_run_sweep_avx512(wn_cells run, size_t n, double centre, wn_run_window *windows, size_t n_windows);
#endif

/* Local. The sum of a run's parts, in an order that all kernels keep. */
static inline double wn_lanes_sum(const double part[WN_RUN_LANES])
{
    return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

#endif
