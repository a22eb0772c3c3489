#include "winnow/sparse_rows.h"

#include "winnow/memory.h"

enum { FIRST_ROWS = 64, FIRST_ENTRIES = 1024 };

/* Twice the room, or what is needed where that is more. */
static size_t enlarged(size_t room, size_t needed)
{
    return 2 * room > needed ? 2 * room : needed;
}

static wn_status reserve_rows(wn_sparse_rows *rows)
{
    wn_status status = WN_OK;
    size_t room = enlarged(rows->row_room, FIRST_ROWS);
    if (rows->n_rows < rows->row_room)
        return WN_OK;
    TRY(wn_resize(&rows->start, room + 1));
    rows->row_room = room;
done:
    return status;
}

wn_status wn_sparse_rows_reserve(wn_sparse_rows *rows, size_t n_entries)
{
    wn_status status = WN_OK;
    TRY(reserve_rows(rows));
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

void wn_sparse_rows_end(wn_sparse_rows *rows, size_t n_entries)
{
    rows->n_entries += n_entries;
    rows->start[++rows->n_rows] = rows->n_entries;
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
