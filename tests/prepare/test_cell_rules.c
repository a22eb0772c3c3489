#include "cell_kernels.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

enum { MOST_COLS = 41, MOST_ROWS = 300, SPARE_COLS = 3 };

static const size_t col_counts[] = {1, 3, 7, 8, 9, 15, 16, 28, 41}, row_counts[] = {1, 5, 16, 299};

/* A rule for every column: actions, gaps left and filled, fills beyond the bounds, some transforms. */
static void draw_column(wn_recipe_column *column, size_t i, bool bounds, bool transforms)
{
    const wn_random stream = {3, WN_RANDOM_TEST, i};
    *column = (wn_recipe_column){.lower = -(double)INFINITY, .upper = (double)INFINITY};
    column->rule.outliers = i % 3 == 0 || !bounds ? WN_OUTLIERS_NONE : WN_OUTLIERS_IQR;
    column->rule.action = (wn_outlier_action)(i / 2 % 4);
    column->rule.transform = transforms && i % 5 == 4 ? WN_TRANSFORM_LOG : WN_TRANSFORM_NONE;
    if (column->rule.outliers != WN_OUTLIERS_NONE) {
        column->lower = -1 - wn_random_uniform(stream, 1);
        column->upper = 1 + wn_random_uniform(stream, 2);
    }
    column->fill = i % 7 == 6 ? (double)NAN : 3 * wn_random_normal(stream, 3);
    column->center = wn_random_normal(stream, 4);
    column->scale = i % 4 == 0 ? 1 : 0.1 + wn_random_uniform(stream, 5);
}

/* Gaps, negative zeros, infinities, and numbers on both sides of the bounds. */
static double draw_cell(uint64_t at)
{
    const wn_random stream = {4, WN_RANDOM_TEST, 0};
    switch (wn_random_bits(stream, at) % 16) {
    case 0:
        return (double)NAN;
    case 1:
        return -0.0;
    case 2:
        return at % 2 ? (double)INFINITY : -(double)INFINITY;
    default:
        return (double)(float)(2 * wn_random_normal(stream, at));
    }
}

/* What INTERFACE.md says of a raw cell, literally. */
static double naive_clean(const wn_recipe_column *column, double cell)
{
    bool has_rule = column->rule.outliers != WN_OUTLIERS_NONE;
    if (has_rule && column->rule.action == WN_OUTLIER_CLIP)
        cell = cell < column->lower ? column->lower : cell > column->upper ? column->upper : cell;
    if (has_rule && column->rule.action == WN_OUTLIER_MISSING && (cell < column->lower || cell > column->upper))
        cell = (double)NAN;
    if (isnan(cell))
        cell = column->fill;
    return column->rule.transform == WN_TRANSFORM_LOG ? copysign(log1p(fabs(cell)), cell) : cell;
}

static bool is_same(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a == b && signbit(a) == signbit(b));
}

/* A table of one shape, its rules, and cells of both widths. */
typedef struct {
    size_t n_rows, n, row_cells;
    wn_recipe_column columns[MOST_COLS];
    wn_cell_rules rules;
    float floats[MOST_ROWS * (MOST_COLS + SPARE_COLS)];
    double doubles[MOST_ROWS * (MOST_COLS + SPARE_COLS)];
} table;

static double cell_at(const table *t, size_t row, size_t position)
{
    return t->doubles[row * t->row_cells + position];
}

/* Positions are a run, or every other way round. */
static bool make(table *t, size_t n_rows, size_t n, size_t spare, bool is_turned, bool bounds, bool transforms)
{
    t->n_rows = n_rows;
    t->n = n;
    t->row_cells = n + spare;
    for (size_t i = 0; i < n_rows * t->row_cells; i++)
        t->floats[i] = (float)(t->doubles[i] = draw_cell(i));
    if (!CHECK_OK(wn_cell_rules_init(&t->rules, n)))
        return false;
    for (size_t j = 0; j < n; j++) {
        draw_column(&t->columns[j], j, bounds, transforms);
        t->columns[j].position = is_turned ? t->row_cells - 1 - j : j;
        wn_cell_rules_set(&t->rules, j, &t->columns[j], true);
    }
    return true;
}

static void check_features(const table *t, bool is_float32)
{
    static float found[MOST_ROWS * MOST_COLS];
    wn_cells from = {is_float32 ? (void *)(uintptr_t)t->floats : (void *)(uintptr_t)t->doubles, is_float32};
    size_t wrong = 0;
    wn_cell_rules_features(&t->rules, from, t->row_cells, t->n_rows, found);
    for (size_t i = 0; i < t->n_rows; i++)
        for (size_t j = 0; j < t->n; j++) {
            const wn_recipe_column *column = &t->columns[j];
            double clean = naive_clean(column, cell_at(t, i, column->position));
            wrong += !is_same((double)found[i * t->n + j], (double)(float)((clean - column->center) / column->scale));
        }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Cells of a table whose columns lie in their order; doubles in their own place too. */
static void check_clean(const table *t, bool is_float32, bool is_in_place)
{
    static double found[MOST_ROWS * MOST_COLS];
    wn_cells from = {is_float32 ? (void *)(uintptr_t)t->floats : (void *)(uintptr_t)t->doubles, is_float32};
    size_t wrong = 0;
    if (is_in_place) {
        memcpy(found, t->doubles, t->n_rows * t->n * sizeof *found);
        from.data = found;
    }
    wn_cell_rules_clean(&t->rules, from, t->n_rows, found);
    for (size_t i = 0; i < t->n_rows * t->n; i++)
        wrong += !is_same(found[i], naive_clean(&t->columns[i % t->n], t->doubles[i]));
    CU_ASSERT_EQUAL(wrong, 0);
}

static void check_shape(table *t, size_t n_rows, size_t n, bool transforms)
{
    if (make(t, n_rows, n, 0, false, true, transforms)) {
        check_clean(t, false, false);
        check_clean(t, true, false);
        check_clean(t, false, true);
        check_features(t, false);
        check_features(t, true);
    }
    wn_cell_rules_clear(&t->rules);
    if (make(t, n_rows, n, SPARE_COLS, true, true, transforms)) {
        check_features(t, false);
        check_features(t, true);
    }
    wn_cell_rules_clear(&t->rules);
    if (make(t, n_rows, n, 0, false, false, transforms)) {
        check_clean(t, true, false);
        check_features(t, true);
    }
    wn_cell_rules_clear(&t->rules);
}

/* Every kernel of this processor gives what plain code does. */
static void test_kernels(void)
{
    static table t;
    size_t n_shapes = 0;
    for (wn_cell_kernel k = WN_CELL_KERNEL_PLAIN; k <= WN_CELL_KERNEL_AVX512 && wn_cell_kernel_limit(k) == k; k++)
        for (size_t c = 0; c < sizeof col_counts / sizeof *col_counts; c++)
            for (size_t r = 0; r < sizeof row_counts / sizeof *row_counts; r++, n_shapes++) {
                check_shape(&t, row_counts[r], col_counts[c], false);
                check_shape(&t, row_counts[r], col_counts[c], true);
            }
    wn_cell_kernel_limit(WN_CELL_KERNEL_AVX512);
    CU_ASSERT(n_shapes >= sizeof col_counts / sizeof *col_counts * (sizeof row_counts / sizeof *row_counts));
}

static void test_gaps_stay(void)
{
    wn_cell_rules rules = {0};
    wn_recipe_column column = {.fill = 7, .lower = -1, .upper = 1, .scale = 1};
    double cells[3] = {(double)NAN, 5, 0.5}, clean[3];
    column.rule.action = WN_OUTLIER_MISSING;
    column.rule.transform = WN_TRANSFORM_LOG;
    if (CHECK_OK(wn_cell_rules_init(&rules, 1))) {
        wn_cell_rules_set(&rules, 0, &column, false);
        wn_cell_rules_clean(&rules, (wn_cells){.data = cells}, 3, clean);
        CU_ASSERT(isnan(clean[0]) && isnan(clean[1]) && clean[2] == 0.5);
    }
    wn_cell_rules_clear(&rules);
}

static void test_allocation(void)
{
    for (int64_t nth = 1; nth <= 3; nth++) {
        wn_cell_rules rules = {0};
        wn_memory_fail_at(nth);
        CU_ASSERT_EQUAL(wn_cell_rules_init(&rules, 5), WN_NO_MEMORY);
        wn_memory_fail_at(0);
        wn_cell_rules_clear(&rules);
    }
}

static const wn_test tests[] = {{"every kernel cleans and normalizes as one cell at a time", test_kernels},
                                {"without fills gaps stay", test_gaps_stay},
                                {"an allocation fails", test_allocation}};
TEST_MAIN("prepare/cell_rules", tests)
