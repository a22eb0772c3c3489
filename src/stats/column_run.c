#include "column_run.h"

#include <math.h>

static wn_column_kernels most_kernels = WN_KERNELS_AVX512;

static wn_column_kernels kernels(void)
{
    wn_column_kernels found = WN_KERNELS_PLAIN;
#ifdef __x86_64__
    bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    if (__builtin_cpu_supports("avx2"))
        found = has_avx512 && __builtin_cpu_supports("bmi") ? WN_KERNELS_AVX512 : WN_KERNELS_AVX2;
#endif
    return found < most_kernels ? found : most_kernels;
}

wn_column_kernels wn_column_run_limit(wn_column_kernels most)
{
    most_kernels = most;
    return kernels();
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

wn_cells wn_column_strip_run(const wn_column_strip *strip, size_t column)
{
    size_t at = (strip->first + column) * WN_RUN_ROWS * wn_cell_bytes(strip->is_float32);
    return (wn_cells){.data = (unsigned char *)strip->bytes + at, .is_float32 = strip->is_float32};
}

#define FILL(type)                                                                                                     \
    do {                                                                                                               \
        const type *from = cells.data;                                                                                 \
        type *to = wn_column_strip_run(strip, 0).data;                                                                 \
        for (size_t c = first_col; c < strip->n_cols; c++)                                                             \
            for (size_t i = first_row; i < strip->n_rows; i++)                                                         \
                to[c * WN_RUN_ROWS + i] = from[i * row_cells + c];                                                     \
    } while (0)

/* Columns from first_col on and rows from first_row on, cell by cell. */
static void fill_plain(wn_column_strip *strip, wn_cells cells, size_t row_cells, size_t first_row, size_t first_col)
{
    if (strip->is_float32)
        FILL(float);
    else
        FILL(double);
}

static void set_missing(wn_cells run, size_t i)
{
    if (run.is_float32)
        ((float *)run.data)[i] = NAN;
    else
        ((double *)run.data)[i] = (double)NAN;
}

/* All of a strip; whole squares of cells by vectors. */
static void fill(wn_column_strip *strip, wn_cells cells, size_t row_cells, size_t first_col)
{
    size_t rows = 0, cols = 0;
#ifdef __x86_64__
    if (kernels() >= WN_KERNELS_AVX2 && strip->is_float32 && first_col + strip->n_cols >= 8) {
        size_t along = 8 - strip->n_cols;
        float *runs = (float *)(void *)strip->bytes;
        rows = strip->n_rows / 8 * 8;
        wn_strip_fill8_avx2((const float *)cells.data - along, row_cells, rows, runs);
        strip->first = along;
        cols = strip->n_cols;
    } else if (kernels() >= WN_KERNELS_AVX2 && !strip->is_float32 && strip->n_cols >= 4) {
        rows = strip->n_rows / 4 * 4;
        for (; cols + 4 <= strip->n_cols; cols += 4)
            wn_strip_fill4_avx2((const double *)cells.data + cols, row_cells, rows,
                                (double *)(void *)strip->bytes + cols * WN_RUN_ROWS);
    }
#endif
    fill_plain(strip, cells, row_cells, 0, cols);
    if (rows < strip->n_rows)
        fill_plain(strip, cells, row_cells, rows, 0);
}

void wn_column_strip_fill(wn_column_strip *strip, const wn_block *block, size_t first_row, size_t first_col)
{
    wn_cells view = wn_block_view(block);
    strip->first = 0;
    strip->n_rows = least(WN_RUN_ROWS, block->n_rows - first_row);
    strip->n_cols = least(WN_RUN_COLS, block->n_cols - first_col);
    strip->n = (strip->n_rows + WN_RUN_LANES - 1) / WN_RUN_LANES * WN_RUN_LANES;
    strip->is_float32 = view.is_float32;
    fill(strip, wn_cells_at(view, first_row * block->n_cols + first_col), block->n_cols, first_col);
    for (size_t c = 0; c < strip->n_cols; c++)
        for (size_t i = strip->n_rows; i < strip->n; i++)
            set_missing(wn_column_strip_run(strip, c), i);
}

static wn_run_moments moments_plain(wn_cells run, size_t n, double centre)
{
    double sum[WN_RUN_LANES] = {0}, squares[WN_RUN_LANES] = {0};
    wn_run_moments m = {.least = (double)INFINITY, .most = -(double)INFINITY};
    for (size_t i = 0; i < n; i++) {
        double x = run.is_float32 ? (double)((const float *)run.data)[i] : ((const double *)run.data)[i];
        double gap = x == x ? x - centre : 0.0;
        m.count += x == x;
        sum[i % WN_RUN_LANES] += gap;
        squares[i % WN_RUN_LANES] += gap * gap;
        m.least = x < m.least ? x : m.least;
        m.most = x > m.most ? x : m.most;
    }
    m.rest = wn_lanes_sum(sum);
    m.squares = wn_lanes_sum(squares);
    return m;
}

wn_run_moments wn_run_moments_of(wn_cells run, size_t n, double centre)
{
#ifdef __x86_64__
    if (kernels() == WN_KERNELS_AVX512)
        return run.is_float32 ? wn_run_moments_float_avx512(run.data, n, centre)
                              : wn_run_moments_double_avx512(run.data, n, centre);
    if (kernels() == WN_KERNELS_AVX2)
        return run.is_float32 ? wn_run_moments_float_avx2(run.data, n, centre)
                              : wn_run_moments_double_avx2(run.data, n, centre);
#endif
    return moments_plain(run, n, centre);
}

#define WINDOW(type)                                                                                                   \
    do {                                                                                                               \
        const type *cell = run.data;                                                                                   \
        type *out = kept;                                                                                              \
        for (size_t i = 0; i < n; i++) {                                                                               \
            bool is_inside = (cell[i] >= least_inside) & (cell[i] <= most_inside);                                     \
            counts.below += cell[i] < least_inside;                                                                    \
            if (out != NULL)                                                                                           \
                out[counts.inside] = cell[i];                                                                          \
            counts.inside += is_inside;                                                                                \
        }                                                                                                              \
    } while (0)

static wn_run_counts window_float(wn_cells run, size_t n, float least_inside, float most_inside, void *kept)
{
    wn_run_counts counts = {0};
    WINDOW(float);
    return counts;
}

static wn_run_counts window_double(wn_cells run, size_t n, double least_inside, double most_inside, void *kept)
{
    wn_run_counts counts = {0};
    WINDOW(double);
    return counts;
}

/* The least float that is not below a double, and the greatest that is not above: a float32 cell lies on the same side
 * of both. */
static float float_from_above(double value)
{
    float f = (float)value;
    return (double)f < value ? nextafterf(f, INFINITY) : f;
}

static float float_from_below(double value)
{
    float f = (float)value;
    return (double)f > value ? nextafterf(f, -INFINITY) : f;
}

wn_run_counts wn_run_window(wn_cells run, size_t n, double low, double high, void *kept)
{
    float least_inside = float_from_above(low), most_inside = float_from_below(high);
#ifdef __x86_64__
    if (kernels() == WN_KERNELS_AVX512)
        return run.is_float32 ? wn_run_window_float_avx512(run.data, n, least_inside, most_inside, kept)
                              : wn_run_window_double_avx512(run.data, n, low, high, kept);
    if (kernels() == WN_KERNELS_AVX2)
        return run.is_float32 ? wn_run_window_float_avx2(run.data, n, least_inside, most_inside, kept)
                              : wn_run_window_double_avx2(run.data, n, low, high, kept);
#endif
    return run.is_float32 ? window_float(run, n, least_inside, most_inside, kept)
                          : window_double(run, n, low, high, kept);
}
