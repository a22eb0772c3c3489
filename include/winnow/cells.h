/* cells.h - decoded cells in one of two widths, so that tables of small types take half the memory. */
#ifndef WINNOW_CELLS_H
#define WINNOW_CELLS_H

#include <stdbool.h>
#include <stddef.h>

/* A run of float (is_float32) or double cells; borrowed. */
typedef struct {
    void *data;
    bool is_float32;
} wn_cells;

/* Local. The cells from number `first` on. */
wn_cells wn_cells_at(wn_cells cells, size_t first);
size_t wn_cell_bytes(bool is_float32);

/* Local. Cells equal to `value` (compared in double) become NaN. */
void wn_cells_forget(wn_cells cells, size_t n, double value);

/* Local. Infinite cells become NaN. */
void wn_cells_forget_infinite(wn_cells cells, size_t n);

/* Local. The number of the first infinite cell; n if there is none. */
size_t wn_cells_find_infinite(wn_cells cells, size_t n);

/* Local. The cells as doubles. */
void wn_cells_widen(double *to, wn_cells cells, size_t n);

/* Local. Row by row, picks n_picked cells of from (n_rows, from_width) at picks[] into to (n_rows, to_width) from
 * column `at` on. Both have the same width of cells. */
void wn_cells_pick(wn_cells to, size_t to_width, size_t at, wn_cells from, size_t from_width, const size_t *picks,
                   size_t n_picked, size_t n_rows);

/* Local. Row by row, the cells from[] of out_of (n_rows, from_width) become the cells to[] of into (n_rows, to_width);
 * n of them. Both have the same width of cells. */
void wn_cells_place(wn_cells into, size_t to_width, const size_t *to, wn_cells out_of, size_t from_width,
                    const size_t *from, size_t n, size_t n_rows);

#endif
