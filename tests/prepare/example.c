#include "example.h"

#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>

static char *column_names[N_COLUMNS] = {"a", "b", "c", "d/e", "f", "gr\xc3\xb6\xc3\x9ft", "h"};

wn_catalog example_catalog(wn_column columns[N_COLUMNS])
{
    for (size_t i = 0; i < N_COLUMNS; i++)
        columns[i] = (wn_column){.name = column_names[i], .position = i, .place = i};
    wn_catalog catalog = {.n_columns = N_COLUMNS, .columns = columns, .has_label = true};
    catalog.label.name = column_names[0];
    return catalog;
}

double example_draw(uint64_t identity, uint64_t counter)
{
    return wn_random_normal((wn_random){1, WN_RANDOM_TEST, identity}, counter);
}

static void set_column(wn_recipe_column *column, size_t i)
{
    static const wn_missing_method missing[] = {WN_MISSING_MEAN, WN_MISSING_DROP_ROW, WN_MISSING_CONSTANT,
                                                WN_MISSING_MOST_FREQUENT};
    column->rule = (wn_column_rule){missing[i % 4],
                                    0.5,
                                    (wn_outlier_rule)(i % 5),
                                    1.5,
                                    (wn_outlier_action)(i / 2 % 4),
                                    (wn_normalize_method)(i % 5),
                                    (wn_transform)(i / 2 % 2)};
    column->count = 100 + (int64_t)i;
    column->missing = (int64_t)i;
    column->outliers = 3;
    column->mean = example_draw(i, 1);
    column->deviation = 1.25;
    column->min = i == 2 ? NAN : -9;
    column->max = 9e300;
    column->median = -0.0;
    column->quartile_low = -1;
    column->quartile_high = 1;
    column->lower = i % 5 == 0 ? -INFINITY : -1.5;
    column->upper = i % 5 == 0 ? INFINITY : 1.25;
    column->fill = 0.25 + (double)i;
    column->clean_mean = example_draw(i, 2);
    column->clean_deviation = 0.75;
    column->clean_min = -1.5;
    column->clean_max = 1.25;
    column->clean_quartile_low = i % 2 ? -0.5 : (double)NAN;
    column->clean_median = 0.125;
    column->clean_quartile_high = 0.5;
    column->center = i % 2 ? example_draw(i, 2) : 0;
    column->scale = i % 2 ? 0.75 : 1;
}

static wn_status set_projection(wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_projection *projection = NULL;
    TRY(wn_projection_new(&projection, "pca", N_COMPONENTS, N_SELECTED));
    recipe->projection = projection;
    wn_free(projection->solver);
    projection->solver = NULL;
    TRY(wn_string_copy(&projection->solver, "scalapack"));
    projection->grid[1] = 2;
    for (size_t i = 0; i < N_SELECTED; i++)
        projection->mean[i] = example_draw(100, i);
    for (size_t i = 0; i < N_COMPONENTS * N_SELECTED; i++)
        projection->components[i] = example_draw(101, i);
    for (size_t i = 0; i < N_COMPONENTS; i++) {
        projection->eigenvalues[i] = example_draw(102, i);
        projection->explained_variance_ratio[i] = example_draw(103, i);
    }
done:
    return status;
}

static wn_status set_labels(wn_labels *labels)
{
    wn_status status = WN_OK;
    TRY(wn_new(&labels->classes, N_CLASSES));
    labels->task = WN_TASK_CLASSIFICATION;
    labels->n_classes = N_CLASSES;
    for (size_t i = 0; i < N_CLASSES; i++)
        labels->classes[i] = (double)i - 1;
done:
    return status;
}

wn_status example_recipe(wn_recipe **recipe)
{
    static const size_t selected[N_SELECTED] = {5, 1, 0, 2};
    static const size_t dims[3] = {2, 3, 2};
    const int64_t counts[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    wn_status status = WN_OK;
    wn_column columns[N_COLUMNS];
    wn_catalog catalog = example_catalog(columns);
    wn_recipe *new = NULL;
    double score[N_COLUMNS];
    TRY(wn_recipe_new(&new, &catalog));
    for (size_t i = 0; i < N_COLUMNS; i++)
        set_column(&new->columns[i], i);
    for (size_t i = 0; i < N_COLUMNS; i++)
        score[i] = i == 3 ? NAN : example_draw(104, i);
    TRY(wn_recipe_select(new, selected, N_SELECTED));
    TRY(wn_recipe_add_score(new, "variance", score));
    TRY(wn_recipe_add_score(new, "anova", score));
    TRY(wn_recipe_add_statistic(new, "contingency", false, 3, dims, counts));
    TRY(wn_recipe_add_statistic(new, "edges", true, 1, (size_t[]){N_COLUMNS}, score));
    TRY(set_projection(new));
    TRY(set_labels(&new->labels));
    new->ledger = (wn_ledger){20, 14, 10, 3, 1, 2, 1, 2, 1, 5};
    *recipe = new;
    new = NULL;
done:
    wn_recipe_free(new);
    return status;
}
