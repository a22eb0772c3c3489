#include "texts.h"

#include "winnow/memory.h"
#include "winnow/stop.h"

enum { SLAB_ROWS = 4096 };

/* The fields of a slab of rows, which lie in the window of their piece. */
typedef struct {
    const wn_csv_pass *pass;
    wn_csv_output *output;
    wn_csv_rows rows;
    wn_csv_window window;
    wn_csv_field *fields; /* (n_columns, SLAB_ROWS); those of short columns are not set */
    const char **texts;   /* (SLAB_ROWS) */
} long_texts;

static bool is_long(const long_texts *t, size_t column)
{
    const wn_csv_layout *layout = t->output->layout;
    return layout->datasets[layout->dataset[column]].storage == WN_CSV_LONG_TEXTS;
}

static wn_status take_row(long_texts *t, size_t row)
{
    const wn_csv_source *source = t->pass->source;
    char *at = t->rows.line;
    for (size_t c = 0; c < source->n_columns; c++) {
        wn_csv_field field;
        at = wn_csv_take_field(at, t->rows.rules.end, source->delimiter, &field);
        if (is_long(t, c))
            t->fields[c * SLAB_ROWS + row] = field;
        if (c + 1 < source->n_columns && (at == t->rows.rules.end || *at++ != source->delimiter))
            return wn_fail(WN_IO, "%s: has changed while it was read", t->rows.file->path);
    }
    t->rows.line = at < t->rows.rules.end ? at + (wn_csv_next_line(at) - at) : at;
    return WN_OK;
}

/* The byte behind a field was read already, and becomes its end. */
static const char *terminated(const wn_csv_field *field)
{
    if (!wn_csv_is_word(field) && wn_csv_judge(field).meaning == WN_CSV_GAP)
        return "";
    field->text[field->n] = '\0';
    return field->text;
}

static wn_status append(long_texts *t, size_t n)
{
    wn_status status = WN_OK;
    for (size_t c = 0; c < t->pass->source->n_columns; c++) {
        if (!is_long(t, c))
            continue;
        for (size_t row = 0; row < n; row++)
            t->texts[row] = terminated(&t->fields[c * SLAB_ROWS + row]);
        TRY(wn_csv_output_append(t->output, t->output->layout->dataset[c], t->texts, n));
    }
done:
    return status;
}

static wn_status write_piece(long_texts *t, size_t piece)
{
    wn_status status = WN_OK;
    size_t n = 0;
    if (wn_stop_requested())
        return wn_fail(WN_STOPPED, "stopped while a table was converted; what was written is removed");
    TRY(wn_csv_rows_begin(&t->rows, piece, &t->window));
    while (wn_csv_rows_seek(&t->rows)) {
        TRY(take_row(t, n));
        if (++n < SLAB_ROWS)
            continue;
        TRY(append(t, n));
        n = 0;
    }
    TRY(append(t, n));
done:
    return status;
}

wn_status wn_csv_texts_write(const wn_csv_pass *pass, wn_csv_output *output)
{
    wn_status status = WN_OK;
    long_texts t = {.pass = pass, .output = output};
    size_t n_long = 0;
    for (size_t c = 0; c < pass->source->n_columns; c++)
        n_long += is_long(&t, c);
    if (n_long == 0)
        return WN_OK;
    TRY(wn_csv_rows_init(&t.rows, pass->source, NULL, NULL));
    TRY(wn_new(&t.fields, pass->source->n_columns * SLAB_ROWS));
    TRY(wn_new(&t.texts, SLAB_ROWS));
    for (size_t piece = 0; piece < pass->source->n_pieces; piece++)
        TRY(write_piece(&t, piece));
done:
    wn_free(t.texts);
    wn_free(t.fields);
    wn_csv_window_clear(&t.window);
    wn_csv_rows_clear(&t.rows);
    return status;
}
