#include "encoder.h"
#include "statistics_checks.h"

#include "winnow/profile.h"
#include "winnow/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { P = FIXTURE_COLS, BINS = 6 };

static const size_t file_rows[] = {700, 1, 300, 513, 90, 256, 700};
static const size_t few_rows[] = {2, 1, 2};

static size_t find_bin(const double *edges, size_t n_edges, double value)
{
    size_t bin = 0;
    while (bin < n_edges && value >= edges[bin])
        bin++;
    return bin;
}

/* Counted of the cells as the recipe cleans them: its fills, which test_profile judges, can be edges themselves. */
static void check_contingency(const fitted_table *fit)
{
    const wn_statistics *statistics = fit->statistics;
    size_t n_classes = statistics->n_classes, wrong = 0;
    int64_t *counts = calloc(P * BINS * n_classes, sizeof *counts);
    for (size_t i = 0; i < fit->table.n_rows; i++) {
        int class = wn_labels_class(&fit->recipe->labels, fit->table.labels[i]);
        const double *row = fit->table.cells + i * P;
        if (fit->status[i] != WN_ROW_TRAIN)
            continue;
        CU_ASSERT_EQUAL(wn_recipe_judge_row(fit->recipe, row, NULL), WN_ROW_TRAIN);
        for (size_t j = 0; j < P; j++) {
            double cell = wn_recipe_clean_cell(&fit->recipe->columns[j], row[j]);
            size_t bin = find_bin(statistics->edges + j * (BINS - 1), BINS - 1, cell);
            counts[(j * BINS + bin) * n_classes + (size_t) class]++;
        }
    }
    for (size_t k = 0; k < P * BINS * n_classes; k++)
        wrong += counts[k] != statistics->contingency[k];
    CU_ASSERT_EQUAL(wrong, 0);
    free(counts);
}

/* Small tables lie in the pilot whole: the edges are the quantiles of the cleaned training cells. */
static void check_edges(const fitted_table *fit)
{
    double *values = malloc(fit->table.n_rows * sizeof *values);
    for (size_t j = 0; j < P; j++) {
        size_t n = 0;
        for (size_t i = 0; i < fit->table.n_rows; i++)
            if (fit->status[i] == WN_ROW_TRAIN)
                values[n++] = fit->cleaned[i * P + j];
        naive_describe(values, n); /* sorts */
        for (size_t k = 1; k < BINS; k++) {
            double place = (double)(n - 1) * (double)k / BINS;
            size_t low = (size_t)place, high = low + 1 < n ? low + 1 : low;
            double edge = fit->statistics->edges[j * (BINS - 1) + k - 1];
            CU_ASSERT(edge >= values[low] - 1e-9 * fabs(values[low]) &&
                      edge <= values[high] + 1e-9 * fabs(values[high]));
        }
    }
    free(values);
}

static void test_classes(void)
{
    static const bool drops[2] = {false, true};
    for (size_t i = 0; i < 2; i++) {
        fixture_spec spec = {.name = i ? "drops" : "classes", .n_rows = file_rows, .n_files = 7, .unlabelled = 0.05};
        fitted_table fitted;
        if (fitted_open(&fitted, &spec, drops[i], &(wn_statistics_options){.gram = true, .n_bins = BINS})) {
            check_moments(&fitted);
            check_gram(&fitted);
            check_edges(&fitted);
            check_contingency(&fitted);
            CU_ASSERT_EQUAL(fitted.statistics->n_classes, FIXTURE_CLASSES);
            CU_ASSERT_EQUAL(fitted.statistics->gram->n_label_cols, FIXTURE_CLASSES);
        }
        fitted_close(&fitted);
    }
}

static void test_other_rules(void)
{
    fixture_spec spec = {.name = "others", .n_rows = file_rows, .n_files = 7, .unlabelled = 0.05};
    fitted_table fitted;
    if (fitted_open_by(&fitted, &spec, naive_set_other_rules, &(wn_statistics_options){.gram = true, .n_bins = BINS})) {
        check_moments(&fitted);
        check_gram(&fitted);
        check_edges(&fitted);
        check_contingency(&fitted);
    }
    fitted_close(&fitted);
    spec = (fixture_spec){.name = "others-scant", .n_rows = few_rows, .n_files = 3};
    if (fitted_open_by(&fitted, &spec, naive_set_other_rules, &(wn_statistics_options){.gram = true, .n_bins = BINS}))
        check_moments(&fitted);
    fitted_close(&fitted);
}

static void test_real_label(void)
{
    fixture_spec spec = {.name = "real", .n_rows = file_rows, .n_files = 7, .real_label = true, .unlabelled = 0.05};
    fitted_table fitted;
    if (fitted_open(&fitted, &spec, true, &(wn_statistics_options){.gram = true, .n_bins = BINS})) {
        int64_t n = 0;
        check_moments(&fitted);
        check_gram(&fitted);
        CU_ASSERT_EQUAL(fitted.statistics->n_classes, BINS);
        for (size_t k = 0; k < BINS * BINS; k++)
            n += fitted.statistics->contingency[k];
        CU_ASSERT_EQUAL(n, (int64_t)fitted.naive[0].clean.n);
    }
    fitted_close(&fitted);
}

static void test_few_rows(void)
{
    fixture_spec spec = {.name = "scant", .n_rows = few_rows, .n_files = 3};
    fitted_table fitted;
    if (fitted_open(&fitted, &spec, false, &(wn_statistics_options){.gram = true, .n_bins = BINS})) {
        check_moments(&fitted);
        check_gram(&fitted);
        check_contingency(&fitted);
    }
    fitted_close(&fitted);
}

/* What is not asked for is not there; what was counted is in the recipe of rank 0. */
static void test_options(void)
{
    fixture_spec spec = {.name = "bare", .n_rows = file_rows, .n_files = 3};
    fitted_table fitted;
    if (fitted_open(&fitted, &spec, false, &(wn_statistics_options){.gram = false, .n_bins = 0})) {
        check_moments(&fitted);
        CU_ASSERT_PTR_NULL(fitted.statistics->gram);
        CU_ASSERT_PTR_NULL(fitted.statistics->contingency);
        CU_ASSERT_EQUAL(fitted.recipe->n_statistics > 0, test_ranks.rank == 0);
    }
    fitted_close(&fitted);
}

/* The fingerprint: the same on all ranks, another for other cells. */
static void test_hash(void)
{
    fixture_spec spec = {.name = "hash", .n_rows = file_rows, .n_files = 7};
    fitted_table fitted;
    wn_statistics *others = NULL;
    int n_passes = 0;
    wn_statistics_options options = {.gram = true, .n_bins = BINS};
    if (fitted_open(&fitted, &spec, false, &options)) {
        wn_hash mine = fitted.statistics->hash, first = mine;
        CHECK_OK(wn_ranks_broadcast(&test_ranks, 0, &first, sizeof first));
        CU_ASSERT(wn_hash_compare(mine, first) == 0);
        if (CHECK_OK(wn_statistics_run(&fitted.table.pass, fitted.rows, fitted.pilot, fitted.recipe, &options, &others,
                                       &n_passes, NULL)))
            CU_ASSERT(wn_hash_compare(mine, others->hash) == 0);
        wn_statistics_free(others);
        others = NULL;
        fitted.recipe->columns[1].fill += 1; /* a gap's cell */
        if (CHECK_OK(wn_statistics_run(&fitted.table.pass, fitted.rows, fitted.pilot, fitted.recipe, &options, &others,
                                       &n_passes, NULL)))
            CU_ASSERT(wn_hash_compare(mine, others->hash) != 0);
        wn_statistics_free(others);
    }
    fitted_close(&fitted);
}

enum { FOLDS = 3, SEED = 5 };

static size_t fold_of(size_t row)
{
    return (size_t)wn_random_below(wn_random_bits((wn_random){SEED, WN_RANDOM_RANK_FOLDS, row}, 0), FOLDS);
}

/* Count, sum about the centre, extremes of column 0 and its product with column 1, over training rows but a fold's. */
static void check_without(const fitted_table *fit, size_t fold)
{
    const wn_statistics *without = fit->statistics->without[fold];
    const wn_gram_sums *gram = without->gram;
    int64_t n = 0, counted = 0;
    long double sum = 0, product = 0, size = 0;
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < fit->table.n_rows; i++) {
        if (fit->status[i] != WN_ROW_TRAIN || fold_of(i) == fold)
            continue;
        const double *cells = fit->cleaned + i * P;
        long double x = (long double)cells[0] - gram->centre[0], y = (long double)cells[1] - gram->centre[1];
        n++;
        sum += x;
        product += x * y;
        size += fabsl(x * y);
        least = fmin(least, cells[0]);
        most = fmax(most, cells[0]);
    }
    CU_ASSERT_EQUAL(gram->n_rows, n);
    CU_ASSERT_EQUAL(without->moments->count[0], n);
    CU_ASSERT(fabsl((long double)gram->product[1] - product) <= 1e-11L * size);
    CU_ASSERT(naive_is_near(without->moments->mean[0], (double)(sum / n) + gram->centre[0], 1e-11));
    CU_ASSERT(naive_is_near(without->moments->min[0], least, 1e-11));
    CU_ASSERT(naive_is_near(without->moments->max[0], most, 1e-11));
    for (size_t k = 0; k < BINS * without->n_classes; k++)
        counted += without->contingency[k];
    CU_ASSERT_EQUAL(counted, n);
}

/* Every row is left out by one of the folds; the sums of all rows are what they are without folds. */
static void test_folds(void)
{
    const char *path = test_path("folds.h5");
    fixture_spec spec = {.name = "folds", .n_rows = file_rows, .n_files = 7};
    wn_statistics_options options = {.gram = true, .n_bins = BINS, .path = path}, folded = options;
    fitted_table fitted;
    wn_statistics *again = NULL, *plain = NULL;
    int n_passes = 0;
    folded.n_folds = FOLDS;
    folded.seed = SEED;
    if (fitted_open(&fitted, &spec, false, &folded)) {
        for (size_t fold = 0; fold < FOLDS; fold++)
            check_without(&fitted, fold);
        if (CHECK_OK(wn_statistics_read(&test_ranks, fitted.rows, fitted.recipe, &folded, &again)))
            for (size_t fold = 0; fold < FOLDS; fold++)
                CU_ASSERT_EQUAL(memcmp(again->without[fold]->gram->product,
                                       fitted.statistics->without[fold]->gram->product, P * P * sizeof(double)),
                                0);
        if (CHECK_OK(wn_statistics_run(&fitted.table.pass, fitted.rows, fitted.pilot, fitted.recipe, &options, &plain,
                                       &n_passes, NULL)))
            CU_ASSERT(wn_hash_compare(plain->hash, fitted.statistics->hash) == 0);
        wn_statistics_free(plain);
        wn_statistics_free(again);
    }
    fitted_close(&fitted);
}

/* What a pass left in a file is, read by all ranks, what the pass gave: to the last bit, and without a pass. */
static void check_read(const fixture_spec *spec, const wn_statistics_options *options)
{
    fitted_table fitted;
    wn_statistics *again = NULL;
    wn_hash before, after;
    if (fitted_open(&fitted, spec, false, options) && CHECK_OK(wn_recipe_hash(fitted.recipe, &before))) {
        for (size_t j = 0; j < FIXTURE_COLS; j++)
            fitted.recipe->columns[j].center = fitted.recipe->columns[j].clean_max = -1;
        if (CHECK_OK(wn_statistics_read(&test_ranks, fitted.rows, fitted.recipe, options, &again))) {
            CU_ASSERT(wn_hash_compare(again->hash, fitted.statistics->hash) == 0);
            CHECK_OK(wn_recipe_hash(fitted.recipe, &after));
            CU_ASSERT(wn_hash_compare(before, after) == 0);
            wn_statistics_free(fitted.statistics);
            fitted.statistics = again;
            check_moments(&fitted);
        }
    }
    fitted_close(&fitted);
}

static void test_read(void)
{
    const char *path = test_path("statistics.h5");
    fixture_spec spec = {.name = "kept", .n_rows = file_rows, .n_files = 7};
    check_read(&spec, &(wn_statistics_options){.gram = true, .n_bins = BINS, .path = path});
    spec.name = "kept-bare";
    check_read(&spec, &(wn_statistics_options){.path = path});
    spec = (fixture_spec){.name = "kept-real", .n_rows = file_rows, .n_files = 3, .real_label = true};
    check_read(&spec, &(wn_statistics_options){.gram = true, .n_bins = BINS, .path = path});
}

/* One byte that differs is found, and so is a file of other options; on every rank. */
static void test_read_refusals(void)
{
    const char *path = test_path("other.h5");
    fixture_spec spec = {.name = "refused", .n_rows = file_rows, .n_files = 3};
    wn_statistics_options options = {.n_bins = BINS, .path = path}, more = {.n_bins = BINS + 1, .path = path};
    fitted_table fitted;
    wn_statistics *none = NULL;
    if (fitted_open(&fitted, &spec, false, &options)) {
        CU_ASSERT_EQUAL(wn_statistics_read(&test_ranks, fitted.rows, fitted.recipe, &more, &none), WN_BAD_DATA);
        if (test_ranks.rank == 0) {
            FILE *file = fopen(path, "r+b");
            fseek(file, 3000, SEEK_SET);
            int byte = fgetc(file);
            fseek(file, 3000, SEEK_SET);
            fputc(byte ^ 1, file);
            fclose(file);
        }
        CU_ASSERT_EQUAL(wn_statistics_read(&test_ranks, fitted.rows, fitted.recipe, &options, &none), WN_BAD_DATA);
        CU_ASSERT(strstr(wn_status_message(), "damaged") != NULL);
    }
    fitted_close(&fitted);
}

static const wn_test tests[] = {
    {"other_rules", test_other_rules},
    {"classes", test_classes},
    {"real_label", test_real_label},
    {"few_rows", test_few_rows},
    {"options", test_options},
    {"hash", test_hash},
    {"folds", test_folds},
    {"read", test_read},
    {"read_refusals", test_read_refusals},
};

TEST_MAIN("statistics", tests)
