#include "column_strip.h"

#include "kernels.h"

#include "winnow/sizes.h"

#include <math.h>

wn_cells wn_column_strip_run(const wn_column_strip *strip, size_t column)
{
    size_t at = (strip->first + column) * WN_RUN_STRIDE * wn_cell_bytes(strip->is_float32);
    return (wn_cells){.data = (unsigned char *)strip->bytes + at, .is_float32 = strip->is_float32};
}

#define FILL(type)                                                                                                     \
    do {                                                                                                               \
        const type *from = cells.data;                                                                                 \
        type *to = wn_column_strip_run(strip, 0).data;                                                                 \
        for (size_t c = first_col; c < strip->n_cols; c++)                                                             \
            for (size_t i = first_row; i < strip->n_rows; i++)                                                         \
                to[c * WN_RUN_STRIDE + i] = from[i * row_cells + c];                                                   \
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
    if (wn_kernels_used() >= WN_KERNELS_AVX2 && strip->is_float32 && first_col + strip->n_cols >= 8) {
        bool has_avx512 = wn_kernels_used() == WN_KERNELS_AVX512;
        size_t at_once = has_avx512 ? 16 : 8;
        strip->first = 8 - strip->n_cols;
        cols = strip->n_cols;
        rows = strip->n_rows / at_once * at_once;
        const float *from = (const float *)cells.data - strip->first;
        float *runs = (float *)(void *)strip->bytes;
        if (has_avx512)
            wn_column_strip_fill8_avx512(from, row_cells, rows, runs);
        else
            wn_column_strip_fill8_avx2(from, row_cells, rows, runs);
    } else if (wn_kernels_used() >= WN_KERNELS_AVX2 && !strip->is_float32 && strip->n_cols >= 4) {
        rows = strip->n_rows / 4 * 4;
        for (; cols + 4 <= strip->n_cols; cols += 4)
            wn_column_strip_fill4_avx2((const double *)cells.data + cols, row_cells, rows,
                                       (double *)(void *)strip->bytes + cols * WN_RUN_STRIDE);
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
    strip->n_rows = wn_size_min(WN_RUN_ROWS, block->n_rows - first_row);
    strip->n_cols = wn_size_min(WN_RUN_COLS, block->n_cols - first_col);
    strip->n = (strip->n_rows + WN_RUN_STEP - 1) / WN_RUN_STEP * WN_RUN_STEP;
    strip->is_float32 = view.is_float32;
    fill(strip, wn_cells_at(view, first_row * block->n_cols + first_col), block->n_cols, first_col);
    for (size_t c = 0; c < strip->n_cols; c++)
        for (size_t i = strip->n_rows; i < strip->n; i++)
            set_missing(wn_column_strip_run(strip, c), i);
}

/* Of narrow rows those of the next strips follow in one piece, which is asked for line by line; of wide ones, which a
 * processor does not foresee, the last cell of the next strip. What is asked for needs not be there. */
void wn_column_strip_ask_ahead(const wn_block *block, size_t first_row, size_t first_col, size_t part)
{
    enum { LINE = 64, NARROW = 512, ROWS = WN_RUN_ROWS / WN_RUN_COLS };
    wn_cells view = wn_block_view(block);
    size_t row_bytes = block->n_cols * wn_cell_bytes(view.is_float32), left = block->n_rows - first_row;
    const char *ahead = wn_cells_at(view, first_row * block->n_cols).data;
    if (row_bytes <= NARROW && left > WN_RUN_ROWS) {
        size_t n = wn_size_min(left - WN_RUN_ROWS, WN_RUN_ROWS) * row_bytes, runs = block->n_cols,
               run = first_col + part;
        ahead += WN_RUN_ROWS * row_bytes;
        for (size_t at = n * run / runs; at < n * (run + 1) / runs; at += LINE)
            __builtin_prefetch(ahead + at, 0, 2);
    } else if (row_bytes > NARROW && first_col + 2 * WN_RUN_COLS <= block->n_cols) {
        ahead += (first_col + 2 * WN_RUN_COLS - 1) * wn_cell_bytes(view.is_float32);
        for (size_t i = part * ROWS; i < (part + 1) * ROWS && i < left; i++)
            __builtin_prefetch(ahead + i * row_bytes, 0, 2);
    }
}
