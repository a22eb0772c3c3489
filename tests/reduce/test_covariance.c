#include "sums.h"

#include "winnow/covariance.h"

#include <math.h>

static sums_table table;

static long double feature(const wn_recipe *recipe, size_t row, size_t a)
{
    size_t c = recipe->feature_source[recipe->selected[a]];
    const wn_recipe_column *column = &recipe->columns[c];
    return ((long double)table.cells[row * table.n_cols + c] - (long double)column->center) /
           (long double)column->scale;
}

static bool is_constant(const wn_recipe *recipe, size_t a)
{
    size_t c = recipe->feature_source[recipe->selected[a]], differ = 0;
    for (size_t i = 1; i < table.n_rows; i++)
        differ += table.cells[i * table.n_cols + c] != table.cells[c];
    return differ == 0;
}

/* Two passes in extended precision; exactly 0 for a constant column. */
static void naive(const wn_recipe *recipe, double *mean, double *covariance)
{
    size_t n = recipe->n_selected;
    long double exact[SUMS_MOST_COLS];
    bool constant[SUMS_MOST_COLS];
    for (size_t a = 0; a < n; a++) {
        constant[a] = is_constant(recipe, a);
        exact[a] = 0;
        for (size_t i = 0; i < table.n_rows; i++)
            exact[a] += feature(recipe, i, a) / (long double)table.n_rows;
        mean[a] = (double)exact[a];
    }
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) {
            long double sum = 0;
            for (size_t i = 0; i < table.n_rows && !constant[a] && !constant[b]; i++)
                sum += (feature(recipe, i, a) - exact[a]) * (feature(recipe, i, b) - exact[b]);
            covariance[a * n + b] = (double)(sum / (long double)(table.n_rows - 1));
        }
}

/* Entries to 1e-13 of the deviations' product; means to 1e-14 of a deviation, beside the rounding of the mean itself.
 */
static void compare(const wn_recipe *recipe, const wn_gram_sums *sums)
{
    double mean[SUMS_MOST_COLS], covariance[SUMS_MOST_COLS * SUMS_MOST_COLS];
    double wanted_mean[SUMS_MOST_COLS], wanted[SUMS_MOST_COLS * SUMS_MOST_COLS];
    size_t n = recipe->n_selected;
    CHECK_OK(wn_covariance_of_selected(sums, recipe, mean, covariance));
    naive(recipe, wanted_mean, wanted);
    for (size_t a = 0; a < n; a++) {
        double deviation = sqrt(wanted[a * n + a]);
        CU_ASSERT_TRUE(fabs(mean[a] - wanted_mean[a]) <= 1e-14 * deviation + 4e-16 * fabs(wanted_mean[a]));
        for (size_t b = 0; b < n; b++) {
            double bound = 1e-13 * deviation * sqrt(wanted[b * n + b]);
            CU_ASSERT_TRUE(fabs(covariance[a * n + b] - wanted[a * n + b]) <= bound);
            CU_ASSERT_EQUAL(covariance[a * n + b], covariance[b * n + a]);
        }
    }
}

static void check_rows(size_t n_rows)
{
    static const size_t some[] = {7, 2, 10, 0, 3};
    sums_table_fill(&table, n_rows, 11, 3);
    wn_gram_sums *sums = sums_of(&table);
    wn_recipe *recipe = sums_recipe(11);
    if (sums != NULL && recipe != NULL) {
        compare(recipe, sums);
        for (size_t j = 0; j < 11; j++) {
            recipe->columns[j].center = table.cells[j] * 1.01;
            recipe->columns[j].scale = pow(10, (double)(j % 9) - 4) * 1.1;
        }
        compare(recipe, sums);
        CHECK_OK(wn_recipe_select(recipe, some, 5));
        compare(recipe, sums);
    }
    wn_recipe_free(recipe);
    wn_gram_sums_free(sums);
    sums_table_clear(&table);
}

static void test_against_naive(void)
{
    check_rows(2);
    check_rows(13);
    check_rows(4321);
}

static void test_few_rows(void)
{
    for (size_t n_rows = 0; n_rows < 2; n_rows++) {
        double mean[3] = {7, 7, 7}, covariance[9] = {7};
        sums_table_fill(&table, n_rows, 3, 2);
        wn_gram_sums *sums = sums_of(&table);
        wn_recipe *recipe = sums_recipe(3);
        if (sums != NULL && recipe != NULL)
            CU_ASSERT_EQUAL(wn_covariance_of_selected(sums, recipe, mean, covariance), WN_BAD_DATA);
        CU_ASSERT_TRUE(mean[0] == 7 && covariance[0] == 7);
        wn_recipe_free(recipe);
        wn_gram_sums_free(sums);
        sums_table_clear(&table);
    }
}

static const wn_test tests[] = {
    {"against two passes", test_against_naive},
    {"too few rows", test_few_rows},
};
TEST_MAIN("covariance", tests)
