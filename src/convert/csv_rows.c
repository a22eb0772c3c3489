#include "csv_rows.h"

#include "number.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

enum { SLAB_BYTES = 4 << 20, MOST_SLAB_ROWS = 1 << 16, MOST_ROW_BYTES = 64 << 20 };

static wn_csv_manner manner_of(const wn_csv_column *column)
{
    if (column->meanings & WN_CSV_TEXT)
        return WN_CSV_AS_TEXT;
    if ((column->meanings & ~(unsigned)WN_CSV_GAP) == WN_CSV_INTEGER)
        return WN_CSV_AS_INTEGER;
    return column->meanings & WN_CSV_REAL ? WN_CSV_AS_REAL : WN_CSV_AS_ANY;
}

/* A cursor begins with what the guess saw, but counts bytes anew: those of the guess come by again. */
static void set_cursor(wn_csv_cursor *cursor, const wn_csv_layout *layout, const wn_csv_column *columns, size_t c)
{
    const wn_csv_dataset *d = &layout->datasets[layout->dataset[c]];
    cursor->seen = columns[c];
    cursor->seen.n_bytes = 0;
    cursor->storage = d->storage;
    cursor->type = d->type;
    cursor->cell_bytes = d->cell_bytes;
    cursor->stride = d->cell_bytes * d->width;
    cursor->manner = manner_of(&columns[c]);
    if (cursor->manner != WN_CSV_AS_TEXT && d->storage != WN_CSV_NUMBERS)
        cursor->manner = WN_CSV_AS_ANY;
}

wn_status wn_csv_rows_init(wn_csv_rows *rows, const wn_csv_source *source, const wn_csv_layout *layout,
                           const wn_csv_column *columns)
{
    wn_status status = WN_OK;
    size_t row_bytes = layout != NULL ? wn_csv_layout_row_bytes(layout) : 0;
    *rows = (wn_csv_rows){.source = source, .layout = layout, .most_rows = MOST_SLAB_ROWS};
    if (row_bytes * MOST_SLAB_ROWS > SLAB_BYTES)
        rows->most_rows = row_bytes < SLAB_BYTES ? SLAB_BYTES / row_bytes : 1;
    rows->is_end[(unsigned char)source->delimiter] = true;
    rows->is_end['\n'] = rows->is_end['\r'] = rows->is_end['\0'] = true;
    TRY(wn_new(&rows->cursors, source->n_columns));
    for (size_t c = 0; c < source->n_columns; c++) {
        rows->cursors[c].seen = wn_csv_column_empty();
        if (layout != NULL)
            set_cursor(&rows->cursors[c], layout, columns, c);
    }
    if (layout != NULL)
        TRY(wn_new(&rows->cells, rows->most_rows * row_bytes));
done:
    if (status != WN_OK)
        wn_csv_rows_clear(rows);
    return status;
}

void wn_csv_rows_clear(wn_csv_rows *rows)
{
    wn_free(rows->cursors);
    wn_free(rows->cells);
    *rows = (wn_csv_rows){0};
}

const char *wn_csv_rows_cells(const wn_csv_rows *rows, size_t dataset)
{
    return rows->cells + rows->most_rows * rows->layout->datasets[dataset].before;
}

/* Where the last row that begins in the piece ends; NULL where the window does not show it. */
static char *last_end(const wn_csv_rows *rows, size_t piece, const wn_csv_window *window, char *limit)
{
    const wn_csv_source *source = rows->source;
    const wn_csv_piece *next = &source->pieces[piece + 1];
    if (piece + 1 == source->n_pieces || next->file != source->pieces[piece].file)
        return window->end;
    wn_csv_walk walk = wn_csv_walk_over(limit, window->end, source->delimiter);
    const char *end = wn_csv_first_line(&walk, limit, next->state);
    if (end == NULL && window->is_last)
        return window->end;
    return end != NULL && end <= window->end ? limit + (end - limit) : NULL;
}

static bool is_ascii(const char *text, const char *end)
{
    bool is = true;
    for (const char *p = text; p < end; p += 4096) {
        size_t n = end - p < 4096 ? (size_t)(end - p) : 4096;
        unsigned char most = 0, least = 1;
        for (size_t i = 0; i < n; i++) {
            unsigned char c = (unsigned char)p[i];
            most |= c;
            least = c < least ? c : least;
        }
        is = is && most < 0x80 && least > 0;
    }
    return is;
}

static wn_status fail_at(const wn_csv_rows *rows, const char *line, const char *what)
{
    long long number = wn_csv_line_number(rows->file, rows->offset + (line - rows->text));
    return wn_fail(WN_BAD_DATA, "%s:%lld: %s", rows->file->path, number, what);
}

wn_status wn_csv_rows_begin(wn_csv_rows *rows, size_t piece, wn_csv_window *window)
{
    wn_status status = WN_OK;
    const wn_csv_piece *p = &rows->source->pieces[piece];
    rows->file = &rows->source->files[p->file];
    rows->offset = p->first;
    rows->line = rows->end = NULL;
    for (int64_t tail = WN_CSV_TAIL; p->n_rows > 0 && rows->end == NULL; tail *= 8) {
        TRY(wn_csv_window_read(window, rows->file, p->first, p->last + tail));
        rows->text = window->text;
        char *limit = window->text + (p->last - p->first);
        rows->end = last_end(rows, piece, window, limit);
        if (rows->end == NULL && tail > MOST_ROW_BYTES)
            return fail_at(rows, limit, "a row goes on for more than 64 MiB; is a quote not closed?");
    }
    if (p->n_rows == 0)
        return WN_OK;
    wn_csv_walk walk = wn_csv_walk_over(window->text, window->end, rows->source->delimiter);
    const char *line = wn_csv_first_line(&walk, window->text, p->state);
    rows->line = line != NULL ? window->text + (line - window->text) : rows->end;
    rows->is_ascii = is_ascii(rows->line, rows->end);
done:
    return status;
}

static void store_integer(const wn_csv_cursor *cursor, int64_t value)
{
    int8_t one = (int8_t)value;
    int16_t two = (int16_t)value;
    int32_t four = (int32_t)value;
    double real = (double)value;
    switch (cursor->cell_bytes) {
    case 1:
        memcpy(cursor->at, &one, sizeof one);
        break;
    case 2:
        memcpy(cursor->at, &two, sizeof two);
        break;
    case 4:
        memcpy(cursor->at, &four, sizeof four);
        break;
    default:
        memcpy(cursor->at, cursor->type == WN_STORE_FLOAT64 ? (void *)&real : (void *)&value, sizeof value);
    }
}

/* What does not fit is cut: then the layout was guessed wrong, and these cells are not kept. */
static void store_text(const wn_csv_cursor *cursor, const wn_csv_field *field)
{
    size_t n = field->n < cursor->cell_bytes ? field->n : cursor->cell_bytes;
    memcpy(cursor->at, field->text, n);
    memset(cursor->at + n, 0, cursor->cell_bytes - n);
}

static void store(const wn_csv_cursor *cursor, const wn_csv_field *field, const wn_csv_value *value)
{
    if (cursor->storage == WN_CSV_TEXTS)
        store_text(cursor, value->meaning == WN_CSV_GAP ? &(wn_csv_field){.text = field->text} : field);
    else if (cursor->storage == WN_CSV_NUMBERS && cursor->type == WN_STORE_FLOAT64)
        memcpy(cursor->at, &value->real, sizeof value->real);
    else if (cursor->storage == WN_CSV_NUMBERS)
        store_integer(cursor, (int64_t)value->integer);
}

/* Any field; NULL where it is not UTF-8. */
static char *take_any(const wn_csv_rows *rows, wn_csv_cursor *cursor, char *at)
{
    wn_csv_field field;
    at = wn_csv_take_field(at, rows->end, rows->source->delimiter, &field);
    wn_csv_value value = wn_csv_judge(&field);
    if (!rows->is_ascii && value.meaning == WN_CSV_TEXT && !wn_csv_is_utf8(field.text, field.n))
        return NULL;
    wn_csv_column_add(&cursor->seen, &field, &value);
    if (rows->layout != NULL)
        store(cursor, &field, &value);
    else
        cursor->manner = manner_of(&cursor->seen);
    return at;
}

static void count_bytes(wn_csv_column *seen, int64_t n)
{
    seen->n_bytes += n;
    seen->longest = n > seen->longest ? n : seen->longest;
}

static char *take_real(const wn_csv_rows *rows, wn_csv_cursor *cursor, char *at)
{
    double value;
    const char *end = wn_number_real(at, &value);
    if (end == NULL || !rows->is_end[(unsigned char)*end])
        return take_any(rows, cursor, at);
    if (cursor->at != NULL)
        memcpy(cursor->at, &value, sizeof value);
    count_bytes(&cursor->seen, end - at);
    return at + (end - at);
}

static char *take_integer(const wn_csv_rows *rows, wn_csv_cursor *cursor, char *at)
{
    wn_integer integer;
    const char *end = wn_number_integer(at, &integer);
    if (end == NULL || !rows->is_end[(unsigned char)*end] || integer.is_huge || integer.magnitude > INT64_MAX)
        return take_any(rows, cursor, at);
    int64_t value = integer.is_negative ? -(int64_t)integer.magnitude : (int64_t)integer.magnitude;
    wn_csv_column *seen = &cursor->seen;
    seen->least = value < seen->least ? value : seen->least;
    seen->greatest = value > seen->greatest ? value : seen->greatest;
    count_bytes(seen, end - at);
    if (cursor->at != NULL)
        store_integer(cursor, value);
    return at + (end - at);
}

static char *take_text(const wn_csv_rows *rows, wn_csv_cursor *cursor, char *at)
{
    char *end = at;
    if (*at == '"')
        return take_any(rows, cursor, at);
    while (!rows->is_end[(unsigned char)*end])
        end++;
    wn_csv_field field = {.text = at, .n = (size_t)(end - at)};
    if (!wn_csv_is_word(&field) || !rows->is_ascii)
        return take_any(rows, cursor, at);
    count_bytes(&cursor->seen, end - at);
    if (cursor->at != NULL && cursor->storage == WN_CSV_TEXTS)
        store_text(cursor, &field);
    return end;
}

static char *take(const wn_csv_rows *rows, wn_csv_cursor *cursor, char *at)
{
    switch (cursor->manner) {
    case WN_CSV_AS_REAL:
        return take_real(rows, cursor, at);
    case WN_CSV_AS_INTEGER:
        return take_integer(rows, cursor, at);
    case WN_CSV_AS_TEXT:
        return take_text(rows, cursor, at);
    default:
        return take_any(rows, cursor, at);
    }
}

static wn_status fail_fields(const wn_csv_rows *rows, const char *line, char *at, size_t n)
{
    char what[128];
    wn_csv_field field;
    while (at < rows->end && *at == rows->source->delimiter) {
        at = wn_csv_take_field(at + 1, rows->end, rows->source->delimiter, &field);
        n++;
    }
    snprintf(what, sizeof what, "%zu field%s instead of %zu", n, n == 1 ? "" : "s", rows->source->n_columns);
    return fail_at(rows, line, what);
}

static wn_status take_row(wn_csv_rows *rows)
{
    char *at = rows->line, delimiter = rows->source->delimiter;
    size_t n = rows->source->n_columns;
    for (size_t c = 0; c < n; c++) {
        wn_csv_cursor *cursor = &rows->cursors[c];
        at = take(rows, cursor, at);
        if (at == NULL)
            return fail_at(rows, rows->line,
                           "is not UTF-8 text; make UTF-8 of it first, as by: iconv -f LATIN1 -t UTF-8");
        cursor->at += cursor->stride;
        if (c + 1 == n)
            break;
        if (*at != delimiter || at >= rows->end)
            return fail_fields(rows, rows->line, at, c + 1);
        at++;
    }
    if (at < rows->end && *at != '\n' && *at != '\r')
        return *at == delimiter ? fail_fields(rows, rows->line, at, n) : fail_at(rows, rows->line, "holds a zero byte");
    rows->line = at < rows->end ? at + (wn_csv_next_line(at) - at) : at;
    return WN_OK;
}

static void rewind_cursors(wn_csv_rows *rows)
{
    for (size_t c = 0; rows->layout != NULL && c < rows->source->n_columns; c++) {
        const wn_csv_dataset *d = &rows->layout->datasets[rows->layout->dataset[c]];
        rows->cursors[c].at = rows->cells + rows->most_rows * d->before + rows->layout->position[c] * d->cell_bytes;
    }
}

bool wn_csv_rows_seek(wn_csv_rows *rows)
{
    while (rows->line < rows->end) {
        char *at = rows->line;
        if ((unsigned char)*at > ' ' || !wn_csv_is_blank(at, rows->end, rows->source->delimiter))
            return true;
        while (at < rows->end && *at != '\n' && *at != '\r')
            at++;
        rows->line = at < rows->end ? at + (wn_csv_next_line(at) - at) : at;
    }
    return false;
}

wn_status wn_csv_rows_next(wn_csv_rows *rows, size_t *n)
{
    wn_status status = WN_OK;
    rewind_cursors(rows);
    for (*n = 0; *n < rows->most_rows && wn_csv_rows_seek(rows); ++*n)
        TRY(take_row(rows));
done:
    return status;
}

bool wn_csv_rows_fit(const wn_csv_rows *rows)
{
    for (size_t c = 0; c < rows->source->n_columns; c++) {
        const wn_csv_cursor *cursor = &rows->cursors[c];
        bool is_text = wn_csv_column_is_text(&cursor->seen), is_number = cursor->storage == WN_CSV_NUMBERS;
        if (is_text == is_number)
            return false;
        if (cursor->storage == WN_CSV_TEXTS && (size_t)cursor->seen.longest > cursor->cell_bytes)
            return false;
        bool is_wide = rows->layout->datasets[rows->layout->dataset[c]].width > 1;
        if (is_number && !is_wide && wn_csv_column_type(&cursor->seen) != cursor->type)
            return false;
    }
    return true;
}
