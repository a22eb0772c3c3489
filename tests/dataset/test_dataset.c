#include "dataset_sink.h"
#include "fitted.h"

#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { P = FIXTURE_COLS, K = 3, LANES = 7 };

static const size_t file_rows[] = {700, 1, 300, 513, 90, 256, 700};
static const size_t few_rows[] = {2, 1, 2};
static const wn_statistics_options no_options = {.gram = false};

/* A selection of five, and a projection onto three. */
static wn_status project(wn_recipe *recipe)
{
    static const size_t selected[5] = {6, 0, 3, 1, 2};
    wn_status status = WN_OK;
    TRY(wn_recipe_select(recipe, selected, 5));
    TRY(wn_projection_new(&recipe->projection, "pca", K, 5));
    for (size_t i = 0; i < K * 5; i++)
        recipe->projection->components[i] = wn_random_normal((wn_random){3, WN_RANDOM_TEST, i}, 0);
    for (size_t i = 0; i < 5; i++)
        recipe->projection->mean[i] = 0.1 * (double)i;
done:
    return status;
}

/* Selected feature j of a row, from its raw cells. Drop rules are not for rows that are there. */
static double naive_feature(const fitted_table *fit, size_t row, size_t j)
{
    size_t c = fit->recipe->selected[j];
    const wn_recipe_column *column = &fit->recipe->columns[c];
    double cell = fit->table.cells[row * P + c];
    bool is_outside = cell < column->lower || cell > column->upper;
    if (is_outside && column->rule.action == WN_OUTLIER_CLIP)
        cell = cell < column->lower ? column->lower : column->upper;
    if (isnan(cell) || (is_outside && column->rule.action == WN_OUTLIER_MISSING))
        cell = column->fill;
    return (float)((cell - column->center) / column->scale);
}

/* Whether a value is component k of a row, to 1e-6 of the terms that it is a sum of. */
static bool is_component(const fitted_table *fit, size_t row, size_t k, float value)
{
    const wn_projection *projection = fit->recipe->projection;
    long double sum = 0, size = 0;
    for (size_t j = 0; j < projection->n_features; j++) {
        long double term =
            (naive_feature(fit, row, j) - projection->mean[j]) * projection->components[k * projection->n_features + j];
        sum += term;
        size += fabsl(term);
    }
    return fabsl(value - sum) <= 1e-6L * size;
}

static bool is_row_right(const fitted_table *fit, const wn_dataset *dataset, size_t i, wn_inputs inputs)
{
    size_t row = (size_t)dataset->rows[i];
    const float *features = dataset->features + i * dataset->n_features;
    if (dataset->targets[i] != (float)wn_labels_class(&fit->recipe->labels, fit->table.labels[row]))
        return false;
    for (size_t j = 0; j < dataset->n_features; j++) {
        if (inputs == WN_INPUTS_FEATURES && features[j] != (float)naive_feature(fit, row, j))
            return false;
        if (inputs == WN_INPUTS_COMPONENTS && !is_component(fit, row, j, features[j]))
            return false;
    }
    return true;
}

static int64_t block_of(const wn_catalog *catalog, int64_t row)
{
    int64_t b = 0;
    while (wn_catalog_block(catalog, b).first_row + (int64_t)wn_catalog_block(catalog, b).n_rows <= row)
        b++;
    return b;
}

/* The part of [0, n) that is lane `lane` of n_lanes. */
static wn_range lane_rows(int64_t n, int64_t n_lanes, int64_t lane)
{
    return (wn_range){lane * n / n_lanes, (lane + 1) * n / n_lanes};
}

/* The training rows of the whole table, in order. */
static int64_t *list_training(const fitted_table *fit, int64_t *n)
{
    int64_t *list = malloc(fit->table.n_rows * sizeof *list);
    *n = 0;
    for (size_t i = 0; i < fit->table.n_rows; i++)
        if (fit->status[i] == WN_ROW_TRAIN)
            list[(*n)++] = (int64_t)i;
    return list;
}

/* Each piece lies in one block and one lane, and the next begins where another block or lane does. */
static void check_pieces(const fitted_table *fit, const wn_dataset *dataset, wn_range mine, const int64_t *training,
                         int64_t n_training)
{
    size_t at = 0;
    for (size_t piece = 0; piece < dataset->n_pieces; piece++) {
        int64_t lane = dataset->piece_lane[piece], block = dataset->piece_block[piece];
        wn_range rows = lane_rows(n_training, LANES, lane);
        CU_ASSERT(lane >= mine.first && lane < mine.last);
        CU_ASSERT_EQUAL(dataset->piece_first[piece], at);
        CU_ASSERT(dataset->piece_first[piece + 1] > at);
        for (; at < dataset->piece_first[piece + 1]; at++) {
            int64_t number = lane_rows(n_training, LANES, mine.first).first + (int64_t)at;
            CU_ASSERT_EQUAL(dataset->rows[at], training[number]);
            CU_ASSERT(number >= rows.first && number < rows.last);
            CU_ASSERT_EQUAL(block_of(fit->table.catalog, dataset->rows[at]), block);
        }
        CU_ASSERT(piece == 0 || lane > dataset->piece_lane[piece - 1] || block > dataset->piece_block[piece - 1]);
    }
    CU_ASSERT_EQUAL(at, dataset->n_rows);
}

static void check_training(const fitted_table *fit, wn_inputs inputs)
{
    wn_dataset *dataset = NULL;
    wn_range mine =
        wn_range_part(LANES, test_ranks.size, test_ranks.size - 1 - test_ranks.rank); /* not in blocks' order */
    int64_t n_training, total;
    int64_t *training = list_training(fit, &n_training);
    size_t n_wrong = 0;
    if (CHECK_OK(wn_dataset_train(&dataset, &fit->table.pass, fit->rows, fit->recipe, inputs, LANES, mine, NULL))) {
        CU_ASSERT_EQUAL(dataset->n_features, inputs == WN_INPUTS_COMPONENTS ? K : fit->recipe->n_selected);
        check_pieces(fit, dataset, mine, training, n_training);
        for (size_t i = 0; i < dataset->n_rows; i++)
            n_wrong += !is_row_right(fit, dataset, i, inputs);
        CU_ASSERT_EQUAL(n_wrong, 0);
        total = (int64_t)dataset->n_rows;
        CHECK_OK(wn_ranks_sum(&test_ranks, &total, 1));
        CU_ASSERT_EQUAL(total, n_training);
    }
    wn_dataset_free(dataset);
    free(training);
}

static void check_status(const fitted_table *fit, wn_row_status wanted, wn_inputs inputs)
{
    wn_dataset *dataset = NULL;
    size_t n_wrong = 0, at = 0;
    if (CHECK_OK(wn_dataset_of_status(&dataset, &fit->table.pass, fit->rows, fit->recipe, inputs, wanted, NULL))) {
        for (size_t i = 0; i < fit->rows->n_rows; i++) {
            int64_t row = fit->rows->first_row + (int64_t)i;
            if (fit->status[row] != wanted)
                continue;
            n_wrong += at >= dataset->n_rows || dataset->rows[at] != row || !is_row_right(fit, dataset, at, inputs);
            at++;
        }
        CU_ASSERT_EQUAL(n_wrong, 0);
        CU_ASSERT_EQUAL(at, dataset->n_rows);
        CU_ASSERT_EQUAL(dataset->piece_first[dataset->n_pieces], dataset->n_rows);
        for (size_t piece = 0; piece < dataset->n_pieces; piece++)
            for (size_t i = dataset->piece_first[piece]; i < dataset->piece_first[piece + 1]; i++)
                CU_ASSERT_EQUAL(block_of(fit->table.catalog, dataset->rows[i]), dataset->piece_block[piece]);
    }
    wn_dataset_free(dataset);
}

static void check_datasets(const fixture_spec *spec, bool drops)
{
    fitted_table fit;
    if (fitted_open(&fit, spec, drops, &no_options)) {
        check_training(&fit, WN_INPUTS_FEATURES);
        check_status(&fit, WN_ROW_VALIDATION, WN_INPUTS_FEATURES);
        if (CHECK_OK(project(fit.recipe))) {
            check_training(&fit, WN_INPUTS_COMPONENTS);
            check_training(&fit, WN_INPUTS_FEATURES);
            check_status(&fit, WN_ROW_TEST, WN_INPUTS_COMPONENTS);
        }
    }
    fitted_close(&fit);
}

static void test_rows_are_prepared(void)
{
    fixture_spec spec = {.name = "kept", .n_rows = file_rows, .n_files = 7, .unlabelled = 0.05};
    check_datasets(&spec, false);
    spec.name = "dropped";
    check_datasets(&spec, true);
}

/* More lanes than rows, more ranks than both. */
static void test_few_rows(void)
{
    fixture_spec spec = {.name = "scant", .n_rows = few_rows, .n_files = 3};
    check_datasets(&spec, false);
}

/* The rows of smallest hash, by sorting all of them. */
static void check_sample(const fitted_table *fit, size_t limit)
{
    const uint64_t seed = 77;
    wn_dataset *dataset = NULL, *sample = NULL;
    if (!CHECK_OK(wn_dataset_of_status(&dataset, &fit->table.pass, fit->rows, fit->recipe, WN_INPUTS_FEATURES,
                                       WN_ROW_VALIDATION, NULL)))
        return;
    if (CHECK_OK(wn_dataset_sample(&sample, &test_ranks, dataset, limit, seed))) {
        size_t at = 0, n_wrong = 0;
        for (size_t row = 0; row < fit->table.n_rows; row++) {
            size_t n_before = 0;
            if (fit->status[row] != WN_ROW_VALIDATION)
                continue;
            uint64_t key = wn_random_bits((wn_random){seed, WN_RANDOM_SAMPLE, row}, 0);
            for (size_t other = 0; other < fit->table.n_rows; other++)
                n_before += fit->status[other] == WN_ROW_VALIDATION &&
                            wn_random_bits((wn_random){seed, WN_RANDOM_SAMPLE, other}, 0) < key;
            if (n_before >= limit || test_ranks.rank != 0)
                continue;
            n_wrong += at >= sample->n_rows || sample->rows[at] != (int64_t)row ||
                       !is_row_right(fit, sample, at, WN_INPUTS_FEATURES);
            at++;
        }
        CU_ASSERT_EQUAL(n_wrong, 0);
        CU_ASSERT_EQUAL(sample->n_rows, at);
        CU_ASSERT_EQUAL(sample->n_pieces, at > 0);
        CU_ASSERT_EQUAL(sample->piece_first[sample->n_pieces], at);
    }
    wn_dataset_free(sample);
    wn_dataset_free(dataset);
}

static void test_sample(void)
{
    fixture_spec spec = {.name = "sample", .n_rows = file_rows, .n_files = 7};
    fitted_table fit;
    if (fitted_open(&fit, &spec, false, &no_options)) {
        check_sample(&fit, 50);
        check_sample(&fit, 1);
        check_sample(&fit, 0);
        check_sample(&fit, 100000);
    }
    fitted_close(&fit);
}

/* Row i of this rank, most cells of which are zero; some rows have none else, some none. */
static float mostly_zero(size_t i, size_t j)
{
    const wn_random stream = {9, WN_RANDOM_TEST, 1000 * (uint64_t)test_ranks.rank + i};
    double share = i % 7 == 0 ? 0 : i % 7 == 1 ? 1 : 0.05;
    return wn_random_uniform(stream, j) < share ? (float)wn_random_normal(stream, j) : 0.0F;
}

enum { WIDE = 40, WIDE_ROWS = 90 };

static wn_status append(const float *row, wn_sparse_rows *rows)
{
    size_t n = 0;
    wn_status status = wn_sparse_rows_reserve(rows, WIDE);
    for (size_t j = 0; status == WN_OK && j < WIDE; j++)
        if (row[j] != 0.0F) {
            rows->column[rows->n_entries + n] = (uint32_t)j;
            rows->value[rows->n_entries + n++] = (double)row[j];
        }
    if (status == WN_OK)
        wn_sparse_rows_end(rows, n);
    return status;
}

static wn_status new_wide(wn_dataset **dataset, bool is_sparse)
{
    wn_status status = WN_OK;
    float *rows = NULL;
    size_t n = test_ranks.rank == 1 ? 0 : WIDE_ROWS;
    TRY(wn_new(&rows, WIDE_ROWS * WIDE));
    for (size_t i = 0; i < WIDE_ROWS * WIDE; i++)
        rows[i] = mostly_zero(i / WIDE, i % WIDE);
    TRY(wn_dataset_new(dataset, n, WIDE, is_sparse, 0));
    for (size_t i = 0; i < n; i++)
        (*dataset)->rows[i] = 1000 * test_ranks.rank + (int64_t)i;
    if (!is_sparse)
        memcpy((*dataset)->features, rows, n * WIDE * sizeof *rows);
    for (size_t i = 0; is_sparse && i < n; i++)
        TRY(append(rows + i * WIDE, (*dataset)->sparse));
    if (is_sparse)
        TRY(wn_sparse_rows_fit((*dataset)->sparse));
done:
    wn_free(rows);
    return status;
}

/* Sparse rows are the dense ones wherever they are laid out. */
static void test_sparse(void)
{
    wn_dataset *dense = NULL, *sparse = NULL, *of_dense = NULL, *of_sparse = NULL;
    float room[WIDE_ROWS * WIDE], row[WIDE];
    bool is_good = CHECK_OK(wn_ranks_agree(&test_ranks, new_wide(&dense, false))) &&
                   CHECK_OK(wn_ranks_agree(&test_ranks, new_wide(&sparse, true)));
    if (is_good) {
        size_t n = dense->n_rows;
        CU_ASSERT_EQUAL(wn_dataset_room(dense, 3), 0);
        CU_ASSERT_EQUAL(wn_dataset_room(sparse, 3), 3 * WIDE);
        CU_ASSERT_TRUE(memcmp(wn_dataset_rows(sparse, 0, n, room), dense->features, n * WIDE * sizeof *room) == 0);
        for (size_t i = 0; i < n; i++) {
            wn_dataset_copy_row(sparse, i, row);
            CU_ASSERT_TRUE(memcmp(row, wn_dataset_rows(dense, i, 1, NULL), sizeof row) == 0);
        }
        is_good = CHECK_OK(wn_dataset_sample(&of_dense, &test_ranks, dense, 50, 3)) &&
                  CHECK_OK(wn_dataset_sample(&of_sparse, &test_ranks, sparse, 50, 3));
        CU_ASSERT_TRUE(is_good && of_dense->n_rows == of_sparse->n_rows && of_sparse->sparse != NULL &&
                       of_sparse->n_pieces == of_dense->n_pieces);
        for (size_t i = 0; is_good && i < of_dense->n_rows; i++) {
            wn_dataset_copy_row(of_sparse, i, row);
            CU_ASSERT_TRUE(memcmp(row, of_dense->features + i * WIDE, sizeof row) == 0);
            CU_ASSERT_EQUAL(of_sparse->rows[i], of_dense->rows[i]);
        }
    }
    wn_dataset_free(of_sparse);
    wn_dataset_free(of_dense);
    wn_dataset_free(sparse);
    wn_dataset_free(dense);
}

/* A gap under missing: error in a row that is not for training, and a feature beyond float32, are told. */
static void test_refusals(void)
{
    fixture_spec spec = {.name = "refused", .n_rows = file_rows, .n_files = 7};
    fitted_table fit;
    wn_dataset *dataset = NULL;
    if (fitted_open(&fit, &spec, false, &no_options)) {
        double fill = fit.recipe->columns[1].fill, scale = fit.recipe->columns[0].scale;
        fit.recipe->columns[1].fill = (double)NAN;
        CU_ASSERT_EQUAL(wn_dataset_of_status(&dataset, &fit.table.pass, fit.rows, fit.recipe, WN_INPUTS_FEATURES,
                                             WN_ROW_VALIDATION, NULL),
                        WN_BAD_DATA);
        CU_ASSERT(strstr(wn_status_message(), "column x1") != NULL);
        fit.recipe->columns[1].fill = fill;
        fit.recipe->columns[0].scale = 1e-300;
        CU_ASSERT_EQUAL(wn_dataset_train(&dataset, &fit.table.pass, fit.rows, fit.recipe, WN_INPUTS_FEATURES, 3,
                                         wn_range_part(3, test_ranks.size, test_ranks.rank), NULL),
                        WN_BAD_DATA);
        CU_ASSERT(strstr(wn_status_message(), "float32") != NULL);
        fit.recipe->columns[0].scale = scale;
        CU_ASSERT_PTR_NULL(dataset);
    }
    fitted_close(&fit);
}

/* A real label that float32 has no number for is told, not made infinite. */
static void test_label_beyond_float32(void)
{
    fixture_spec spec = {
        .name = "far_label", .n_rows = file_rows, .n_files = 7, .real_label = true, .label_size = 1e60};
    fitted_table fit;
    wn_dataset *dataset = NULL;
    if (fitted_open(&fit, &spec, false, &no_options)) {
        CU_ASSERT_EQUAL(wn_dataset_of_status(&dataset, &fit.table.pass, fit.rows, fit.recipe, WN_INPUTS_FEATURES,
                                             WN_ROW_VALIDATION, NULL),
                        WN_BAD_DATA);
        CU_ASSERT(strstr(wn_status_message(), "label y, row ") != NULL);
        CU_ASSERT_PTR_NULL(dataset);
    }
    fitted_close(&fit);
}

/* One rank without memory for its rows: all ranks fail alike, and nothing stays allocated. */
static void test_allocation_failures(void)
{
    fixture_spec spec = {.name = "memory", .n_rows = file_rows, .n_files = 7};
    fitted_table fit;
    wn_dataset *dataset = NULL, *sample = NULL;
    if (fitted_open(&fit, &spec, false, &no_options)) {
        bool fails_here = test_ranks.rank == test_ranks.size - 1;
        wn_range mine = wn_range_part(3, test_ranks.size, test_ranks.rank);
        size_t used = wn_memory_used();
        for (int64_t nth = 1; nth <= 4; nth++) {
            wn_memory_fail_at(fails_here ? nth : 0);
            CU_ASSERT_EQUAL(
                wn_dataset_train(&dataset, &fit.table.pass, fit.rows, fit.recipe, WN_INPUTS_FEATURES, 3, mine, NULL),
                WN_NO_MEMORY);
            CU_ASSERT_EQUAL(wn_memory_used(), used);
            wn_memory_fail_at(fails_here ? nth : 0);
            CU_ASSERT_EQUAL(wn_dataset_of_status(&dataset, &fit.table.pass, fit.rows, fit.recipe, WN_INPUTS_FEATURES,
                                                 WN_ROW_VALIDATION, NULL),
                            WN_NO_MEMORY);
            CU_ASSERT_EQUAL(wn_memory_used(), used);
        }
        wn_memory_fail_at(0);
        CHECK_OK(wn_dataset_of_status(&dataset, &fit.table.pass, fit.rows, fit.recipe, WN_INPUTS_FEATURES,
                                      WN_ROW_VALIDATION, NULL));
        used = wn_memory_used();
        for (int64_t nth = 1; nth <= 2; nth++) {
            wn_memory_fail_at(fails_here ? nth : 0);
            CU_ASSERT_EQUAL(wn_dataset_sample(&sample, &test_ranks, dataset, 9, 1), WN_NO_MEMORY);
            CU_ASSERT_EQUAL(wn_memory_used(), used);
        }
        wn_memory_fail_at(0);
        wn_dataset_free(dataset);
    }
    fitted_close(&fit);
}

static const wn_test tests[] = {
    {"rows_are_prepared", test_rows_are_prepared},
    {"few_rows", test_few_rows},
    {"sample", test_sample},
    {"sparse", test_sparse},
    {"refusals", test_refusals},
    {"label_beyond_float32", test_label_beyond_float32},
    {"allocation_failures", test_allocation_failures},
};

TEST_MAIN("dataset", tests)
