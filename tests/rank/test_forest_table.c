/* Codes and labels of a dataset over ranks: those of one rank, in the order of the cells, one bin for each of few
 * values. */
#include "winnow/forest_table.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

enum { N_FEATURES = 3 };

static float cell(size_t row, size_t feature)
{
    double normal = wn_random_normal((wn_random){3, WN_RANDOM_TEST, row}, feature);
    return feature == 1 ? (float)(row % 4) : feature == 2 ? 7 : (float)normal;
}

/* Real labels that float32 would take for 0; targets are what the program makes of them. */
static double real_label(int64_t number)
{
    return 1e-100 * (double)(number / 3 % 5);
}

static wn_status make_dataset(wn_range part, wn_dataset *dataset, double **real)
{
    wn_status status = WN_OK;
    *dataset = (wn_dataset){.n_rows = (size_t)(part.last - part.first), .n_features = N_FEATURES};
    TRY(wn_new(&dataset->features, dataset->n_rows * N_FEATURES));
    TRY(wn_new(&dataset->targets, dataset->n_rows));
    TRY(wn_new(&dataset->rows, dataset->n_rows));
    TRY(wn_new(real, dataset->n_rows));
    for (size_t i = 0; i < dataset->n_rows; i++) {
        size_t row = (size_t)part.first + i;
        for (size_t f = 0; f < N_FEATURES; f++)
            dataset->features[i * N_FEATURES + f] = cell(row, f);
        dataset->targets[i] = (float)(row % 5);
        dataset->rows[i] = (int64_t)(3 * row);
        (*real)[i] = real_label(dataset->rows[i]);
    }
done:
    return status;
}

static void clear_dataset(wn_dataset *dataset)
{
    wn_free(dataset->rows);
    wn_free(dataset->targets);
    wn_free(dataset->features);
}

static void check_order(const wn_dataset *dataset, const wn_forest_table *table, size_t n_classes)
{
    size_t wrong = 0, n = dataset->n_rows;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *codes = table->codes + i * N_FEATURES;
        double real = table->scale.centre + table->labels[i] * table->scale.unit;
        wrong += table->numbers[i] != dataset->rows[i];
        wrong += n_classes > 0 ? table->labels[i] != (int32_t)dataset->targets[i]
                               : fabs(real - real_label(dataset->rows[i])) > 1e-107;
        wrong += codes[1] != (uint8_t)dataset->features[i * N_FEATURES + 1] || codes[2] != 0;
        if (i == 0)
            continue;
        float before = dataset->features[(i - 1) * N_FEATURES], here = dataset->features[i * N_FEATURES];
        wrong += before <= here ? codes[-N_FEATURES] > codes[0] : codes[-N_FEATURES] < codes[0];
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Over ranks, beside one rank of all rows. */
static void check_table(int64_t n_rows, size_t n_classes)
{
    wn_ranks self = wn_ranks_of(MPI_COMM_SELF);
    wn_labels labels = {.n_classes = n_classes};
    wn_range part = wn_range_part(n_rows, test_ranks.size, test_ranks.rank);
    wn_dataset own, all;
    double *own_real = NULL, *all_real = NULL;
    wn_forest_table *table = NULL, *alone = NULL;
    wn_status status = make_dataset(part, &own, &own_real);
    if (status == WN_OK)
        status = make_dataset((wn_range){0, n_rows}, &all, &all_real);
    if (CHECK_OK(wn_ranks_agree(&test_ranks, status)) &&
        CHECK_OK(wn_forest_table_new(&table, &test_ranks, &own, own_real, &labels, 1)) &&
        CHECK_OK(wn_forest_table_new(&alone, &self, &all, all_real, &labels, 1))) {
        check_order(&own, table, n_classes);
        size_t first = (size_t)part.first;
        CU_ASSERT_EQUAL(memcmp(table->codes, alone->codes + first * N_FEATURES, own.n_rows * N_FEATURES), 0);
        CU_ASSERT_EQUAL(memcmp(table->labels, alone->labels + first, own.n_rows * sizeof *table->labels), 0);
        CU_ASSERT_EQUAL(table->rows.n_bins, alone->rows.n_bins);
        CU_ASSERT(table->rows.n_bins <= WN_FOREST_MOST_BINS);
    }
    wn_forest_table_free(alone);
    wn_forest_table_free(table);
    wn_free(all_real);
    wn_free(own_real);
    clear_dataset(&all);
    clear_dataset(&own);
}

static void test_tables(void)
{
    const int64_t sizes[] = {0, 1, 3, 700};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        check_table(sizes[i], 5);
        check_table(sizes[i], 0);
    }
}

/* An allocation that fails on one rank, anywhere. */
static void test_no_memory(void)
{
    wn_labels labels = {.n_classes = 5};
    wn_dataset own;
    double *real = NULL;
    wn_range part = wn_range_part(60, test_ranks.size, test_ranks.rank);
    if (!CHECK_OK(wn_ranks_agree(&test_ranks, make_dataset(part, &own, &real))))
        return;
    size_t used = wn_memory_used();
    for (int64_t nth = 1, failed = 1; failed > 0; nth++) {
        wn_forest_table *table = NULL;
        wn_memory_fail_at(test_ranks.rank == test_ranks.size - 1 ? nth : 0);
        wn_status status = wn_forest_table_new(&table, &test_ranks, &own, real, &labels, 1);
        wn_memory_fail_at(0);
        failed = status != WN_OK;
        CU_ASSERT(status == WN_OK || status == WN_NO_MEMORY);
        wn_forest_table_free(table);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
    }
    wn_free(real);
    clear_dataset(&own);
}

static const wn_test tests[] = {{"tables", test_tables}, {"no memory", test_no_memory}};
TEST_MAIN("forest_table", tests)
