#include "json_lines.h"

#include "json_row.h"
#include "json_slab.h"
#include "winnow/log.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include <string.h>
#include <strings.h>

enum { ROWS_BETWEEN_LOOKS = 1024 }; /* at a request to stop */

typedef struct {
    const char *const *sources;
    size_t n_sources;
    wn_json_columns columns;
    int64_t n_rows;
    wn_table_writer *writer;
    wn_json_slab *slab;
} conversion;

/* What is done with every line of every file. */
typedef wn_status (*line_reading)(conversion *c, const char *path, const wn_line *line);

bool wn_json_lines_is_source(const char *path)
{
    static const char *const endings[] = {".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"};
    size_t n = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t m = strlen(endings[i]);
        if (n > m && strcasecmp(path + n - m, endings[i]) == 0)
            return true;
    }
    return false;
}

static wn_status look(void *context, const char *name, const json_t *value)
{
    conversion *c = context;
    return wn_json_columns_look(&c->columns, c->n_rows, name, value);
}

static wn_status look_at_line(conversion *c, const char *path, const wn_line *line)
{
    c->n_rows++;
    return wn_json_row_read(path, line, (wn_json_sink){look, c});
}

static wn_status set(void *context, const char *name, const json_t *value)
{
    conversion *c = context;
    return wn_json_slab_set(c->slab, name, value);
}

static wn_status write_line(conversion *c, const char *path, const wn_line *line)
{
    wn_status status = wn_json_slab_begin_row(c->slab);
    return status == WN_OK ? wn_json_row_read(path, line, (wn_json_sink){set, c}) : status;
}

static wn_status read_file(conversion *c, const char *path, line_reading reading)
{
    wn_status status = WN_OK;
    wn_line_reader *reader = NULL;
    wn_line line;
    bool is_there = true;
    TRY(wn_line_reader_open(&reader, path));
    while (true) {
        TRY(wn_line_reader_next(reader, &line, &is_there));
        if (!is_there)
            break;
        if (line.number % ROWS_BETWEEN_LOOKS == 0 && wn_stop_requested())
            TRY(wn_fail(WN_STOPPED, "stopped while a table was converted; what was written is removed"));
        TRY(reading(c, path, &line));
    }
done:
    wn_line_reader_close(reader);
    return status;
}

static wn_status read_files(conversion *c, line_reading reading)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < c->n_sources; i++)
        TRY(read_file(c, c->sources[i], reading));
done:
    return status;
}

static void tell(const conversion *c)
{
    for (size_t i = 0; i < c->columns.n; i++)
        if (wn_json_column_loses_digits(&c->columns.columns[i], c->n_rows))
            wn_log_warning("%s: has gaps or fractions, so its integers beyond 2^53 are rounded to float64",
                           c->columns.columns[i].name);
    wn_log_info("%lld rows of %zu columns", (long long)c->n_rows, c->columns.n);
}

static wn_status find_columns(conversion *c)
{
    wn_status status = WN_OK;
    TRY(read_files(c, look_at_line));
    if (c->n_rows == 0)
        TRY(wn_fail(WN_BAD_DATA, "%s: has no line", c->sources[0]));
    if (c->columns.n == 0)
        TRY(wn_fail(WN_BAD_DATA, "%s: its objects are empty", c->sources[0]));
    wn_json_columns_settle(&c->columns);
done:
    return status;
}

static wn_status write_table(conversion *c, const char *output)
{
    wn_status status = WN_OK;
    TRY(wn_table_writer_open_ordered(&c->writer, output));
    TRY(wn_json_slab_new(&c->slab, &c->columns, c->n_rows, c->writer));
    TRY(read_files(c, write_line));
    TRY(wn_json_slab_write(c->slab));
    TRY(wn_table_writer_finish(c->writer));
    tell(c);
done:
    return status;
}

wn_status wn_json_lines_convert(const char *const *sources, size_t n_sources, const char *output)
{
    wn_status status = WN_OK;
    conversion c = {.sources = sources, .n_sources = n_sources};
    for (size_t i = 0; i < n_sources; i++)
        TRY(wn_table_writer_refuse(output, sources[i]));
    TRY(find_columns(&c));
    TRY(write_table(&c, output));
done:
    wn_json_slab_free(c.slab);
    wn_table_writer_close(c.writer);
    wn_json_columns_clear(&c.columns);
    return status;
}
