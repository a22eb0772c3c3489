/* wide_columns.h - the columns of a block most of whose cells are zero: the cells of some lie dense in the block, the
 * others are parts of sparse rows. Made of features, where an encoder has thousands of them and a row few; blocks of a
 * table's cells have none. */
#ifndef WINNOW_WIDE_COLUMNS_H
#define WINNOW_WIDE_COLUMNS_H

#include "winnow/sparse_rows.h"

/* Columns [first, first + n_cols); where dense ones are among them, these have no entries. */
typedef struct {
    size_t first, n_cols;
    wn_sparse_rows rows; /* (n_rows) entries by column - first; owned */
} wn_sparse_part;

typedef struct {
    size_t n_cols; /* all of them */
    size_t n_dense;
    size_t *dense; /* (n_dense) the columns that the block's cells hold, ascending; owned */
    size_t n_parts;
    wn_sparse_part *parts; /* (n_parts) in order, without any row; owned */
} wn_wide_columns;

/* Local. Room for n_dense columns and n_parts parts, to be filled in. The caller clears it. Fails: WN_NO_MEMORY, and
 * then it is empty. */
WN_MUST_USE wn_status wn_wide_columns_init(wn_wide_columns *wide, size_t n_cols, size_t n_dense, size_t n_parts);

/* Local. The same columns as another's, without a row. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_wide_columns_like(wn_wide_columns *wide, const wn_wide_columns *other);
void wn_wide_columns_clear(wn_wide_columns *wide);

/* Local. How many dense columns come before a column: where it lies among them, if it is one. */
size_t wn_wide_columns_dense(const wn_wide_columns *wide, size_t column);

/* Local. No rows; the memory is kept. */
void wn_wide_columns_empty(wn_wide_columns *wide);

/* Local. Appends row i of another with the same columns. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_wide_columns_append(wn_wide_columns *wide, const wn_wide_columns *other, size_t i);

#endif
