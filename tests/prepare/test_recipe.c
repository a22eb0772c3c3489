#include "testing.h"

#include "example.h"

#include "encoder.h"
#include "winnow/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What INTERFACE.md says of a raw cell, literally. */
static double naive_feature(const wn_recipe_column *column, double cell)
{
    if (column->rule.outliers != WN_OUTLIERS_NONE && column->rule.action == WN_OUTLIER_CLIP)
        cell = cell < column->lower ? column->lower : cell > column->upper ? column->upper : cell;
    if (column->rule.outliers != WN_OUTLIERS_NONE && column->rule.action == WN_OUTLIER_MISSING &&
        (cell < column->lower || cell > column->upper))
        cell = NAN;
    if (isnan(cell))
        cell = column->fill;
    if (column->rule.transform == WN_TRANSFORM_LOG)
        cell = copysign(log1p(fabs(cell)), cell);
    return (cell - column->center) / column->scale;
}

/* Rows of stride n_cols, a tenth of them gaps. */
static double *draw_cells(size_t n_cols)
{
    double *cells = malloc(N_ROWS * n_cols * sizeof *cells);
    for (size_t i = 0; i < N_ROWS * n_cols; i++)
        cells[i] = wn_random_uniform((wn_random){2, WN_RANDOM_TEST, i}, 9) < 0.1 ? NAN : 2 * example_draw(i, 3);
    return cells;
}

static void test_features(void)
{
    wn_recipe *recipe = NULL;
    float features[N_ROWS * N_SELECTED];
    double *cells = draw_cells(N_COLUMNS + 2);
    CU_ASSERT_FATAL(CHECK_OK(example_recipe(&recipe)));
    for (size_t j = 0; j < N_COLUMNS; j++)
        recipe->columns[j].position = N_COLUMNS + 1 - j; /* a wider block, its columns in another order */
    const wn_raw_rows rows = {.cells = {.data = cells}, .n_rows = N_ROWS, .n_cols = N_COLUMNS + 2};
    CHECK_OK(wn_recipe_features(recipe, &rows, features));
    for (size_t i = 0; i < N_ROWS; i++) {
        for (size_t j = 0; j < N_SELECTED; j++) {
            const wn_recipe_column *column = &recipe->columns[recipe->selected[j]];
            double cell = cells[i * (N_COLUMNS + 2) + column->position];
            CU_ASSERT_EQUAL(features[i * N_SELECTED + j], (float)naive_feature(column, cell));
        }
    }
    free(cells);
    wn_recipe_free(recipe);
}

/* A kept row is what the features are made of; a dropped one says why, a gap before an outlier. */
static void test_judge_row(void)
{
    wn_recipe *recipe = NULL;
    size_t n_found[WN_ROW_STATUSES] = {0};
    double *cells = draw_cells(N_COLUMNS);
    CU_ASSERT_FATAL(CHECK_OK(example_recipe(&recipe)));
    for (size_t i = 0; i < N_ROWS; i++) {
        const double *raw = cells + i * N_COLUMNS;
        bool has_gap = false, has_outlier = false;
        for (size_t j = 0; j < N_COLUMNS; j++) {
            const wn_recipe_column *column = &recipe->columns[j];
            has_gap |= isnan(raw[j]) && column->rule.missing == WN_MISSING_DROP_ROW;
            has_outlier |= (raw[j] < column->lower || raw[j] > column->upper) &&
                           column->rule.outliers != WN_OUTLIERS_NONE && column->rule.action == WN_OUTLIER_DROP_ROW;
        }
        wn_row_status wanted = has_gap ? WN_ROW_MISSING : has_outlier ? WN_ROW_OUTLIER : WN_ROW_TRAIN;
        CU_ASSERT_EQUAL(wn_recipe_judge_row(recipe, raw, NULL), wanted);
        n_found[wanted]++;
        for (size_t j = 0; j < N_COLUMNS && wanted == WN_ROW_TRAIN; j++) {
            const wn_recipe_column *column = &recipe->columns[j];
            CU_ASSERT_EQUAL((wn_recipe_clean_cell(column, raw[j]) - column->center) / column->scale,
                            naive_feature(column, raw[j]));
        }
    }
    CU_ASSERT(n_found[WN_ROW_TRAIN] > 0 && n_found[WN_ROW_MISSING] > 0 && n_found[WN_ROW_OUTLIER] > 0);
    free(cells);
    wn_recipe_free(recipe);
}

static void test_components(void)
{
    wn_recipe *recipe = NULL;
    float features[N_ROWS * N_SELECTED], components[N_ROWS * N_COMPONENTS], one[N_COMPONENTS];
    CU_ASSERT_FATAL(CHECK_OK(example_recipe(&recipe)));
    const wn_projection *projection = recipe->projection;
    CU_ASSERT_EQUAL(wn_recipe_n_inputs(recipe), N_COMPONENTS);
    for (size_t i = 0; i < N_ROWS * N_SELECTED; i++)
        features[i] = (float)example_draw(i, 5);
    CHECK_OK(wn_recipe_inputs(recipe, features, N_ROWS, components));
    for (size_t i = 0; i < N_ROWS; i++) {
        CHECK_OK(wn_recipe_inputs(recipe, features + i * N_SELECTED, 1, one));
        for (size_t k = 0; k < N_COMPONENTS; k++) {
            long double sum = 0;
            for (size_t j = 0; j < N_SELECTED; j++)
                sum += ((long double)features[i * N_SELECTED + j] - projection->mean[j]) *
                       projection->components[k * N_SELECTED + j];
            CHECK_CLOSE(components[i * N_COMPONENTS + k], (double)sum, 1e-6);
            CHECK_CLOSE(one[k], (double)sum, 1e-6);
        }
    }
    wn_recipe_free(recipe);
}

/* Appended features stand behind the components, bit by bit. */
static void test_append(void)
{
    enum { WIDTH = N_COMPONENTS + N_SELECTED };
    wn_recipe *recipe = NULL;
    float features[N_ROWS * N_SELECTED], components[N_ROWS * N_COMPONENTS], inputs[N_ROWS * WIDTH];
    wn_hash plain, appended;
    CU_ASSERT_FATAL(CHECK_OK(example_recipe(&recipe)));
    for (size_t i = 0; i < N_ROWS * N_SELECTED; i++)
        features[i] = (float)example_draw(i, 5);
    CHECK_OK(wn_recipe_inputs(recipe, features, N_ROWS, components));
    CHECK_OK(wn_recipe_hash(recipe, &plain));
    recipe->projection->appends = true;
    CHECK_OK(wn_recipe_hash(recipe, &appended));
    CU_ASSERT_NOT_EQUAL(wn_hash_compare(plain, appended), 0);
    CU_ASSERT_EQUAL(wn_recipe_n_inputs(recipe), WIDTH);
    CHECK_OK(wn_recipe_inputs(recipe, features, N_ROWS, inputs));
    for (size_t i = 0; i < N_ROWS; i++) {
        const float *row = inputs + i * WIDTH;
        CU_ASSERT_EQUAL(memcmp(row, components + i * N_COMPONENTS, N_COMPONENTS * sizeof *row), 0);
        CU_ASSERT_EQUAL(memcmp(row + N_COMPONENTS, features + i * N_SELECTED, N_SELECTED * sizeof *row), 0);
    }
    wn_recipe_free(recipe);
}

static void test_match(void)
{
    wn_recipe *recipe = NULL;
    wn_column columns[N_COLUMNS + 1], shuffled[N_COLUMNS + 1];
    wn_catalog catalog = example_catalog(columns);
    CU_ASSERT_FATAL(CHECK_OK(example_recipe(&recipe)));
    char extra[] = "extra";
    for (size_t i = 0; i < N_COLUMNS; i++)
        shuffled[(i * 3 + 2) % N_COLUMNS] = columns[i];
    shuffled[N_COLUMNS].name = extra;
    catalog.columns = shuffled;
    catalog.n_columns = N_COLUMNS + 1;
    CHECK_OK(wn_recipe_match(recipe, &catalog));
    for (size_t i = 0; i < N_COLUMNS; i++)
        CU_ASSERT_EQUAL(recipe->columns[i].position, (i * 3 + 2) % N_COLUMNS);
    shuffled[0].name = extra;
    size_t kept = recipe->columns[0].position;
    CU_ASSERT_EQUAL(wn_recipe_match(recipe, &catalog), WN_BAD_DATA);
    CU_ASSERT(strstr(wn_status_message(), "recipe: f") != NULL);
    CU_ASSERT_EQUAL(recipe->columns[0].position, kept);
    wn_recipe_free(recipe);
}

/* Scores and statistics of a name replace what has it. */
static void test_replace(void)
{
    wn_recipe *recipe = NULL;
    const double score[N_COLUMNS] = {3, 1, 2, 5, 4, 7, 6};
    const int64_t count[2] = {8, 9};
    CU_ASSERT_FATAL(CHECK_OK(example_recipe(&recipe)));
    CHECK_OK(wn_recipe_add_score(recipe, "variance", score));
    CHECK_OK(wn_recipe_add_statistic(recipe, "contingency", false, 1, (size_t[]){2}, count));
    CU_ASSERT_EQUAL(recipe->n_scores, 2);
    CU_ASSERT_EQUAL(recipe->scores[0].score[3], 5);
    CU_ASSERT_EQUAL(recipe->n_statistics, 2);
    CU_ASSERT(memcmp(recipe->statistics[0].data, count, sizeof count) == 0);
    wn_recipe_free(recipe);
}

static const wn_test tests[] = {
    {"features", test_features}, {"clean_row", test_judge_row}, {"components", test_components},
    {"append", test_append},     {"match", test_match},         {"replace", test_replace},
};

TEST_MAIN("recipe", tests)
