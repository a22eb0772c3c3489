#include "winnow/sparse_batch.h"

#include "winnow/memory.h"

/* Entries that n rows of the dataset can have: those of its n longest. */
static wn_status most_entries(const wn_dataset *dataset, size_t n, size_t *most)
{
    wn_status status = WN_OK;
    const wn_sparse_rows *rows = dataset->sparse;
    size_t *n_of_length = NULL, left = n;
    *most = 0;
    TRY(wn_new(&n_of_length, dataset->n_features + 1));
    for (size_t i = 0; i < rows->n_rows; i++)
        n_of_length[rows->start[i + 1] - rows->start[i]]++;
    for (size_t length = dataset->n_features; length > 0 && left > 0; length--) {
        size_t taken = n_of_length[length] < left ? n_of_length[length] : left;
        *most += taken * length;
        left -= taken;
    }
done:
    wn_free(n_of_length);
    return status;
}

wn_status wn_sparse_batch_new(wn_sparse_batch **batch, const wn_dataset *dataset, size_t n_rows)
{
    wn_status status = WN_OK;
    wn_sparse_batch *made = NULL;
    size_t n_entries;
    TRY(most_entries(dataset, n_rows, &n_entries));
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
