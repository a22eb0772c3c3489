#include "json_slab.h"

#include "winnow/memory.h"

#include <math.h>
#include <string.h>

enum { MOST_ROWS = 4096, CELL_BYTES = 8 << 20, TEXT_BYTES = 16 << 20, REFERENCE_BYTES = 40 };

typedef union {
    double real;
    int64_t integer;
    size_t text; /* where it begins among the slab's texts; 0 is the empty one */
} cell;

typedef struct {
    bool is_text;
    wn_store_type type; /* of numbers */
    size_t n_bytes;     /* of a text, or 0 for texts of any length */
    size_t dataset;     /* its number in the writer */
} layout;

struct wn_json_slab {
    const wn_json_columns *columns; /* borrowed */
    wn_table_writer *writer;        /* borrowed */
    int64_t n_rows, n_begun;        /* of the table */
    layout *layouts;                /* (columns) owned */
    cell *cells;                    /* (columns, room) owned */
    size_t n, room;                 /* rows of the slab */
    char *texts;                    /* each ended by a zero byte, owned */
    size_t n_texts, text_room;
    char *packed; /* what is written, owned */
    size_t packed_room;
};

static bool is_long(const wn_json_column *column, int64_t n_rows)
{
    return (__int128)column->longest * n_rows > (__int128)column->n_bytes + (__int128)REFERENCE_BYTES * n_rows;
}

static wn_status add_dataset(wn_json_slab *slab, const wn_json_column *column, layout *l)
{
    wn_table_storage storage = {.n_rows = slab->n_rows};
    l->is_text = wn_json_column_is_text(column);
    if (l->is_text) {
        size_t longest = column->longest > 0 ? column->longest : 1;
        l->n_bytes = is_long(column, slab->n_rows) ? 0 : longest;
        return wn_table_writer_add_texts(slab->writer, column->name, l->n_bytes, &storage, &l->dataset);
    }
    l->type = wn_json_column_type(column, slab->n_rows);
    return wn_table_writer_add_sized(slab->writer, column->name, l->type, NULL, 0, &storage, &l->dataset);
}

static size_t rows_for(size_t n_columns)
{
    size_t rows = CELL_BYTES / (sizeof(cell) * n_columns);
    return rows < 1 ? 1 : rows > MOST_ROWS ? MOST_ROWS : rows;
}

wn_status wn_json_slab_new(wn_json_slab **slab, const wn_json_columns *columns, int64_t n_rows, wn_table_writer *writer)
{
    wn_status status = WN_OK;
    wn_json_slab *made = NULL;
    TRY(wn_new(&made, 1));
    made->columns = columns;
    made->writer = writer;
    made->n_rows = n_rows;
    made->room = rows_for(columns->n);
    made->n_texts = 1;
    made->text_room = 4096;
    TRY(wn_new(&made->layouts, columns->n));
    TRY(wn_new(&made->cells, columns->n * made->room));
    TRY(wn_new(&made->texts, made->text_room));
    for (size_t c = 0; c < columns->n; c++)
        TRY(add_dataset(made, &columns->columns[c], &made->layouts[c]));
    *slab = made;
    made = NULL;
done:
    wn_json_slab_free(made);
    return status;
}

void wn_json_slab_free(wn_json_slab *slab)
{
    if (slab == NULL)
        return;
    wn_free(slab->layouts);
    wn_free(slab->cells);
    wn_free(slab->texts);
    wn_free(slab->packed);
    wn_free(slab);
}

static wn_status fail_changed(void)
{
    return wn_fail(WN_IO, "has changed while it was read");
}

wn_status wn_json_slab_begin_row(wn_json_slab *slab)
{
    wn_status status = WN_OK;
    if (slab->n == slab->room || slab->n_texts > TEXT_BYTES)
        TRY(wn_json_slab_write(slab));
    if (slab->n_begun == slab->n_rows)
        TRY(fail_changed());
    slab->n_begun++;
    for (size_t c = 0; c < slab->columns->n; c++) {
        cell *at = &slab->cells[c * slab->room + slab->n];
        if (slab->layouts[c].is_text)
            at->text = 0;
        else if (slab->layouts[c].type == WN_STORE_FLOAT64)
            at->real = (double)NAN;
        else
            at->integer = 0;
    }
    slab->n++;
done:
    return status;
}

/* Doubles the room until n more bytes fit. */
static wn_status reserve_text(wn_json_slab *slab, size_t n)
{
    wn_status status = WN_OK;
    size_t room = slab->text_room;
    while (room - slab->n_texts < n)
        room *= 2;
    if (room > slab->text_room)
        TRY(wn_resize(&slab->texts, room));
    slab->text_room = room;
done:
    return status;
}

static wn_status set_text(wn_json_slab *slab, const layout *l, const json_t *value, cell *at)
{
    wn_status status = WN_OK;
    char made[WN_JSON_TEXT_SIZE];
    const char *text = wn_json_value_text(value, made);
    size_t n = strlen(text);
    if (l->n_bytes > 0 && n > l->n_bytes)
        TRY(fail_changed());
    TRY(reserve_text(slab, n + 1));
    memcpy(slab->texts + slab->n_texts, text, n + 1);
    at->text = slab->n_texts;
    slab->n_texts += n + 1;
done:
    return status;
}

/* A number in the column's type; false where the type does not hold it. */
static bool set_number(const layout *l, const json_t *value, cell *at)
{
    bool is_boolean = json_is_boolean(value);
    if (json_is_null(value))
        return l->type == WN_STORE_FLOAT64;
    if (l->type == WN_STORE_FLOAT64)
        at->real = is_boolean ? json_is_true(value) : json_number_value(value);
    else
        at->integer = is_boolean ? json_is_true(value) : json_integer_value(value);
    return l->type == WN_STORE_FLOAT64 ? is_boolean || json_is_number(value)
                                       : is_boolean == (l->type == WN_STORE_BOOL) && !json_is_real(value);
}

wn_status wn_json_slab_set(wn_json_slab *slab, const char *name, const json_t *value)
{
    const wn_json_column *column = wn_json_columns_find(slab->columns, name);
    if (column == NULL) /* that of an object elsewhere, see wn_json_columns_settle */
        return json_is_null(value) ? WN_OK : fail_changed();
    size_t c = (size_t)(column - slab->columns->columns);
    cell *at = &slab->cells[c * slab->room + slab->n - 1];
    if (slab->layouts[c].is_text)
        return json_is_null(value) ? WN_OK : set_text(slab, &slab->layouts[c], value, at);
    return set_number(&slab->layouts[c], value, at) ? WN_OK : fail_changed();
}

static wn_status reserve_packed(wn_json_slab *slab, size_t n)
{
    wn_status status = WN_OK;
    if (n > slab->packed_room)
        TRY(wn_resize(&slab->packed, n));
    slab->packed_room = n > slab->packed_room ? n : slab->packed_room;
done:
    return status;
}

static wn_status pack_texts(wn_json_slab *slab, const layout *l, const cell *cells)
{
    wn_status status = WN_OK;
    size_t width = l->n_bytes > 0 ? l->n_bytes : sizeof(char *);
    TRY(reserve_packed(slab, slab->n * width));
    for (size_t i = 0; i < slab->n; i++) {
        const char *text = slab->texts + cells[i].text;
        if (l->n_bytes > 0)
            strncpy(slab->packed + i * width, text,
                    width); /* zero bytes behind shorter ones, none behind the longest */
        else
            memcpy(slab->packed + i * width, &text, width);
    }
done:
    return status;
}

/* Integers that fit are cut to their low bytes, which come first on the processors that we build for. */
static wn_status pack_numbers(wn_json_slab *slab, const layout *l, const cell *cells)
{
    wn_status status = WN_OK;
    size_t width = wn_store_bytes(l->type);
    TRY(reserve_packed(slab, slab->n * width));
    for (size_t i = 0; i < slab->n; i++)
        memcpy(slab->packed + i * width, &cells[i], width);
done:
    return status;
}

wn_status wn_json_slab_write(wn_json_slab *slab)
{
    wn_status status = WN_OK;
    for (size_t c = 0; c < slab->columns->n && slab->n > 0; c++) {
        const layout *l = &slab->layouts[c];
        const cell *cells = slab->cells + c * slab->room;
        TRY(l->is_text ? pack_texts(slab, l, cells) : pack_numbers(slab, l, cells));
        TRY(wn_table_writer_append(slab->writer, l->dataset, slab->packed, slab->n));
    }
    slab->n = 0;
    slab->n_texts = 1;
done:
    return status;
}
