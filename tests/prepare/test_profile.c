#include "naive.h"

#include "winnow/memory.h"
#include "winnow/profile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const size_t file_rows[] = {700, 1, 300, 513, 90, 256, 700};
static const size_t few_rows[] = {2, 1, 2};
static const wn_split split = {0.2, 0.1, 11, true};

static void check_column(const wn_recipe_column *column, const naive_column *naive)
{
    CU_ASSERT_EQUAL(column->count, (int64_t)naive->raw.n);
    CU_ASSERT_EQUAL(column->missing, (int64_t)naive->n_missing);
    CU_ASSERT(naive_is_near(column->mean, naive->raw.mean, 1e-12));
    CU_ASSERT(naive_is_near(column->deviation, naive->raw.deviation, 1e-12));
    CU_ASSERT(column->min == naive->raw.min && column->max == naive->raw.max);
    CU_ASSERT_EQUAL(column->median, naive->raw.median);
    CU_ASSERT_EQUAL(column->quartile_low, naive->raw.quartile_low);
    CU_ASSERT_EQUAL(column->quartile_high, naive->raw.quartile_high);
    CU_ASSERT(naive_is_near(column->lower, naive->lower, 1e-11));
    CU_ASSERT(naive_is_near(column->upper, naive->upper, 1e-11));
    CU_ASSERT(naive_is_near(column->fill, naive->fill, 1e-11));
    CU_ASSERT(column->outliers == (int64_t)naive->n_outliers || column->outliers == -1);
}

/* Bytes for cells in windows of quantiles; 0: as many as there are. */
static size_t window_bytes;

/* Rows of the pilot beyond these are left out. */
static size_t most_pilot_rows = SIZE_MAX;

static void check_profile(const fixture_spec *spec, void (*set_rules)(wn_recipe *), int n_passes_wanted)
{
    test_table table;
    wn_rows *rows = NULL;
    wn_recipe *recipe = NULL;
    wn_pilot *pilot = NULL;
    naive_column naive[FIXTURE_COLS];
    int n_passes = 0;
    if (fixture_open(&table, spec) && fixture_prepare(&table, &split, &rows, &recipe, &pilot)) {
        double *cleaned = malloc(table.n_rows * FIXTURE_COLS * sizeof *cleaned);
        unsigned char *status = fixture_statuses(&table, rows);
        set_rules(recipe);
        naive_prepare(&table, recipe, status, naive, cleaned);
        table.pass.window_bytes = window_bytes;
        bool is_narrowed = pilot->n_rows > most_pilot_rows;
        pilot->n_rows = is_narrowed ? most_pilot_rows : pilot->n_rows;
        if (CHECK_OK(fixture_profile(&table.pass, rows, pilot, recipe, &n_passes, NULL))) {
            CU_ASSERT_EQUAL(is_narrowed, wn_profile_window_rows(table.catalog, pilot->n_rows) > pilot->n_rows);
            for (size_t j = 0; j < FIXTURE_COLS; j++)
                check_column(&recipe->columns[j], &naive[j]);
            CU_ASSERT(memcmp(rows->status, status + rows->first_row, rows->n_rows) == 0);
            CU_ASSERT(window_bytes > 0 ? n_passes > n_passes_wanted : n_passes == n_passes_wanted);
        }
        wn_free(status);
        free(cleaned);
    }
    wn_pilot_free(pilot);
    wn_recipe_free(recipe);
    wn_rows_free(rows);
    fixture_close(&table);
}

static void rules_without_drops(wn_recipe *recipe)
{
    naive_set_rules(recipe, false);
}

static void rules_with_drops(wn_recipe *recipe)
{
    naive_set_rules(recipe, true);
}

/* Fills that the raw pass gives: medians, also of clipped cells, constants, means without outlier rule. */
static void rules_of_one_pass(wn_recipe *recipe)
{
    naive_set_rules(recipe, false);
    recipe->columns[2].rule.action = WN_OUTLIER_CLIP;
    recipe->columns[3].rule.missing = WN_MISSING_MEDIAN;
    recipe->columns[7].rule.limit = 3;
}

/* More files than the pilot reads blocks, and a pilot of few of their rows: windows are narrowed by all rows of some
 * blocks first. The columns are the same, by no pass more. */
static void test_narrowed_windows(void)
{
    enum { N_FILES = 130, FILE_ROWS = 24, PILOT_ROWS = 150 };
    size_t n_rows[N_FILES];
    fixture_spec spec = {.name = "narrowed", .n_rows = n_rows, .n_files = N_FILES};
    for (size_t f = 0; f < N_FILES; f++)
        n_rows[f] = FILE_ROWS - f % 3;
    most_pilot_rows = PILOT_ROWS;
    check_profile(&spec, rules_of_one_pass, 1);
    spec.name = "narrowed-drops";
    check_profile(&spec, rules_with_drops, 2);
    most_pilot_rows = SIZE_MAX;
}

static void test_fills(void)
{
    fixture_spec spec = {.name = "fills", .n_rows = file_rows, .n_files = 7, .unlabelled = 0.05};
    check_profile(&spec, rules_without_drops, 2);
    spec.name = "fills-one";
    check_profile(&spec, rules_of_one_pass, 1);
}

static void test_drops(void)
{
    fixture_spec spec = {.name = "drops", .n_rows = file_rows, .n_files = 7, .unlabelled = 0.05};
    check_profile(&spec, rules_with_drops, 2);
}

/* Median absolute deviations: a pass; most frequent values where a rule may act on cells: the pass after it. */
static void test_other_rules(void)
{
    fixture_spec spec = {.name = "others", .n_rows = file_rows, .n_files = 7, .unlabelled = 0.05};
    check_profile(&spec, naive_set_other_rules, 3);
    spec = (fixture_spec){.name = "others-scant", .n_rows = few_rows, .n_files = 3};
    check_profile(&spec, naive_set_other_rules, 3);
}

static void test_few_rows(void)
{
    fixture_spec spec = {.name = "scant", .n_rows = few_rows, .n_files = 3};
    check_profile(&spec, rules_of_one_pass, 1);
}

/* Hardly any memory for windows: the same numbers, by more passes. */
static void test_small_windows(void)
{
    fixture_spec spec = {.name = "fills-small", .n_rows = file_rows, .n_files = 7};
    window_bytes = 1;
    check_profile(&spec, rules_of_one_pass, 1);
    spec.name = "drops-small";
    check_profile(&spec, rules_with_drops, 2);
    window_bytes = 0;
}

/* A pilot that knows nothing of the table: the windows miss, and further passes mend that. */
static void test_misleading_pilot(void)
{
    fixture_spec spec = {.name = "misled", .n_rows = file_rows, .n_files = 7};
    test_table table;
    wn_rows *rows = NULL;
    wn_recipe *recipe = NULL;
    wn_pilot *pilot = NULL;
    naive_column naive[FIXTURE_COLS];
    int n_passes = 0;
    if (fixture_open(&table, &spec) && fixture_prepare(&table, &split, &rows, &recipe, &pilot)) {
        double *cleaned = malloc(table.n_rows * FIXTURE_COLS * sizeof *cleaned);
        unsigned char *status = fixture_statuses(&table, rows);
        rules_with_drops(recipe);
        naive_prepare(&table, recipe, status, naive, cleaned);
        for (size_t i = 0; i < pilot->n_rows * pilot->n_cols; i++)
            pilot->cells[i] = -1000 - (double)i;
        if (CHECK_OK(fixture_profile(&table.pass, rows, pilot, recipe, &n_passes, NULL)))
            for (size_t j = 0; j < FIXTURE_COLS; j++)
                check_column(&recipe->columns[j], &naive[j]);
        CU_ASSERT(n_passes > 2);
        CU_ASSERT(memcmp(rows->status, status + rows->first_row, rows->n_rows) == 0);
        wn_free(status);
        free(cleaned);
    }
    wn_pilot_free(pilot);
    wn_recipe_free(recipe);
    wn_rows_free(rows);
    fixture_close(&table);
}

/* The status of a fit under rules that cannot be met; every rank has the message. */
static void check_refusal(const char *name, void (*set_rules)(wn_recipe *), const char *message)
{
    fixture_spec spec = {.name = name, .n_rows = file_rows, .n_files = 3};
    test_table table;
    wn_rows *rows = NULL;
    wn_recipe *recipe = NULL;
    wn_pilot *pilot = NULL;
    int n_passes = 0;
    if (fixture_open(&table, &spec) && fixture_prepare(&table, &split, &rows, &recipe, &pilot)) {
        set_rules(recipe);
        CU_ASSERT_EQUAL(fixture_profile(&table.pass, rows, pilot, recipe, &n_passes, NULL), WN_BAD_DATA);
        CU_ASSERT(strstr(wn_status_message(), message) != NULL);
    }
    wn_pilot_free(pilot);
    wn_recipe_free(recipe);
    wn_rows_free(rows);
    fixture_close(&table);
}

static void gaps_are_errors(wn_recipe *recipe)
{
    naive_set_rules(recipe, false);
    recipe->columns[1].rule.missing = WN_MISSING_ERROR;
}

static void outliers_are_errors(wn_recipe *recipe)
{
    naive_set_rules(recipe, false);
    recipe->columns[2].rule.missing = WN_MISSING_ERROR;
}

static void all_rows_go(wn_recipe *recipe)
{
    naive_set_rules(recipe, false);
    recipe->columns[5].rule = (wn_column_rule){WN_MISSING_MEAN, 0, WN_OUTLIERS_ZSCORE, 0, WN_OUTLIER_DROP_ROW, 0, 0};
}

static void all_cells_go(wn_recipe *recipe)
{
    naive_set_rules(recipe, false);
    recipe->columns[5].rule = (wn_column_rule){WN_MISSING_MEAN, 0, WN_OUTLIERS_ZSCORE, 0, WN_OUTLIER_MISSING, 0, 0};
}

static void test_refusals(void)
{
    check_refusal("gaps", gaps_are_errors, "x1 (");
    check_refusal("outliers", outliers_are_errors, "x2");
    check_refusal("no-rows", all_rows_go, "no training row");
    check_refusal("no-cells", all_cells_go, "x5");
}

static const wn_test tests[] = {
    {"little memory for windows", test_small_windows},

    {"fills", test_fills},
    {"narrowed windows", test_narrowed_windows},
    {"drops", test_drops},
    {"few_rows", test_few_rows},
    {"misleading_pilot", test_misleading_pilot},
    {"refusals", test_refusals},
    {"other_rules", test_other_rules},
};

TEST_MAIN("profile", tests)
