#include "winnow/wide_columns.h"

#include "winnow/memory.h"

#include <string.h>

wn_status wn_wide_columns_init(wn_wide_columns *wide, size_t n_cols, size_t n_dense, size_t n_parts)
{
    wn_status status = WN_OK;
    *wide = (wn_wide_columns){.n_cols = n_cols, .n_dense = n_dense};
    TRY(wn_new(&wide->dense, n_dense));
    TRY(wn_new(&wide->parts, n_parts));
    wide->n_parts = n_parts;
done:
    if (status != WN_OK)
        wn_wide_columns_clear(wide);
    return status;
}

wn_status wn_wide_columns_like(wn_wide_columns *wide, const wn_wide_columns *other)
{
    wn_status status = wn_wide_columns_init(wide, other->n_cols, other->n_dense, other->n_parts);
    if (status != WN_OK)
        return status;
    memcpy(wide->dense, other->dense, other->n_dense * sizeof *wide->dense);
    for (size_t p = 0; p < other->n_parts; p++) {
        wide->parts[p].first = other->parts[p].first;
        wide->parts[p].n_cols = other->parts[p].n_cols;
    }
    return WN_OK;
}

void wn_wide_columns_clear(wn_wide_columns *wide)
{
    for (size_t p = 0; p < wide->n_parts; p++)
        wn_sparse_rows_clear(&wide->parts[p].rows);
    wn_free(wide->parts);
    wn_free(wide->dense);
    *wide = (wn_wide_columns){0};
}

size_t wn_wide_columns_dense(const wn_wide_columns *wide, size_t column)
{
    size_t low = 0, high = wide->n_dense;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (wide->dense[middle] < column)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void wn_wide_columns_empty(wn_wide_columns *wide)
{
    for (size_t p = 0; p < wide->n_parts; p++)
        wn_sparse_rows_empty(&wide->parts[p].rows);
}

wn_status wn_wide_columns_append(wn_wide_columns *wide, const wn_wide_columns *other, size_t i)
{
    wn_status status = WN_OK;
    for (size_t p = 0; p < wide->n_parts; p++) {
        wn_sparse_rows *to = &wide->parts[p].rows;
        const wn_sparse_rows *from = &other->parts[p].rows;
        size_t begin = from->start[i], n = from->start[i + 1] - begin;
        TRY(wn_sparse_rows_reserve(to, n));
        memcpy(to->column + to->n_entries, from->column + begin, n * sizeof *to->column);
        memcpy(to->value + to->n_entries, from->value + begin, n * sizeof *to->value);
        wn_sparse_rows_end(to, n);
    }
done:
    return status;
}
