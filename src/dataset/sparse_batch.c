#include "winnow/sparse_batch.h"

#include "winnow/memory.h"

/* Entries that n rows of the dataset can have: as many as those of its longest one, and no more than there are. */
static size_t most_entries(const wn_sparse_rows *rows, size_t n)
{
    size_t longest = 0;
    for (size_t i = 0; i < rows->n_rows; i++) {
        size_t length = rows->start[i + 1] - rows->start[i];
        longest = length > longest ? length : longest;
    }
    return n < rows->n_entries / (longest + 1) ? n * longest : rows->n_entries;
}

wn_status wn_sparse_batch_new(wn_sparse_batch **batch, const wn_dataset *dataset, size_t n_rows)
{
    wn_status status = WN_OK;
    wn_sparse_batch *made = NULL;
    size_t n_entries = most_entries(dataset->sparse, n_rows);
    TRY(wn_new(&made, 1));
    made->entry_room = n_entries;
    TRY(wn_column_set_init(&made->columns, dataset->n_features));
    TRY(wn_new(&made->start, n_rows + 1));
    TRY(wn_new(&made->column, n_entries));
    TRY(wn_new(&made->value, n_entries));
    *batch = made;
    made = NULL;
done:
    wn_sparse_batch_free(made);
    return status;
}

void wn_sparse_batch_free(wn_sparse_batch *batch)
{
    if (batch == NULL)
        return;
    wn_column_set_clear(&batch->columns);
    wn_free(batch->start);
    wn_free(batch->column);
    wn_free(batch->value);
    wn_free(batch);
}

size_t wn_sparse_batch_most_columns(const wn_sparse_batch *batch)
{
    return batch->entry_room < batch->columns.n_all ? batch->entry_room : batch->columns.n_all;
}

void wn_sparse_batch_begin(wn_sparse_batch *batch)
{
    batch->n_rows = batch->n_entries = 0;
    wn_column_set_empty(&batch->columns);
}

void wn_sparse_batch_add(wn_sparse_batch *batch, const wn_dataset *dataset, size_t row)
{
    const wn_sparse_rows *from = dataset->sparse;
    for (size_t k = from->start[row]; k < from->start[row + 1]; k++) {
        batch->column[batch->n_entries] = from->column[k];
        batch->value[batch->n_entries++] = (float)from->value[k];
        wn_column_set_add(&batch->columns, from->column[k]);
    }
    wn_sparse_batch_add_zeros(batch);
}

void wn_sparse_batch_add_zeros(wn_sparse_batch *batch)
{
    batch->start[++batch->n_rows] = batch->n_entries;
}

void wn_sparse_batch_end(wn_sparse_batch *batch)
{
    wn_column_set_list(&batch->columns);
    for (size_t k = 0; k < batch->n_entries; k++)
        batch->column[k] = batch->columns.place[batch->column[k]];
}
