/* column_run.h - a strip of a block turned about: cells of one column, row after row, which statistics of a column are
 * made from with vectors. Private to src/stats.
 * Sums are kept in LANES parts, cell i in part i % LANES, so that every kernel gives the same bits: what a processor
 * can do changes the time alone. Runs are filled up to whole lanes with NaN, which no statistic counts. */
#ifndef WINNOW_STATS_COLUMN_RUN_H
#define WINNOW_STATS_COLUMN_RUN_H

#include "winnow/block.h"

enum { WN_RUN_ROWS = 512, WN_RUN_COLS = 8, WN_RUN_LANES = 8 };

/* Columns [first_col, first_col + n_cols) of rows [first_row, first_row + n_rows) of a block. */
typedef struct {
    _Alignas(64) unsigned char bytes[WN_RUN_COLS * WN_RUN_ROWS * sizeof(double)];
    size_t n_cols, n_rows;
    size_t first; /* columns before them that were turned along, to fill a vector */
    size_t n;     /* n_rows, filled up */
    bool is_float32;
} wn_column_strip;

/* Local. At most WN_RUN_ROWS rows and WN_RUN_COLS columns, cut at the block's end. */
void wn_column_strip_fill(wn_column_strip *strip, const wn_block *block, size_t first_row, size_t first_col);

/* Local. Column number `column` of the strip (n cells); borrowed. */
wn_cells wn_column_strip_run(const wn_column_strip *strip, size_t column);

/* Of cells that are there: their number, the sum of x - centre and of its square, the least and the greatest (+inf and
 * -inf where there are none). */
typedef struct {
    int64_t count;
    double rest, squares, least, most;
} wn_run_moments;

/* Local. */
wn_run_moments wn_run_moments_of(wn_cells run, size_t n, double centre);

/* Local. How many cells of a run lie below `low`, and in [low, high]; those are appended to kept (room for n +
 * WN_RUN_LANES more cells of the run's width) if that is not NULL. */
typedef struct {
    size_t below, inside;
} wn_run_counts;
wn_run_counts wn_run_window(wn_cells run, size_t n, double low, double high, void *kept);

/* Which kernels there are: each set has what those before it lack. */
typedef enum { WN_KERNELS_PLAIN, WN_KERNELS_AVX2, WN_KERNELS_AVX512 } wn_column_kernels;

/* Local. For tests: none beyond `most` from now on. Returns those that are used: what this processor has of them. */
wn_column_kernels wn_column_run_limit(wn_column_kernels most);

/* The kernels of a processor with AVX2, and with AVX-512 (f, dq, bw, vl) and BMI; the caller has asked for it. */
#ifdef __x86_64__
void wn_strip_fill8_avx2(const float *cells, size_t row_cells, size_t n, float *runs);
void wn_strip_fill4_avx2(const double *cells, size_t row_cells, size_t n, double *runs);
wn_run_moments wn_run_moments_float_avx2(const float *run, size_t n, double centre);
wn_run_moments wn_run_moments_double_avx2(const double *run, size_t n, double centre);
wn_run_counts wn_run_window_float_avx2(const float *run, size_t n, float low, float high, float *kept);
wn_run_counts wn_run_window_double_avx2(const double *run, size_t n, double low, double high, double *kept);
wn_run_moments wn_run_moments_float_avx512(const float *run, size_t n, double centre);
wn_run_moments wn_run_moments_double_avx512(const double *run, size_t n, double centre);
wn_run_counts wn_run_window_float_avx512(const float *run, size_t n, float low, float high, float *kept);
wn_run_counts wn_run_window_double_avx512(const double *run, size_t n, double low, double high, double *kept);
#endif

/* Local. The sum of a run's parts, in an order that all kernels keep. */
static inline double wn_lanes_sum(const double part[WN_RUN_LANES])
{
    return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

#endif
