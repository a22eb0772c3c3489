/* sparse_batch.h - sparse rows that go through a network together, and the columns that any of them has: the first
 * layer looks at the weights of those alone. Made of the rows of a dataset (dataset.h); whole tables of sparse rows are
 * sparse_rows.h. */
#ifndef WINNOW_SPARSE_BATCH_H
#define WINNOW_SPARSE_BATCH_H

#include "winnow/column_set.h"
#include "winnow/dataset.h"

typedef struct {
    size_t n_rows, n_entries, entry_room;
    size_t *start;         /* (n_rows + 1) row i has the entries start[i] .. start[i + 1] - 1 */
    uint32_t *column;      /* (n_entries) ascending within a row; once the batch is ended, their places in the set */
    float *value;          /* (n_entries) */
    wn_column_set columns; /* those that some row has */
} wn_sparse_batch;

/* Local. An empty batch with room for any n_rows different rows of a sparse dataset. The caller frees it. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_sparse_batch_new(wn_sparse_batch **batch, const wn_dataset *dataset, size_t n_rows);
void wn_sparse_batch_free(wn_sparse_batch *batch);

/* Local. As many columns as its rows can have together. */
size_t wn_sparse_batch_most_columns(const wn_sparse_batch *batch);

/* Local. No rows: others are to be added. */
void wn_sparse_batch_begin(wn_sparse_batch *batch);

/* Local. Adds a row of the dataset. */
void wn_sparse_batch_add(wn_sparse_batch *batch, const wn_dataset *dataset, size_t row);

/* Local. Adds a row of zeros. */
void wn_sparse_batch_add_zeros(wn_sparse_batch *batch);

/* Local. All rows are added: the columns are listed. */
void wn_sparse_batch_end(wn_sparse_batch *batch);

#endif
