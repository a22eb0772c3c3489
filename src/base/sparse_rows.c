#include "winnow/sparse_rows.h"

#include "winnow/memory.h"

#include <math.h>

enum { FIRST_ROWS = 64, FIRST_ENTRIES = 1024 };

/* Twice the room, or what is needed where that is more. */
static size_t enlarged(size_t room, size_t needed)
{
    return 2 * room > needed ? 2 * room : needed;
}

static wn_status reserve_starts(wn_sparse_rows *rows, size_t n_rows)
{
    wn_status status = WN_OK;
    size_t least = rows->n_rows + n_rows, room = enlarged(rows->row_room, least > FIRST_ROWS ? least : FIRST_ROWS);
    if (rows->start != NULL && least <= rows->row_room)
        return WN_OK;
    TRY(wn_resize(&rows->start, room + 1));
    rows->row_room = room;
done:
    return status;
}

wn_status wn_sparse_rows_reserve_rows(wn_sparse_rows *rows, size_t n_rows, size_t n_entries)
{
    wn_status status = WN_OK;
    TRY(reserve_starts(rows, n_rows));
    if (rows->column == NULL || rows->entry_room - rows->n_entries < n_entries) {
        size_t least = rows->n_entries + n_entries;
        size_t room = enlarged(rows->entry_room, least > FIRST_ENTRIES ? least : FIRST_ENTRIES);
        TRY(wn_resize(&rows->column, room));
        TRY(wn_resize(&rows->value, room));
        rows->entry_room = room;
    }
done:
    return status;
}

wn_status wn_sparse_rows_reserve(wn_sparse_rows *rows, size_t n_entries)
{
    return wn_sparse_rows_reserve_rows(rows, 1, n_entries);
}

wn_status wn_sparse_rows_append_missing(wn_sparse_rows *rows, size_t n_columns)
{
    wn_status status = WN_OK;
    TRY(wn_sparse_rows_reserve(rows, n_columns));
    for (size_t k = 0; k < n_columns; k++) {
        rows->column[rows->n_entries + k] = (uint32_t)k;
        rows->value[rows->n_entries + k] = (double)NAN;
    }
    wn_sparse_rows_end(rows, n_columns);
done:
    return status;
}

wn_status wn_sparse_rows_fit(wn_sparse_rows *rows)
{
    wn_status status = WN_OK;
    if (rows->column == NULL)
        return WN_OK;
    TRY(wn_resize(&rows->start, rows->n_rows + 1));
    rows->row_room = rows->n_rows;
    rows->entry_room = rows->n_entries; /* what is there of either, whichever resize fails */
    TRY(wn_resize(&rows->column, rows->n_entries));
    TRY(wn_resize(&rows->value, rows->n_entries));
done:
    return status;
}

void wn_sparse_rows_empty(wn_sparse_rows *rows)
{
    rows->n_rows = rows->n_entries = 0;
}

void wn_sparse_rows_clear(wn_sparse_rows *rows)
{
    wn_free(rows->start);
    wn_free(rows->column);
    wn_free(rows->value);
    *rows = (wn_sparse_rows){0};
}
