/* Sweeps over a table in a file against LAPACK's eigenvalues of its covariance by plain loops, and going on from a
 * file.
 */
#include "winnow/randomized.h"

#include "symmetric.h"
#include "testing.h"

#include "winnow/memory.h"
#include "winnow/random.h"
#include "winnow/table_writer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { COLS = 40, MOST_ROWS = 900, FILES = 9 };

/* Files of a table: a block each, of which one in eight is swept over first. */
static size_t n_files;
static char paths[FILES][512];

static double cells[MOST_ROWS * COLS], mean[COLS], deviation[COLS], low[COLS], high[COLS];
static double covariance[COLS * COLS], values[COLS], vectors[COLS * COLS];
static int64_t count[COLS], missing[COLS];
static wn_moments_summary moments = {COLS, 0, count, missing, mean, deviation, low, high};
static size_t n_rows;
static bool has_spike; /* the first file has a direction that no other has */
static wn_catalog *catalog;
static wn_reader *reader;
static wn_rows *rows;
static wn_recipe *recipe;
static wn_pass pass;

/* Directions of variances that fall by a third each, turned into all columns, far from 0. */
static void draw_cells(void)
{
    for (size_t i = 0; i < n_rows; i++) {
        double z[COLS];
        for (size_t j = 0; j < COLS; j++)
            z[j] = pow(0.8, (double)j) * wn_random_normal((wn_random){3, WN_RANDOM_TEST, i}, j);
        for (size_t c = 0; c < COLS; c++) {
            double sum = 1000;
            for (size_t j = 0; j < COLS; j++)
                sum += z[j] * wn_random_normal((wn_random){4, WN_RANDOM_TEST, j}, c);
            cells[i * COLS + c] = c == 7 ? 5 : sum; /* one that does not vary */
        }
    }
}

static void naive_moments(void)
{
    moments.n_rows = (int64_t)n_rows;
    for (size_t c = 0; c < COLS; c++) {
        long double sum = 0, square = 0;
        for (size_t i = 0; i < n_rows; i++)
            sum += (long double)cells[i * COLS + c];
        mean[c] = (double)(sum / (long double)n_rows);
        low[c] = high[c] = cells[c];
        for (size_t i = 0; i < n_rows; i++) {
            double cell = cells[i * COLS + c], gap = cell - mean[c];
            square += (long double)gap * (long double)gap;
            low[c] = fmin(low[c], cell);
            high[c] = fmax(high[c], cell);
        }
        deviation[c] = (double)sqrtl(square / (long double)n_rows);
    }
}

static void naive_covariance(void)
{
    for (size_t a = 0; a < COLS; a++)
        for (size_t b = 0; b < COLS; b++) {
            long double sum = 0;
            for (size_t i = 0; i < n_rows; i++)
                sum += (long double)(cells[i * COLS + a] - mean[a]) * (long double)(cells[i * COLS + b] - mean[b]);
            covariance[a * COLS + b] = (double)(sum / (long double)(n_rows - 1));
        }
    symmetric_jacobi(COLS, covariance, values, vectors);
}

static wn_status write_file(size_t file)
{
    wn_status status = WN_OK;
    wn_table_writer *writer = NULL;
    size_t x, width = COLS, first = n_rows * file / n_files;
    TRY(wn_table_writer_open(&writer, paths[file]));
    TRY(wn_table_writer_add_dataset(writer, "x", WN_STORE_FLOAT64, &width, 1, 0, &x));
    TRY(wn_table_writer_append(writer, x, cells + first * COLS, n_rows * (file + 1) / n_files - first));
    TRY(wn_table_writer_finish(writer));
done:
    wn_table_writer_close(writer);
    return status;
}

static wn_status write_table(void)
{
    wn_status status = WN_OK;
    for (size_t f = 0; f < n_files && status == WN_OK; f++)
        status = write_file(f);
    return status;
}

static wn_status open_table(void)
{
    wn_status status = WN_OK;
    const char *files[FILES];
    for (size_t f = 0; f < n_files; f++)
        files[f] = paths[f];
    const wn_input input = {.files = files, .n_files = n_files, .table = "/x"};
    const wn_reader_options options = {.cache_bytes = 1 << 20};
    const wn_split split = {0, 0, 1, false};
    TRY(wn_catalog_open(&test_ranks, &catalog, &input));
    TRY(wn_ranks_agree(&test_ranks, wn_reader_open(&reader, catalog, &options)));
    pass = (wn_pass){.ranks = &test_ranks,
                     .reader = reader,
                     .blocks = wn_catalog_part(catalog, test_ranks.size, test_ranks.rank),
                     .name = "test",
                     .total_rows = catalog->n_rows};
    TRY(wn_rows_new(&rows, &pass, catalog, &split));
    TRY(wn_ranks_agree(&test_ranks, wn_recipe_new(&recipe, catalog)));
done:
    return status;
}

/* The table in a file, and a recipe that leaves cells alone. */
static bool begin(size_t n)
{
    n_rows = n;
    n_files = n < MOST_ROWS ? 1 : FILES;
    draw_cells();
    if (has_spike)
        for (size_t i = 0; i < MOST_ROWS / FILES; i++)
            cells[i * COLS + 3] += i % 2 == 0 ? 500 : -500;
    naive_moments();
    for (size_t f = 0; f < n_files; f++)
        snprintf(paths[f], sizeof paths[f], "%s.%zu", test_path("table.h5"), f);
    if (!CHECK_OK(wn_ranks_agree(&test_ranks, test_ranks.rank == 0 ? write_table() : WN_OK)) || !CHECK_OK(open_table()))
        return false;
    for (size_t c = 0; c < COLS; c++) {
        recipe->columns[c].lower = -(double)INFINITY;
        recipe->columns[c].upper = (double)INFINITY;
        recipe->columns[c].fill = (double)NAN;
        recipe->columns[c].scale = 1;
    }
    return true;
}

static void end(void)
{
    wn_recipe_free(recipe);
    wn_rows_free(rows);
    wn_reader_close(reader);
    wn_catalog_free(catalog);
    recipe = NULL;
    rows = NULL;
    reader = NULL;
    catalog = NULL;
}

/* Sweeps until it is enough; after sweep `stop` another one takes over by a file. */
static wn_status fit(const wn_randomized_options *options, int stop, wn_randomized_report *report)
{
    wn_status status = WN_OK;
    wn_randomized *made = NULL;
    char path[512];
    bool is_done = false;
    snprintf(path, sizeof path, "%s", test_path("sweeps"));
    TRY(wn_randomized_new(&test_ranks, &made, options, &moments, recipe));
    TRY(wn_randomized_sample(made, &pass, rows, NULL));
    CU_ASSERT_EQUAL(wn_randomized_n_sweeps(made), 0);
    while (!is_done) {
        TRY(wn_randomized_sweep(made, &pass, rows, NULL));
        if (wn_randomized_n_sweeps(made) == stop) {
            TRY(wn_ranks_agree(&test_ranks, test_ranks.rank == 0 ? wn_randomized_write(made, path) : WN_OK));
            wn_randomized_free(made);
            made = NULL;
            TRY(wn_randomized_new(&test_ranks, &made, options, &moments, recipe));
            TRY(wn_randomized_read(made, path));
        }
        TRY(wn_randomized_advance(made, &is_done));
    }
    TRY(wn_randomized_finish(made, recipe, report));
done:
    wn_randomized_free(made);
    return status;
}

static void forget(void)
{
    wn_projection_free(recipe->projection);
    recipe->projection = NULL;
}

/* tolerance: of the first components, as a share; the last ones may lack ten times as much. */
static void compare(size_t k, double tolerance)
{
    const wn_projection *p = recipe->projection;
    double trace = 0;
    naive_covariance();
    for (size_t c = 0; c < COLS; c++)
        trace += covariance[c * COLS + c];
    CU_ASSERT_EQUAL(p->n_components, k);
    CU_ASSERT_STRING_EQUAL(p->method, "pca");
    CU_ASSERT_STRING_EQUAL(p->solver, "randomized");
    for (size_t i = 0; i < k; i++) {
        double near = i < k / 2 ? tolerance : 10 * tolerance, product = 0;
        for (size_t c = 0; c < COLS; c++)
            product += p->components[i * COLS + c] * vectors[i * COLS + c];
        CU_ASSERT_TRUE(fabs(p->eigenvalues[i] - values[i]) <= near * values[i] + 1e-12 * values[0]);
        CU_ASSERT_TRUE(values[i] < 1e-9 * values[0] || fabs(product) >= 1 - 10 * near);
        CHECK_CLOSE(p->explained_variance_ratio[i], p->eigenvalues[i] / trace, 1e-12);
    }
    for (size_t c = 0; c < COLS; c++)
        CHECK_CLOSE(p->mean[c], mean[c], 1e-15);
}

static void check(size_t n, size_t k, bool is_single, double tolerance)
{
    wn_randomized_report report = {0};
    const wn_randomized_options options = {.n_components = k, .seed = 5, .is_single = is_single};
    if (begin(n) && CHECK_OK(fit(&options, 0, &report))) {
        compare(k, tolerance);
        CU_ASSERT_TRUE(report.n_sweeps >= 2 && report.n_sweeps <= wn_randomized_most_sweeps(k, COLS));
        CU_ASSERT_TRUE(report.orthogonality <= 1e-13);
    }
    end();
}

static void test_components(void)
{
    check(MOST_ROWS, 3, false, 1e-4);
    check(MOST_ROWS, 9, false, 1e-4);
}

/* The part that is swept over first lacks the foremost direction. */
static void test_spike(void)
{
    CU_ASSERT_EQUAL(wn_randomized_stride(FILES) / 2, 4);
    has_spike = true;
    check(MOST_ROWS, 3, false, 1e-4);
    has_spike = false;
}

static void test_single(void)
{
    check(MOST_ROWS, 3, true, 1e-4);
}

/* Rank n - 1: nothing is left after two sweeps. */
static void test_few_rows(void)
{
    check(6, 4, false, 1e-9);
    check(6, 4, true, 1e-5);
}

/* As many directions as features: one sweep is all there is. */
static void test_all_directions(void)
{
    wn_randomized_report report = {0};
    const wn_randomized_options options = {.n_components = 32, .seed = 5};
    if (begin(200) && CHECK_OK(fit(&options, 0, &report))) {
        compare(32, 1e-10);
        CU_ASSERT_EQUAL(report.n_sweeps, 1);
    }
    end();
}

static void test_going_on(void)
{
    wn_randomized_report report = {0}, again = {0};
    const wn_randomized_options options = {.n_components = 5, .seed = 9};
    if (begin(MOST_ROWS) && CHECK_OK(fit(&options, 0, &report))) {
        wn_projection *whole = recipe->projection;
        for (int stop = 1; stop <= report.n_sweeps; stop++) {
            recipe->projection = NULL;
            if (CHECK_OK(fit(&options, stop, &again))) {
                CU_ASSERT_EQUAL(memcmp(&again, &report, sizeof report), 0);
                CU_ASSERT_EQUAL(memcmp(recipe->projection->components, whole->components, 5 * COLS * sizeof(double)),
                                0);
                CU_ASSERT_EQUAL(memcmp(recipe->projection->eigenvalues, whole->eigenvalues, 5 * sizeof(double)), 0);
            }
            forget();
        }
        recipe->projection = whole;
    }
    end();
}

static void refused(const wn_randomized_options *options, const char *word)
{
    wn_randomized *made = NULL;
    CU_ASSERT_EQUAL(wn_randomized_new(&test_ranks, &made, options, &moments, recipe), WN_BAD_DATA);
    CU_ASSERT_PTR_NULL(made);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), word));
}

static void test_refusals(void)
{
    if (begin(5)) {
        const size_t constant = 7;
        refused(&(wn_randomized_options){.n_components = COLS + 1}, "only 40 features");
        refused(&(wn_randomized_options){.n_components = 6}, "5 training rows");
        refused(&(wn_randomized_options){.n_components = 0}, "must be a count");
        CHECK_OK(wn_recipe_select(recipe, &constant, 1));
        refused(&(wn_randomized_options){.n_components = 1}, "do not vary");
    }
    end();
}

/* A file that is short, or of other sweeps. */
static void test_damaged_file(void)
{
    wn_randomized *made = NULL;
    const wn_randomized_options options = {.n_components = 5}, other = {.n_components = 7};
    char path[512];
    snprintf(path, sizeof path, "%s", test_path("damaged"));
    if (begin(50) && CHECK_OK(wn_randomized_new(&test_ranks, &made, &options, &moments, recipe))) {
        CU_ASSERT_EQUAL(wn_randomized_read(made, path), WN_NO_INPUT);
        CHECK_OK(wn_randomized_sweep(made, &pass, rows, NULL));
        CHECK_OK(wn_ranks_agree(&test_ranks, test_ranks.rank == 0 ? wn_randomized_write(made, path) : WN_OK));
        wn_randomized_free(made);
        made = NULL;
        CHECK_OK(wn_randomized_new(&test_ranks, &made, &other, &moments, recipe));
        CU_ASSERT_EQUAL(wn_randomized_read(made, path), WN_BAD_DATA);
        wn_randomized_free(made);
        made = NULL;
        CU_ASSERT_TRUE(test_ranks.rank != 0 || truncate(path, 1000) == 0);
        CHECK_OK(wn_randomized_new(&test_ranks, &made, &options, &moments, recipe));
        CU_ASSERT_EQUAL(wn_randomized_read(made, path), WN_BAD_DATA);
    }
    wn_randomized_free(made);
    end();
}

/* A reader that has failed is not read from again: each time a new one. */
static void fail_on(int rank)
{
    enum { MOST_ALLOCATIONS = 400 };
    const wn_randomized_options options = {.n_components = 3};
    wn_status agreed = WN_NO_MEMORY;
    for (int64_t nth = 1; nth < MOST_ALLOCATIONS && agreed == WN_NO_MEMORY; nth++) {
        wn_randomized_report report;
        size_t before = wn_memory_used();
        if (begin(30)) {
            wn_memory_fail_at(test_ranks.rank == rank ? nth : 0);
            agreed = fit(&options, 1, &report);
            wn_memory_fail_at(0);
        }
        end();
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
    CHECK_OK(agreed);
}

static void test_allocations(void)
{
    fail_on(test_ranks.size / 2);
}

static const wn_test tests[] = {
    {"components", test_components},
    {"a direction of few rows", test_spike},
    {"in single", test_single},
    {"fewer rows than features", test_few_rows},
    {"as many directions as features", test_all_directions},
    {"going on from a file", test_going_on},
    {"refusals", test_refusals},
    {"a damaged file", test_damaged_file},
    {"failing allocations", test_allocations},
};
TEST_MAIN("randomized", tests)
