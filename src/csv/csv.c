#include "winnow/csv.h"

#include "dialect.h"
#include "pass.h"
#include "scan.h"
#include "texts.h"
#include "unpack.h"
#include "winnow/log.h"
#include "winnow/memory.h"

#include <string.h>
#include <strings.h>

typedef struct {
    const wn_ranks *ranks;
    wn_csv_source source;
    wn_workers *workers;
    char **names;
    wn_csv_column *columns;
    wn_csv_layout *layout;
    wn_csv_output output;
} conversion;

bool wn_csv_is_source(const char *path)
{
    static const char *const endings[] = {".csv", ".tsv", ".tab", ".txt"};
    size_t n = strlen(path) - (wn_csv_is_packed(path) ? 3 : 0);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (n > 4 && strncasecmp(path + n - 4, endings[i], 4) == 0)
            return true;
    }
    return false;
}

static wn_status refuse_sources(const char *const *sources, size_t n_sources, const char *output)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < n_sources && status == WN_OK; i++)
        status = wn_table_writer_refuse(output, sources[i]);
    return status;
}

/* Local, and the same on all ranks. */
static wn_status prepare(conversion *c, const wn_csv_options *options)
{
    wn_status status = WN_OK;
    TRY(wn_csv_dialect_find(&c->source, options, &c->names));
    TRY(wn_csv_source_cut(&c->source));
    TRY(wn_new(&c->columns, c->source.n_columns));
    TRY(wn_workers_new(&c->workers, options->n_threads));
done:
    return status;
}

/* Collective. */
static wn_status open_sources(conversion *c, const char *const *sources, size_t n, const char *output)
{
    char **plain = NULL;
    wn_status status = wn_ranks_agree(c->ranks, refuse_sources(sources, n, output));
    if (status == WN_OK)
        status = wn_csv_unpack(c->ranks, sources, n, output, &plain);
    if (status == WN_OK)
        status = wn_ranks_agree(c->ranks, wn_csv_source_open(&c->source, sources, plain, n));
    wn_csv_unpacked_free(c->ranks, plain, n);
    return status;
}

static void clear(conversion *c)
{
    wn_csv_output_close(&c->output);
    wn_csv_layout_free(c->layout);
    wn_free(c->columns);
    wn_csv_names_free(c->names, c->source.n_columns);
    wn_workers_free(c->workers);
    wn_csv_source_close(&c->source);
}

/* Collective. The types of a sample; a sample that fails is not the first fault in the files, so then of all. */
static wn_status guess(conversion *c, const wn_csv_pass *pass)
{
    wn_status status = wn_csv_pass_look(pass, false, c->columns);
    return status == WN_BAD_DATA ? wn_csv_pass_look(pass, true, c->columns) : status;
}

/* Collective. Writes by the layout of what was seen so far; *is_right: it is that of all rows. */
static wn_status try_layout(conversion *c, const wn_csv_pass *pass, const char *path, bool *is_right)
{
    wn_csv_layout *found = NULL;
    wn_csv_output_close(&c->output);
    wn_csv_layout_free(c->layout);
    c->layout = NULL;
    wn_status status = wn_csv_layout_new(&c->layout, c->columns, c->names, c->source.n_columns, c->source.n_rows);
    TRY(wn_ranks_agree(c->ranks, status));
    TRY(wn_csv_output_open(c->ranks, &c->output, path, c->layout, c->names));
    TRY(wn_csv_pass_write(pass, &c->output, c->columns));
    status = wn_csv_layout_new(&found, c->columns, c->names, c->source.n_columns, c->source.n_rows);
    TRY(wn_ranks_agree(c->ranks, status));
    *is_right = wn_csv_layout_is_equal(c->layout, found);
done:
    wn_csv_layout_free(found);
    return status;
}

static void tell(const conversion *c)
{
    for (size_t i = 0; i < c->source.n_columns; i++) {
        const wn_csv_column *column = &c->columns[i];
        if (wn_csv_column_loses_digits(column, c->layout->datasets[c->layout->dataset[i]].type))
            wn_log_warning("%s: %s, so its integers beyond 2^53 are rounded to float64", c->names[i],
                           column->meanings & WN_CSV_GAP ? "has gaps" : "lies in one dataset with other columns");
    }
    wn_log_info("%lld rows of %zu columns, cut by %s", (long long)c->source.n_rows, c->source.n_columns,
                c->source.delimiter == '\t' ? "tabs" : (char[]){'\'', c->source.delimiter, '\'', '\0'});
}

/* Collective. Types are guessed from a sample and every field is held against them while it is converted, so that files
 * are mostly read twice: scanned, converted. A guess that was too narrow costs another pass, whose layout is right. */
static wn_status convert(conversion *c, const char *path)
{
    wn_status status = WN_OK;
    bool is_right = false;
    const wn_csv_pass pass = {.ranks = c->ranks, .source = &c->source, .workers = c->workers};
    TRY(wn_csv_scan(c->ranks, &c->source, c->workers));
    TRY(guess(c, &pass));
    while (!is_right)
        TRY(try_layout(c, &pass, path, &is_right));
    TRY(wn_ranks_agree(c->ranks, c->ranks->rank == 0 ? wn_csv_texts_write(&pass, &c->output) : WN_OK));
    TRY(wn_ranks_agree(c->ranks, wn_csv_source_check(&c->source)));
    TRY(wn_csv_output_finish(c->ranks, &c->output));
    tell(c);
done:
    return status;
}

wn_status wn_csv_convert(const wn_ranks *ranks, const char *const *sources, size_t n_sources, const char *output,
                         const wn_csv_options *options)
{
    conversion c = {.ranks = ranks, .output = {.descriptor = -1}};
    wn_status status = open_sources(&c, sources, n_sources, output);
    if (status == WN_OK)
        status = wn_ranks_agree(ranks, prepare(&c, options));
    if (status == WN_OK)
        status = convert(&c, output);
    clear(&c);
    return status;
}
