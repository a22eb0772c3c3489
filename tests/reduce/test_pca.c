#include "sums.h"
#include "symmetric.h"

#include "winnow/memory.h"
#include "winnow/pca.h"

#include <math.h>
#include <string.h>

enum { COLS = 9 };

static sums_table table;
static wn_gram_sums *sums;
static wn_recipe *recipe;
static double mean[COLS], covariance[COLS * COLS], values[COLS], vectors[COLS * COLS], trace;

/* The table, its sums, a recipe that scales all columns to about one, and Jacobi's word on their covariance. */
static bool begin(size_t n_rows)
{
    sums_table_fill(&table, n_rows, COLS, 3);
    sums = sums_of(&table);
    recipe = sums_recipe(COLS);
    if (sums == NULL || recipe == NULL)
        return false;
    for (size_t j = 0; j < COLS; j++) {
        recipe->columns[j].center = table.cells[j];
        recipe->columns[j].scale = pow(10, (double)(j % 9) - 4);
    }
    if (!CHECK_OK(wn_covariance_of_selected(sums, recipe, mean, covariance)))
        return false;
    trace = 0;
    for (size_t j = 0; j < COLS; j++)
        trace += covariance[j * COLS + j];
    symmetric_jacobi(COLS, covariance, values, vectors);
    return true;
}

static void end(void)
{
    wn_recipe_free(recipe);
    wn_gram_sums_free(sums);
    sums_table_clear(&table);
}

static void check_projection(size_t k, const char *solver, const wn_eigen_report *report)
{
    const wn_projection *p = recipe->projection;
    CU_ASSERT_EQUAL(p->n_components, k);
    CU_ASSERT_EQUAL(p->n_features, COLS);
    CU_ASSERT_STRING_EQUAL(p->method, "pca");
    CU_ASSERT_STRING_EQUAL(p->solver, solver);
    CU_ASSERT_TRUE(p->grid[0] == report->grid[0] && p->grid[1] == report->grid[1]);
    CU_ASSERT_EQUAL(memcmp(p->mean, mean, sizeof mean), 0);
    for (size_t i = 0; i < k && i < p->n_components; i++) {
        double product = 0;
        for (size_t j = 0; j < COLS; j++)
            product += p->components[i * COLS + j] * vectors[i * COLS + j];
        CHECK_CLOSE(fabs(product), 1, 1e-12);
        CU_ASSERT_TRUE(fabs(p->eigenvalues[i] - fmax(values[i], 0)) <= 1e-14 * values[0]);
        CU_ASSERT_TRUE(p->eigenvalues[i] >= 0);
        CHECK_CLOSE(p->explained_variance_ratio[i], p->eigenvalues[i] / trace, 1e-14);
    }
}

static void fit(const wn_pca_options *options, size_t k, const char *solver)
{
    wn_eigen_report report = {0};
    if (CHECK_OK(wn_pca_fit(&test_ranks, options, sums, recipe, &report)))
        check_projection(k, solver, &report);
    wn_projection_free(recipe->projection);
    recipe->projection = NULL;
}

static void test_components(void)
{
    if (begin(3000)) {
        fit(&(wn_pca_options){.solver = WN_SOLVER_AUTO, .n_components = 4}, 4, "lapack");
        fit(&(wn_pca_options){.solver = WN_SOLVER_LAPACK, .n_components = COLS}, COLS, "lapack");
        fit(&(wn_pca_options){.solver = WN_SOLVER_SCALAPACK, .n_components = 4}, 4, "scalapack");
        fit(&(wn_pca_options){.solver = WN_SOLVER_SCALAPACK, .n_components = COLS}, COLS, "scalapack");
    }
    end();
}

/* As many components as the share needs, and no more. */
static void test_share(void)
{
    if (begin(3000)) {
        double share = 0;
        for (size_t k = 1; k < COLS - 1; k++) {
            share += values[k - 1] / trace;
            fit(&(wn_pca_options){.variance_share = share - 1e-9}, k, "lapack");
            fit(&(wn_pca_options){.variance_share = share + 1e-9}, k + 1, "lapack");
        }
        fit(&(wn_pca_options){.variance_share = 1e-6}, 1, "lapack");
        fit(&(wn_pca_options){.variance_share = 1.0}, COLS, "lapack");
    }
    end();
}

/* More columns than rows: the covariance is of low rank. */
static void test_few_rows(void)
{
    if (begin(3)) {
        wn_eigen_report report;
        wn_pca_options options = {.n_components = COLS};
        if (CHECK_OK(wn_pca_fit(&test_ranks, &options, sums, recipe, &report)))
            for (size_t i = 2; i < COLS; i++)
                CU_ASSERT_TRUE(recipe->projection->eigenvalues[i] <= 1e-14 * values[0]);
    }
    end();
}

static void refused(const wn_pca_options *options)
{
    wn_eigen_report report;
    size_t before = wn_memory_used();
    CU_ASSERT_EQUAL(wn_pca_fit(&test_ranks, options, sums, recipe, &report), WN_BAD_DATA);
    CU_ASSERT_PTR_NULL(recipe->projection);
    CU_ASSERT_EQUAL(wn_memory_used(), before);
}

static void test_refusals(void)
{
    if (begin(50)) {
        refused(&(wn_pca_options){.n_components = COLS + 1});
        sums->product[0] = INFINITY; /* squares of cells that overflowed */
        refused(&(wn_pca_options){.n_components = 2});
    }
    end();
    if (begin(50)) { /* only the constant column */
        const size_t last = COLS - 1;
        CHECK_OK(wn_recipe_select(recipe, &last, 1));
        refused(&(wn_pca_options){.n_components = 1});
        CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "do not vary"));
    }
    end();
    if (begin(50)) {
        sums->n_rows = 1;
        refused(&(wn_pca_options){.n_components = 1});
    }
    end();
}

static void fail_on(int rank, wn_solver solver)
{
    enum { MOST_ALLOCATIONS = 200 };
    wn_pca_options options = {.solver = solver, .n_components = 3};
    wn_status agreed = WN_NO_MEMORY;
    for (int64_t nth = 1; nth < MOST_ALLOCATIONS && agreed == WN_NO_MEMORY; nth++) {
        wn_eigen_report report;
        size_t before = wn_memory_used();
        wn_memory_fail_at(test_ranks.rank == rank ? nth : 0);
        agreed = wn_pca_fit(&test_ranks, &options, sums, recipe, &report);
        wn_memory_fail_at(0);
        wn_projection_free(recipe->projection);
        recipe->projection = NULL;
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
    CHECK_OK(agreed);
}

static void test_allocations(void)
{
    if (begin(50)) {
        fail_on(0, WN_SOLVER_LAPACK);
        fail_on(test_ranks.size - 1, WN_SOLVER_LAPACK);
        fail_on(test_ranks.size - 1, WN_SOLVER_SCALAPACK);
    }
    end();
}

static const wn_test tests[] = {
    {"a count of components", test_components}, {"a share of variance", test_share},
    {"fewer rows than columns", test_few_rows}, {"refusals", test_refusals},
    {"failing allocations", test_allocations},
};
TEST_MAIN("pca", tests)
