#include "sums.h"

#include "winnow/lda.h"
#include "winnow/memory.h"
#include "winnow/rebuild.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

enum { COLS = 7, CLASSES = 4 };

static sums_table table;
static wn_gram_sums *sums;
static wn_recipe *recipe;

/* The linker puts this in the place of LAPACK's solver, which has the other name (tests/reduce/CMakeLists.txt). */
lapack_int __real_LAPACKE_dsygvd(int layout, lapack_int type, char job, char triangle, lapack_int n, double *a,
                                 lapack_int lda, double *b, lapack_int ldb, double *w);
lapack_int __wrap_LAPACKE_dsygvd(int layout, lapack_int type, char job, char triangle, lapack_int n, double *a,
                                 lapack_int lda, double *b, lapack_int ldb, double *w);

static bool solver_errs;

lapack_int __wrap_LAPACKE_dsygvd(int layout, lapack_int type, char job, char triangle, lapack_int n, double *a,
                                 lapack_int lda, double *b, lapack_int ldb, double *w)
{
    lapack_int info = __real_LAPACKE_dsygvd(layout, type, job, triangle, n, a, lda, b, ldb, w);
    a[n * n - 1] = solver_errs ? (double)NAN : a[n * n - 1]; /* of the first discriminant */
    return info;
}

/* Two passes over the rows, in extended precision: scatters of the scaled cells, over n. */
typedef struct {
    long double mean[COLS], class_mean[CLASSES][COLS], within[COLS][COLS], total[COLS][COLS];
} scatters;

static bool begin(size_t n_rows, size_t n_cols)
{
    sums_table_fill(&table, n_rows, n_cols, CLASSES);
    sums = sums_of(&table);
    recipe = sums_recipe(n_cols);
    if (sums == NULL || recipe == NULL)
        return false;
    for (size_t j = 0; j < n_cols; j++)
        recipe->columns[j].scale = pow(10, (double)(j % 9) - 4);
    static const size_t varying[] = {5, 0, 3, 1, 2, 4};
    return CHECK_OK(wn_recipe_select(recipe, varying, n_cols == COLS ? 6 : 3));
}

static void end(void)
{
    wn_recipe_free(recipe);
    wn_gram_sums_free(sums);
    sums_table_clear(&table);
}

static long double cell(size_t row, size_t feature)
{
    size_t c = recipe->selected[feature];
    return (long double)table.cells[row * table.n_cols + c] / (long double)recipe->columns[c].scale;
}

static void measure(scatters *s)
{
    size_t count[CLASSES] = {0}, p = recipe->n_selected;
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < table.n_rows; i++) {
        size_t class = (size_t)table.labels[i];
        count[class]++;
        for (size_t a = 0; a < p; a++) {
            s->mean[a] += cell(i, a) / (long double)table.n_rows;
            s->class_mean[class][a] += cell(i, a);
        }
    }
    for (size_t class = 0; class < CLASSES; class ++)
        for (size_t a = 0; a < p && count[class] > 0; a++)
            s->class_mean[class][a] /= (long double)count[class];
    for (size_t i = 0; i < table.n_rows; i++) {
        const long double *own = s->class_mean[(size_t)table.labels[i]];
        for (size_t a = 0; a < p; a++)
            for (size_t b = 0; b < p; b++) {
                s->within[a][b] += (cell(i, a) - own[a]) * (cell(i, b) - own[b]) / (long double)table.n_rows;
                s->total[a][b] += (cell(i, a) - s->mean[a]) * (cell(i, b) - s->mean[b]) / (long double)table.n_rows;
            }
    }
}

static void shrink(long double a[COLS][COLS], size_t p, double shrinkage)
{
    long double trace = 0;
    for (size_t i = 0; i < p; i++)
        trace += a[i][i];
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            a[i][j] =
                (1 - (long double)shrinkage) * a[i][j] + (i == j ? (long double)shrinkage * trace / (long double)p : 0);
}

/* Components solve (total - within) v = lambda within v, v'within v = 1, largest first. */
static void check_projection(const scatters *s)
{
    const wn_projection *projection = recipe->projection;
    size_t p = recipe->n_selected;
    for (size_t i = 0; i < projection->n_components; i++) {
        const double *v = projection->components + i * p;
        long double length = 0, largest = 0;
        for (size_t a = 0; a < p; a++) {
            long double left = 0, right = 0, size = 0;
            for (size_t b = 0; b < p; b++) {
                left += (s->total[a][b] - s->within[a][b]) * (long double)v[b];
                right += s->within[a][b] * (long double)v[b];
                size += fabsl(s->total[a][b] * (long double)v[b]);
            }
            CU_ASSERT_TRUE(fabsl(left - (long double)projection->eigenvalues[i] * right) <=
                           1e-10L * size * (1 + (long double)projection->eigenvalues[i]));
            length += (long double)v[a] * right;
            largest = fabsl((long double)v[a]) > fabsl(largest) ? (long double)v[a] : largest;
        }
        CHECK_CLOSE((double)length, 1, 1e-10);
        CU_ASSERT_TRUE(largest > 0);
        CU_ASSERT_TRUE(i == 0 || projection->eigenvalues[i] <= projection->eigenvalues[i - 1]);
    }
    for (size_t a = 0; a < p; a++)
        CHECK_CLOSE(projection->mean[a] / (double)s->mean[a], 1, 1e-12);
}

static void fit(double shrinkage, size_t n_components, double share, size_t wanted)
{
    scatters s;
    wn_lda_report report = {0};
    wn_lda_options options = {n_components, share, shrinkage};
    measure(&s);
    shrink(s.within, recipe->n_selected, shrinkage);
    shrink(s.total, recipe->n_selected, shrinkage);
    if (CHECK_OK(wn_lda_fit(&test_ranks, &options, sums, recipe, &report))) {
        CU_ASSERT_EQUAL(recipe->projection->n_components, wanted);
        CU_ASSERT_STRING_EQUAL(recipe->projection->method, "lda");
        CU_ASSERT_TRUE(report.condition >= 1);
        check_projection(&s);
    }
    wn_projection_free(recipe->projection);
    recipe->projection = NULL;
}

static void test_components(void)
{
    if (begin(3000, COLS)) {
        fit(0, 0, 1.0, CLASSES - 3); /* squares modulo 4: two classes have no row */
        fit(0.3, 1, 0, 1);
        fit(1, 0, 1.0, CLASSES - 3);
    }
    end();
}

static void refused(const wn_lda_options *options, const char *word)
{
    wn_lda_report report;
    size_t before = wn_memory_used();
    CU_ASSERT_EQUAL(wn_lda_fit(&test_ranks, options, sums, recipe, &report), WN_BAD_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), word));
    CU_ASSERT_PTR_NULL(recipe->projection);
    CU_ASSERT_EQUAL(wn_memory_used(), before);
}

static void test_refusals(void)
{
    if (begin(300, COLS)) {
        refused(&(wn_lda_options){.n_components = 2}, "discriminants");
        static const size_t twins[] = {0, 1, 1};
        CHECK_OK(wn_recipe_select(recipe, twins, 3));
        refused(&(wn_lda_options){.share = 1}, "reduce.shrinkage");
        fit(0.1, 1, 0, 1);
        static const size_t with_constant[] = {0, COLS - 1};
        CHECK_OK(wn_recipe_select(recipe, with_constant, 2));
        refused(&(wn_lda_options){.share = 1}, "condition");
        static const size_t two[] = {0, 1};
        double *square = &sums->product[0], was = *square;
        CHECK_OK(wn_recipe_select(recipe, two, 2));
        *square = INFINITY;
        refused(&(wn_lda_options){.share = 1}, "too large for a double");
        refused(&(wn_lda_options){.share = 1, .shrinkage = 0.1}, "too large for a double");
        *square = was;
        sums->class_count[0] = 0;
        refused(&(wn_lda_options){.share = 1}, "two classes");
    }
    end();
}

static void test_overflow(void)
{
    if (begin(300, COLS)) {
        sums->product[0] = INFINITY; /* squares of cells that overflowed */
        refused(&(wn_lda_options){.share = 1}, "too large");
        refused(&(wn_lda_options){.share = 1, .shrinkage = 0.5}, "too large");
    }
    end();
}

/* A solver that says all is well and gives NaN. */
static void test_check(void)
{
    wn_lda_options options = {.share = 1};
    wn_lda_report report = {0};
    solver_errs = true;
    if (begin(300, COLS)) {
        CU_ASSERT_EQUAL(wn_lda_fit(&test_ranks, &options, sums, recipe, &report), WN_INTERNAL);
        CU_ASSERT_PTR_NULL(recipe->projection);
    }
    end();
    solver_errs = false;
}

/* Rebuilt rows are the nearest of the span: what is lost is orthogonal to every component's way back. */
static void test_rebuild(void)
{
    static const double components[] = {1, 2, 0, -1, 0.5, 0, 3, 1};
    double back[8];
    wn_projection *projection = NULL;
    if (!CHECK_OK(wn_projection_new(&projection, "lda", 2, 4)))
        return;
    memcpy(projection->components, components, sizeof components);
    if (CHECK_OK(wn_projection_rebuild(projection, back)))
        for (size_t i = 0; i < 2; i++)
            for (size_t k = 0; k < 2; k++) { /* C back' = I */
                double product = 0;
                for (size_t j = 0; j < 4; j++)
                    product += components[i * 4 + j] * back[k * 4 + j];
                CHECK_CLOSE(product, i == k, 1e-14);
            }
    memcpy(projection->components + 4, components, 4 * sizeof *components);
    CU_ASSERT_EQUAL(wn_projection_rebuild(projection, back), WN_BAD_DATA);
    wn_projection_free(projection);
}

static void test_allocations(void)
{
    enum { MOST_ALLOCATIONS = 100 };
    wn_lda_options options = {.share = 1};
    if (begin(300, COLS))
        for (int rank = 0; rank < test_ranks.size; rank++) {
            wn_status agreed = WN_NO_MEMORY;
            for (int64_t nth = 1; nth < MOST_ALLOCATIONS && agreed == WN_NO_MEMORY; nth++) {
                wn_lda_report report;
                size_t before = wn_memory_used();
                wn_memory_fail_at(test_ranks.rank == rank ? nth : 0);
                agreed = wn_lda_fit(&test_ranks, &options, sums, recipe, &report);
                wn_memory_fail_at(0);
                wn_projection_free(recipe->projection);
                recipe->projection = NULL;
                CU_ASSERT_EQUAL(wn_memory_used(), before);
            }
            CHECK_OK(agreed);
        }
    end();
}

static const wn_test tests[] = {
    {"components against two passes", test_components},
    {"refusals", test_refusals},
    {"squares that overflow", test_overflow},
    {"discriminants that are NaN", test_check},
    {"the way back", test_rebuild},
    {"failing allocations", test_allocations},
};
TEST_MAIN("lda", tests)
