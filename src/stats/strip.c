#include "strip.h"

#include "winnow/sizes.h"

#include <math.h>
#include <string.h>

enum { MOST_VECTORS = 32 }; /* of a period that is taken as it lies in the block */

/* Rows after which columns and slots meet again. */
static size_t period_rows(size_t n_cols)
{
    size_t rows = WN_SLOTS;
    while (rows > 1 && n_cols * (rows / 2) % WN_SLOTS == 0)
        rows /= 2;
    return rows;
}

static bool is_tiled(size_t n_cols)
{
    return n_cols * period_rows(n_cols) > MOST_VECTORS * WN_SLOTS;
}

static size_t vectors_for(size_t n_cols)
{
    return (n_cols + WN_SLOTS - 1) / WN_SLOTS;
}

size_t wn_strip_vectors(size_t n_cols)
{
    return is_tiled(n_cols) ? vectors_for(n_cols) : n_cols * period_rows(n_cols) / WN_SLOTS;
}

size_t wn_strip_most_vectors(size_t n_cols)
{
    return vectors_for(n_cols) > MOST_VECTORS ? vectors_for(n_cols) : MOST_VECTORS;
}

void wn_strip_columns(size_t n_cols, size_t vector, size_t columns[WN_SLOTS])
{
    size_t first = vector * WN_SLOTS;
    for (size_t s = 0; s < WN_SLOTS; s++)
        columns[s] = (first + s) % n_cols;
}

void wn_strip_begin(wn_strip *strip)
{
    strip->next_row = strip->next_col = 0;
}

static void forget(wn_cells cells, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cells.is_float32)
            ((float *)cells.data)[i] = NAN;
        else
            ((double *)cells.data)[i] = (double)NAN;
}

/* Rows that are less than a period become one. */
static void copy_rows(wn_strip *strip, wn_cells from, size_t n)
{
    strip->cells = (wn_cells){strip->tile, from.is_float32};
    strip->n_periods = 1;
    strip->ahead = 0;
    memcpy(strip->tile, from.data, n * wn_cell_bytes(from.is_float32));
    forget(wn_cells_at(strip->cells, n), strip->n_vectors * WN_SLOTS - n);
}

/* Whole periods as they lie in the block; then the rows that are left. */
static void take_rows(wn_strip *strip, wn_cells from, size_t n_cols, size_t left)
{
    size_t rows = period_rows(n_cols), n_periods = wn_size_min(left / rows, WN_STRIP_PERIODS);
    strip->first_vector = 0;
    strip->n_vectors = n_cols * rows / WN_SLOTS;
    if (n_periods == 0) {
        copy_rows(strip, from, left * n_cols);
        strip->next_row += left;
        return;
    }
    strip->cells = from;
    strip->n_periods = n_periods;
    strip->ahead = left >= 2 * n_periods * rows ? n_periods * rows * n_cols : 0;
    strip->next_row += n_periods * rows;
}

/* n_cols columns of the rows from `from` on, of which the block has `left`. Wide rows lie so far apart that a processor
 * does not foresee them: they are asked for. */
static void copy_columns(wn_strip *strip, wn_cells from, size_t n_cols, size_t row_cells, size_t left)
{
    enum { ROWS_AHEAD = 8, LINE = 64 };
    size_t size = wn_cell_bytes(from.is_float32), n_bytes = n_cols * size, step = row_cells * size;
    size_t stride = strip->n_vectors * WN_SLOTS;
    const char *row = from.data;
    strip->n_periods = wn_size_min(left, WN_STRIP_PERIODS);
    strip->cells = (wn_cells){strip->tile, from.is_float32};
    strip->ahead = 0;
    for (size_t i = 0; i < strip->n_periods; i++, row += step) {
        wn_cells to = wn_cells_at(strip->cells, i * stride);
        for (size_t at = 0; at < n_bytes && i + ROWS_AHEAD < left; at += LINE)
            __builtin_prefetch(row + ROWS_AHEAD * step + at);
        if (n_bytes == WN_TILE_BYTES) {
            memcpy(to.data, row, WN_TILE_BYTES);
            continue;
        }
        memcpy(to.data, row, n_bytes);
        forget(wn_cells_at(to, n_cols), stride - n_cols);
    }
}

/* The next columns of some rows; behind the last of them the first of the next rows. */
static void take_columns(wn_strip *strip, const wn_block *block, wn_cells from)
{
    size_t n_cols = wn_size_min(WN_TILE_BYTES / wn_cell_bytes(from.is_float32), block->n_cols - strip->next_col);
    strip->first_vector = strip->next_col / WN_SLOTS;
    strip->n_vectors = vectors_for(n_cols);
    copy_columns(strip, from, n_cols, block->n_cols, block->n_rows - strip->next_row);
    strip->next_col += n_cols;
    if (strip->next_col < block->n_cols)
        return;
    strip->next_col = 0;
    strip->next_row += strip->n_periods;
}

bool wn_strip_next(wn_strip *strip, const wn_block *block)
{
    size_t p = block->n_cols;
    if (strip->next_row == block->n_rows || p == 0)
        return false;
    wn_cells from = wn_cells_at(wn_block_view(block), strip->next_row * p + strip->next_col);
    if (is_tiled(p))
        take_columns(strip, block, from);
    else
        take_rows(strip, from, p, block->n_rows - strip->next_row);
    return true;
}
