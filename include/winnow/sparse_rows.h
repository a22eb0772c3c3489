/* sparse_rows.h - rows that are mostly zero (CSR), made by appending: of each row the columns that are not zero.
 * Dense rows are in block.h. */
#ifndef WINNOW_SPARSE_ROWS_H
#define WINNOW_SPARSE_ROWS_H

#include "winnow/status.h"

#include <stddef.h>
#include <stdint.h>

/* Row i has the entries start[i] .. start[i + 1] - 1. All zero has no row, and no start yet. */
typedef struct {
    size_t n_rows, n_entries;
    size_t *start;    /* (n_rows + 1) owned */
    uint32_t *column; /* (n_entries) ascending within a row, owned */
    double *value;    /* (n_entries) owned */
    size_t row_room, entry_room;
} wn_sparse_rows;

/* Local. Makes room for one more row of n_entries entries, to be written at column[rows->n_entries] and the same place
 * of value, and then counted by wn_sparse_rows_end. Fails: WN_NO_MEMORY, and then the rows are what they were. */
WN_MUST_USE wn_status wn_sparse_rows_reserve(wn_sparse_rows *rows, size_t n_entries);

/* Local. Makes room for n_rows more rows of n_entries entries together, so that what is reserved of them row by row is
 * there. Fails: WN_NO_MEMORY, and then the rows are what they were. */
WN_MUST_USE wn_status wn_sparse_rows_reserve_rows(wn_sparse_rows *rows, size_t n_rows, size_t n_entries);

/* Local. Ends the row whose n_entries entries were written. */
static inline void wn_sparse_rows_end(wn_sparse_rows *rows, size_t n_entries)
{
    rows->n_entries += n_entries;
    rows->start[++rows->n_rows] = rows->n_entries;
}

/* Local. Appends a row whose first n_columns are NaN: of what is missing nothing is 0. Fails: WN_NO_MEMORY, and then
 * the rows are what they were. */
WN_MUST_USE wn_status wn_sparse_rows_append_missing(wn_sparse_rows *rows, size_t n_columns);

/* Local. Gives back the room that is left. Fails: WN_NO_MEMORY, and then there is some left. */
WN_MUST_USE wn_status wn_sparse_rows_fit(wn_sparse_rows *rows);

/* Local. No rows, the memory is kept; and gives the memory back. */
void wn_sparse_rows_empty(wn_sparse_rows *rows);
void wn_sparse_rows_clear(wn_sparse_rows *rows);

#endif
