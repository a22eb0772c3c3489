#include "rows.h"

#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

enum { SLAB_BYTES = 4 << 20, MOST_SLAB_ROWS = 1 << 16, MOST_ROW_BYTES = 64 << 20 };

wn_status wn_csv_rows_init(wn_csv_rows *rows, const wn_csv_source *source, const wn_csv_layout *layout,
                           const wn_csv_column *columns)
{
    wn_status status = WN_OK;
    size_t row_bytes = layout != NULL ? wn_csv_layout_row_bytes(layout) : 0;
    *rows = (wn_csv_rows){.source = source, .layout = layout, .most_rows = MOST_SLAB_ROWS};
    if (row_bytes * MOST_SLAB_ROWS > SLAB_BYTES)
        rows->most_rows = row_bytes < SLAB_BYTES ? SLAB_BYTES / row_bytes : 1;
    rows->rules.delimiter = source->delimiter;
    rows->rules.is_end[(unsigned char)source->delimiter] = true;
    rows->rules.is_end['\n'] = rows->rules.is_end['\r'] = rows->rules.is_end['\0'] = true;
    TRY(wn_new(&rows->cursors, source->n_columns));
    for (size_t c = 0; c < source->n_columns; c++) {
        rows->cursors[c] = (wn_csv_cursor){.seen = wn_csv_column_empty()};
        if (layout != NULL)
            wn_csv_cursor_set(&rows->cursors[c], &layout->datasets[layout->dataset[c]], &columns[c]);
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
    rows->line = rows->rules.end = NULL;
    for (int64_t tail = WN_CSV_TAIL; p->n_rows > 0 && rows->rules.end == NULL; tail *= 8) {
        TRY(wn_csv_window_read(window, rows->file, p->first, p->last + tail));
        rows->text = window->text;
        char *limit = window->text + (p->last - p->first);
        rows->rules.end = last_end(rows, piece, window, limit);
        if (rows->rules.end == NULL && tail > MOST_ROW_BYTES)
            return fail_at(rows, limit, "a row goes on for more than 64 MiB; is a quote not closed?");
    }
    if (p->n_rows == 0)
        return WN_OK;
    wn_csv_walk walk = wn_csv_walk_over(window->text, window->end, rows->source->delimiter);
    const char *line = wn_csv_first_line(&walk, window->text, p->state);
    rows->line = line != NULL ? window->text + (line - window->text) : rows->rules.end;
    rows->rules.is_ascii = is_ascii(rows->line, rows->rules.end);
done:
    return status;
}

static wn_status fail_fields(const wn_csv_rows *rows, const char *line, char *at, size_t n)
{
    char what[128];
    wn_csv_field field;
    while (at < rows->rules.end && *at == rows->source->delimiter) {
        at = wn_csv_take_field(at + 1, rows->rules.end, rows->source->delimiter, &field);
        n++;
    }
    snprintf(what, sizeof what, "%zu field%s instead of %zu", n, n == 1 ? "" : "s", rows->source->n_columns);
    return fail_at(rows, line, what);
}

/* A field of the row is no text. */
static wn_status fail_text(const wn_csv_rows *rows)
{
    wn_csv_state state = WN_CSV_PLAIN;
    wn_csv_walk walk = wn_csv_walk_over(rows->line, rows->rules.end, rows->source->delimiter);
    const char *end = wn_csv_line_end(&walk, rows->line, &state);
    if (memchr(rows->line, '\0', (size_t)(end - rows->line)) != NULL)
        return fail_at(rows, rows->line, "holds a zero byte");
    return fail_at(rows, rows->line, "is not UTF-8 text; make UTF-8 of it first, as by: iconv -f LATIN1 -t UTF-8");
}

static wn_status take_row(wn_csv_rows *rows)
{
    char *at = rows->line, delimiter = rows->source->delimiter;
    size_t n = rows->source->n_columns;
    for (size_t c = 0; c < n; c++) {
        wn_csv_cursor *cursor = &rows->cursors[c];
        at = wn_csv_cursor_take(cursor, &rows->rules, at);
        if (at == NULL)
            return fail_text(rows);
        cursor->at += cursor->stride;
        if (c + 1 == n)
            break;
        if (*at != delimiter || at >= rows->rules.end)
            return fail_fields(rows, rows->line, at, c + 1);
        at++;
    }
    if (at < rows->rules.end && *at != '\n' && *at != '\r')
        return *at == delimiter ? fail_fields(rows, rows->line, at, n) : fail_at(rows, rows->line, "holds a zero byte");
    rows->line = at < rows->rules.end ? at + (wn_csv_next_line(at) - at) : at;
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
    while (rows->line < rows->rules.end) {
        char *at = rows->line;
        if ((unsigned char)*at > ' ' || !wn_csv_is_blank(at, rows->rules.end, rows->source->delimiter))
            return true;
        while (at < rows->rules.end && *at != '\n' && *at != '\r')
            at++;
        rows->line = at < rows->rules.end ? at + (wn_csv_next_line(at) - at) : at;
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
