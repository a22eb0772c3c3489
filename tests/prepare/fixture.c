#include "fixture.h"

#include "winnow/memory.h"
#include "winnow/profile.h"
#include "winnow/random.h"
#include "winnow/table_writer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NO_LABEL = -9 };

static double draw_cell(uint64_t row, size_t column)
{
    wn_random stream = {7, WN_RANDOM_TEST, row * FIXTURE_COLS + column};
    double u = wn_random_uniform(stream, 10), z = wn_random_normal(stream, 0);
    switch (column) {
    case 0:
        return 100 + 3 * z;
    case 1:
        return u < 0.1 ? NAN : z - 5;
    case 2:
        return u < 0.01 ? 9.97e36 : z;
    case 3:
        return u < 0.03 ? NAN : u < 0.1 ? 50 * z * z * z : z;
    case 4:
        return 0.1;
    case 5:
        return 1.6e18 + floor(8.64e13 * u);
    case 6:
        return u < 0.1 ? -0.0 : floor(4 * u) - 1;
    default:
        return u < 0.9 ? 0 : z;
    }
}

static double draw_label(uint64_t row, const fixture_spec *spec, const double *cells)
{
    wn_random stream = {8, WN_RANDOM_TEST, row};
    if (wn_random_uniform(stream, 1) < spec->unlabelled)
        return NAN;
    if (spec->real_label)
        return (cells[0] + wn_random_normal(stream, 2)) * (spec->label_size > 0 ? spec->label_size : 1);
    return floor(FIXTURE_CLASSES * wn_random_uniform(stream, 3)) - 1;
}

static void draw_rows(test_table *table, const fixture_spec *spec)
{
    size_t row = 0;
    for (size_t f = 0; f < spec->n_files; f++) {
        for (size_t i = 0; i < spec->n_rows[f]; i++, row++) {
            double *cells = table->cells + row * FIXTURE_COLS;
            bool repeats = row % 13 == 12; /* an earlier row, its 0 maybe written as -0 */
            uint64_t source = repeats ? row / 2 : row % 17 == 16 ? row - 1 : row;
            for (size_t j = 0; j < FIXTURE_COLS; j++)
                cells[j] = draw_cell(source, j);
            table->labels[row] = draw_label(source, spec, cells);
            if (repeats && cells[7] == 0)
                cells[7] = -0.0;
            table->file[row] = f;
        }
    }
}

/* Class labels are integers, of which NO_LABEL means none. */
static wn_status append_labels(wn_table_writer *writer, size_t dataset, const double *labels, size_t n, bool is_real)
{
    if (is_real)
        return wn_table_writer_append(writer, dataset, labels, n);
    wn_status status = WN_OK;
    int64_t *integers = NULL;
    TRY(wn_new(&integers, n));
    for (size_t i = 0; i < n; i++)
        integers[i] = isnan(labels[i]) ? NO_LABEL : (int64_t)labels[i];
    TRY(wn_table_writer_append(writer, dataset, integers, n));
done:
    wn_free(integers);
    return status;
}

static wn_status write_file(const test_table *table, const fixture_spec *spec, size_t f, const char *path)
{
    wn_status status = WN_OK;
    wn_table_writer *writer = NULL;
    size_t first = 0, x, y, width = FIXTURE_COLS;
    for (size_t i = 0; i < f; i++)
        first += spec->n_rows[i];
    TRY(wn_table_writer_open(&writer, path));
    TRY(wn_table_writer_add_dataset(writer, "x", WN_STORE_FLOAT64, &width, 1, 0, &x));
    TRY(wn_table_writer_add_dataset(writer, "y", spec->real_label ? WN_STORE_FLOAT64 : WN_STORE_INT64, NULL, 0, 0, &y));
    TRY(wn_table_writer_append(writer, x, table->cells + first * FIXTURE_COLS, spec->n_rows[f]));
    TRY(append_labels(writer, y, table->labels + first, spec->n_rows[f], spec->real_label));
    TRY(wn_table_writer_finish(writer));
done:
    wn_table_writer_close(writer);
    return status;
}

static wn_status write_files(const test_table *table, const fixture_spec *spec)
{
    for (size_t f = 0; f < spec->n_files; f++) {
        char name[64];
        bool is_test = f >= spec->n_files - spec->n_test_files;
        snprintf(name, sizeof name, "%s-%s-%03zu.h5", spec->name, is_test ? "test" : "main", f);
        wn_status status = write_file(table, spec, f, test_path(name));
        if (status != WN_OK)
            return status;
    }
    return WN_OK;
}

static wn_status open_files(test_table *table, const fixture_spec *spec)
{
    wn_status status = WN_OK;
    char name[64], main_glob[512], test_glob[512];
    snprintf(name, sizeof name, "%s-main-*.h5", spec->name);
    snprintf(main_glob, sizeof main_glob, "%s", test_path(name));
    snprintf(name, sizeof name, "%s-test-*.h5", spec->name);
    snprintf(test_glob, sizeof test_glob, "%s", test_path(name));
    const char *main_globs[1] = {main_glob}, *test_globs[1] = {test_glob};
    wn_input input = {.files = main_globs, .n_files = 1, .test = test_globs, .table = "/x", .label = "y"};
    input.n_test = spec->n_test_files > 0;
    TRY(wn_catalog_open(&test_ranks, &table->catalog, &input));
    const double label_missing = NO_LABEL;
    wn_reader_options options = {.label_missing = &label_missing, .n_label_missing = 1, .cache_bytes = 1 << 20};
    TRY(wn_ranks_agree(&test_ranks, wn_reader_open(&table->reader, table->catalog, &options)));
    table->pass = (wn_pass){.ranks = &test_ranks,
                            .reader = table->reader,
                            .blocks = wn_range_part(table->catalog->n_blocks, test_ranks.size, test_ranks.rank),
                            .name = "test",
                            .total_rows = table->catalog->n_rows};
done:
    return status;
}

bool fixture_open(test_table *table, const fixture_spec *spec)
{
    wn_status status = WN_OK;
    memset(table, 0, sizeof *table);
    for (size_t f = 0; f < spec->n_files; f++)
        table->n_rows += spec->n_rows[f];
    table->cells = malloc(table->n_rows * FIXTURE_COLS * sizeof(double));
    table->labels = malloc(table->n_rows * sizeof(double));
    table->file = malloc(table->n_rows * sizeof(size_t));
    draw_rows(table, spec);
    if (test_ranks.rank == 0)
        status = write_files(table, spec);
    if (!CHECK_OK(wn_ranks_agree(&test_ranks, status)))
        return false;
    return CHECK_OK(open_files(table, spec));
}

void fixture_close(test_table *table)
{
    wn_reader_close(table->reader);
    wn_catalog_free(table->catalog);
    free(table->cells);
    free(table->labels);
    free(table->file);
}

bool fixture_prepare(test_table *table, const wn_split *split, wn_rows **rows, wn_recipe **recipe, wn_pilot **pilot)
{
    *rows = NULL;
    *recipe = NULL;
    *pilot = NULL;
    if (!CHECK_OK(wn_rows_new(rows, &table->pass, table->catalog, split)) ||
        !CHECK_OK(wn_recipe_new(recipe, table->catalog)) ||
        !CHECK_OK(wn_labels_find(&table->pass, *rows, WN_TASK_AUTO, NULL, &(*recipe)->labels)))
        return false;
    wn_block_step step = wn_rows_step(*rows, WN_ROW_TRAIN);
    return CHECK_OK(wn_pilot_read(&table->pass, &step, 1, table->catalog->n_blocks, 1, pilot, NULL));
}

wn_status fixture_profile(const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot, wn_recipe *recipe, int *n_passes,
                          wn_pass_cost *cost)
{
    bool needs_cleaned = false;
    *n_passes = 0;
    wn_status status = wn_profile_measure(pass, rows, pilot, recipe, &needs_cleaned, NULL, n_passes, cost);
    if (status == WN_OK && needs_cleaned)
        status = wn_profile_cleaned(pass, rows, pilot, recipe, n_passes, cost);
    return status;
}

unsigned char *fixture_statuses(const test_table *table, const wn_rows *rows)
{
    void *all = NULL;
    size_t n = 0;
    CHECK_OK(wn_ranks_gather_all(&test_ranks, rows->status, rows->n_rows, 1, &all, &n));
    CU_ASSERT_EQUAL(n, table->n_rows);
    return all;
}
