#include "svmlight.h"

#include "svmlight_row.h"
#include "winnow/log.h"
#include "winnow/memory.h"
#include "winnow/stop.h"
#include "winnow/table_writer.h"

#include <math.h>
#include <string.h>
#include <strings.h>

enum { ROWS_BETWEEN_LOOKS = 1024, SLAB_BYTES = 512 << 10, MOST_SLAB_ROWS = 8192, DEFLATE_LEVEL = 1 };

/* What a first reading finds, and the rows that a second one gathers for the table. */
typedef struct {
    const char *const *sources;
    size_t n_sources;
    int64_t n_rows, n_queries, n_pairs, least, most; /* indices; most -1: there is none */
    bool is_float32, has_whole_labels;
    wn_table_writer *writer;
    size_t x, label, query; /* datasets */
    size_t width, slab_rows, n;
    double *cells, *labels; /* (slab_rows, width), (slab_rows) */
    float *narrow;          /* the same cells, where they are float32 */
    int64_t *whole, *queries;
} conversion;

typedef wn_status (*row_reading)(conversion *c, const wn_svmlight_row *row);

bool wn_svmlight_is_source(const char *path)
{
    static const char *const endings[] = {".svm", ".svmlight", ".libsvm", ".svm.gz", ".svmlight.gz", ".libsvm.gz"};
    size_t n = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t m = strlen(endings[i]);
        if (n > m && strcasecmp(path + n - m, endings[i]) == 0)
            return true;
    }
    return false;
}

static wn_status read_file(conversion *c, const char *path, wn_svmlight_row *row, row_reading reading)
{
    wn_status status = WN_OK;
    wn_line_reader *reader = NULL;
    wn_line line;
    bool is_there = true, is_row = true;
    TRY(wn_line_reader_open(&reader, path));
    while (true) {
        TRY(wn_line_reader_next(reader, &line, &is_there));
        if (!is_there)
            break;
        if (line.number % ROWS_BETWEEN_LOOKS == 0 && wn_stop_requested())
            TRY(wn_fail(WN_STOPPED, "stopped while a table was converted; what was written is removed"));
        TRY(wn_svmlight_row_read(row, path, &line, &is_row));
        if (is_row)
            TRY(reading(c, row));
    }
done:
    wn_line_reader_close(reader);
    return status;
}

static wn_status read_files(conversion *c, row_reading reading)
{
    wn_status status = WN_OK;
    wn_svmlight_row row = {0};
    for (size_t i = 0; i < c->n_sources; i++)
        TRY(read_file(c, c->sources[i], &row, reading));
done:
    wn_svmlight_row_clear(&row);
    return status;
}

static wn_status look(conversion *c, const wn_svmlight_row *row)
{
    enum { MOST_WHOLE = 53 }; /* bits that a double holds */
    c->n_rows++;
    c->n_queries += row->has_query;
    c->n_pairs += (int64_t)row->n;
    c->has_whole_labels =
        c->has_whole_labels && row->label == floor(row->label) && fabs(row->label) <= ldexp(1, MOST_WHOLE);
    for (size_t k = 0; k < row->n; k++) {
        double value = row->pairs[k].value;
        c->least = row->pairs[k].index < c->least ? row->pairs[k].index : c->least;
        c->most = row->pairs[k].index > c->most ? row->pairs[k].index : c->most;
        c->is_float32 = c->is_float32 && (isnan(value) || (double)(float)value == value);
    }
    return WN_OK;
}

static wn_status flush(conversion *c)
{
    wn_status status = WN_OK;
    size_t n_cells = c->n * c->width;
    for (size_t i = 0; c->is_float32 && i < n_cells; i++)
        c->narrow[i] = (float)c->cells[i];
    for (size_t i = 0; c->has_whole_labels && i < c->n; i++)
        c->whole[i] = (int64_t)c->labels[i];
    TRY(wn_table_writer_append(c->writer, c->x, c->is_float32 ? (const void *)c->narrow : c->cells, c->n));
    TRY(wn_table_writer_append(c->writer, c->label, c->has_whole_labels ? (const void *)c->whole : c->labels, c->n));
    if (c->n_queries > 0)
        TRY(wn_table_writer_append(c->writer, c->query, c->queries, c->n));
    memset(c->cells, 0, n_cells * sizeof *c->cells);
    c->n = 0;
done:
    return status;
}

static wn_status place(conversion *c, const wn_svmlight_row *row)
{
    for (size_t k = 0; k < row->n; k++)
        c->cells[c->n * c->width + (size_t)(row->pairs[k].index - c->least)] = row->pairs[k].value;
    c->labels[c->n] = row->label;
    c->queries[c->n] = row->query;
    c->n++;
    return c->n == c->slab_rows ? flush(c) : WN_OK;
}

/* Mostly zeros are compressed; else the rows lie as they are. */
static wn_status open_table(conversion *c, const char *output)
{
    wn_status status = WN_OK;
    size_t cell = c->is_float32 ? sizeof(float) : sizeof(double);
    bool is_sparse = (double)c->n_pairs < 0.5 * (double)c->n_rows * (double)c->width;
    c->slab_rows = SLAB_BYTES / cell / c->width;
    c->slab_rows = (int64_t)c->slab_rows > c->n_rows ? (size_t)c->n_rows : c->slab_rows;
    c->slab_rows = c->slab_rows < 1 ? 1 : c->slab_rows > MOST_SLAB_ROWS ? MOST_SLAB_ROWS : c->slab_rows;
    const wn_table_storage cells = {.n_rows = c->n_rows,
                                    .chunk_rows = is_sparse ? c->slab_rows : 0,
                                    .compression = is_sparse ? DEFLATE_LEVEL : 0,
                                    .shuffle = is_sparse};
    const wn_table_storage plain = {.n_rows = c->n_rows};
    TRY(wn_memory_new((void **)&c->cells, c->slab_rows, c->width * sizeof *c->cells, __func__));
    TRY(wn_memory_new((void **)&c->narrow, c->slab_rows, c->width * sizeof *c->narrow, __func__));
    TRY(wn_new(&c->labels, c->slab_rows));
    TRY(wn_new(&c->whole, c->slab_rows));
    TRY(wn_new(&c->queries, c->slab_rows));
    TRY(wn_table_writer_open_ordered(&c->writer, output));
    TRY(wn_table_writer_add_sized(c->writer, "x", c->is_float32 ? WN_STORE_FLOAT32 : WN_STORE_FLOAT64, &c->width, 1,
                                  &cells, &c->x));
    TRY(wn_table_writer_add_sized(c->writer, "label", c->has_whole_labels ? WN_STORE_INT64 : WN_STORE_FLOAT64, NULL, 0,
                                  &plain, &c->label));
    if (c->n_queries > 0)
        TRY(wn_table_writer_add_sized(c->writer, "qid", WN_STORE_INT64, NULL, 0, &plain, &c->query));
done:
    return status;
}

static wn_status check(conversion *c)
{
    if (c->n_rows == 0)
        return wn_fail(WN_BAD_DATA, "%s: has no row", c->sources[0]);
    if (c->most < 0)
        return wn_fail(WN_BAD_DATA, "%s: no row has a value", c->sources[0]);
    if (c->n_queries > 0 && c->n_queries < c->n_rows)
        return wn_fail(WN_BAD_DATA, "%s: %lld of %lld rows have no qid", c->sources[0],
                       (long long)(c->n_rows - c->n_queries), (long long)c->n_rows);
    c->least = c->least > 0 ? 1 : 0;
    c->width = (size_t)(c->most - c->least + 1);
    return WN_OK;
}

wn_status wn_svmlight_convert(const char *const *sources, size_t n_sources, const char *output)
{
    wn_status status = WN_OK;
    conversion c = {.sources = sources,
                    .n_sources = n_sources,
                    .least = INT64_MAX,
                    .most = -1,
                    .is_float32 = true,
                    .has_whole_labels = true};
    for (size_t i = 0; i < n_sources; i++)
        TRY(wn_table_writer_refuse(output, sources[i]));
    TRY(read_files(&c, look));
    TRY(check(&c));
    TRY(open_table(&c, output));
    TRY(read_files(&c, place));
    if (c.n > 0)
        TRY(flush(&c));
    TRY(wn_table_writer_finish(c.writer));
    wn_log_info("%lld rows of %zu columns, counted from %lld", (long long)c.n_rows, c.width, (long long)c.least);
done:
    wn_table_writer_close(c.writer);
    wn_free(c.queries);
    wn_free(c.whole);
    wn_free(c.labels);
    wn_free(c.narrow);
    wn_free(c.cells);
    return status;
}
