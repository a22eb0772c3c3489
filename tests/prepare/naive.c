#include "naive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const double *sorted, size_t n, double probability)
{
    double place = (double)(n - 1) * probability;
    size_t low = (size_t)place, high = low + 1 < n ? low + 1 : low;
    double weight = place - (double)low;
    if (sorted[low] == sorted[high])
        return sorted[low];
    double gap = sorted[high] - sorted[low]; /* numpy.quantile's rule */
    return weight >= 0.5 ? sorted[high] - gap * (1 - weight) : sorted[low] + gap * weight;
}

bool naive_is_near(double a, double b, double tolerance)
{
    return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= tolerance * fabs(b);
}

naive_description naive_describe(double *values, size_t n)
{
    naive_description all = {0, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    long double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i]))
            values[all.n++] = values[i];
    if (all.n == 0)
        return all;
    qsort(values, all.n, sizeof *values, compare);
    for (size_t i = 0; i < all.n; i++)
        sum += values[i];
    long double mean = sum / (long double)all.n;
    for (size_t i = 0; i < all.n; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    all.mean = (double)mean;
    all.deviation = (double)sqrtl(squares / (long double)all.n);
    all.min = values[0];
    all.max = values[all.n - 1];
    all.quartile_low = quantile(values, all.n, 0.25);
    all.median = quantile(values, all.n, 0.5);
    all.quartile_high = quantile(values, all.n, 0.75);
    return all;
}

/* The training cells of a column, described. */
static naive_description describe_training(const double *cells, const unsigned char *status, size_t n_rows, size_t j)
{
    double *values = malloc((n_rows + 1) * sizeof *values);
    size_t n = 0;
    for (size_t i = 0; i < n_rows; i++)
        if (status[i] == WN_ROW_TRAIN)
            values[n++] = cells[i * FIXTURE_COLS + j];
    naive_description described = naive_describe(values, n);
    free(values);
    return described;
}

static void set_bounds(naive_column *column, const wn_column_rule *rule)
{
    double range = column->raw.quartile_high - column->raw.quartile_low;
    column->lower = -INFINITY;
    column->upper = INFINITY;
    if (rule->outliers == WN_OUTLIERS_ZSCORE) {
        column->lower = column->raw.mean - rule->limit * column->raw.deviation;
        column->upper = column->raw.mean + rule->limit * column->raw.deviation;
    } else if (rule->outliers == WN_OUTLIERS_IQR) {
        column->lower = column->raw.quartile_low - rule->limit * range;
        column->upper = column->raw.quartile_high + rule->limit * range;
    }
}

static bool is_outside(const naive_column *column, double cell)
{
    return cell < column->lower || cell > column->upper;
}

/* Drops one training row, or not. */
static unsigned char judge(const wn_recipe *recipe, const naive_column *columns, const double *cells)
{
    for (size_t j = 0; j < FIXTURE_COLS; j++)
        if (recipe->columns[j].rule.missing == WN_MISSING_DROP_ROW && isnan(cells[j]))
            return WN_ROW_MISSING;
    for (size_t j = 0; j < FIXTURE_COLS; j++)
        if (recipe->columns[j].rule.action == WN_OUTLIER_DROP_ROW && is_outside(&columns[j], cells[j]))
            return WN_ROW_OUTLIER;
    return WN_ROW_TRAIN;
}

static double act(const wn_column_rule *rule, const naive_column *column, double cell)
{
    if (!is_outside(column, cell))
        return cell;
    if (rule->action == WN_OUTLIER_MISSING)
        return NAN;
    return cell < column->lower ? column->lower : column->upper;
}

static void clean_column(const test_table *table, const wn_column_rule *rule, const unsigned char *status, size_t j,
                         naive_column *column, double *cleaned)
{
    for (size_t i = 0; i < table->n_rows; i++)
        cleaned[i * FIXTURE_COLS + j] = act(rule, column, table->cells[i * FIXTURE_COLS + j]);
    naive_description acted = describe_training(cleaned, status, table->n_rows, j);
    column->fill = rule->missing == WN_MISSING_MEAN       ? acted.mean
                   : rule->missing == WN_MISSING_CONSTANT ? rule->constant
                   : rule->missing == WN_MISSING_ERROR    ? NAN
                                                          : acted.median;
    for (size_t i = 0; i < table->n_rows; i++)
        if (isnan(cleaned[i * FIXTURE_COLS + j]))
            cleaned[i * FIXTURE_COLS + j] = column->fill;
    column->clean = describe_training(cleaned, status, table->n_rows, j);
}

void naive_prepare(const test_table *table, const wn_recipe *recipe, unsigned char *status, naive_column *columns,
                   double *cleaned)
{
    memset(columns, 0, FIXTURE_COLS * sizeof *columns);
    for (size_t j = 0; j < FIXTURE_COLS; j++) {
        columns[j].raw = describe_training(table->cells, status, table->n_rows, j);
        set_bounds(&columns[j], &recipe->columns[j].rule);
        for (size_t i = 0; i < table->n_rows; i++) {
            double cell = table->cells[i * FIXTURE_COLS + j];
            columns[j].n_missing += status[i] == WN_ROW_TRAIN && isnan(cell);
            columns[j].n_outliers += status[i] == WN_ROW_TRAIN && is_outside(&columns[j], cell);
        }
    }
    for (size_t i = 0; i < table->n_rows; i++)
        if (status[i] == WN_ROW_TRAIN)
            status[i] = judge(recipe, columns, table->cells + i * FIXTURE_COLS);
    for (size_t j = 0; j < FIXTURE_COLS; j++)
        clean_column(table, &recipe->columns[j].rule, status, j, &columns[j], cleaned);
}

void naive_set_rules(wn_recipe *recipe, bool drops)
{
    static const wn_column_rule kept[FIXTURE_COLS] = {
        {WN_MISSING_ERROR, 0, WN_OUTLIERS_ZSCORE, 2, WN_OUTLIER_CLIP, WN_NORMALIZE_STANDARD},
        {WN_MISSING_MEAN, 0, WN_OUTLIERS_NONE, 0, WN_OUTLIER_CLIP, WN_NORMALIZE_NONE},
        {WN_MISSING_MEDIAN, 0, WN_OUTLIERS_IQR, 1.5, WN_OUTLIER_MISSING, WN_NORMALIZE_STANDARD},
        {WN_MISSING_MEAN, 0, WN_OUTLIERS_IQR, 1.5, WN_OUTLIER_CLIP, WN_NORMALIZE_STANDARD},
        {WN_MISSING_ERROR, 0, WN_OUTLIERS_IQR, 1.5, WN_OUTLIER_CLIP, WN_NORMALIZE_STANDARD},
        {WN_MISSING_ERROR, 0, WN_OUTLIERS_NONE, 0, WN_OUTLIER_CLIP, WN_NORMALIZE_STANDARD},
        {WN_MISSING_CONSTANT, 7, WN_OUTLIERS_ZSCORE, 1.25, WN_OUTLIER_MISSING, WN_NORMALIZE_STANDARD},
        {WN_MISSING_MEDIAN, 0, WN_OUTLIERS_ZSCORE, 0.1, WN_OUTLIER_CLIP, WN_NORMALIZE_NONE},
    };
    for (size_t j = 0; j < FIXTURE_COLS; j++)
        recipe->columns[j].rule = kept[j];
    if (!drops)
        return;
    recipe->columns[1].rule.missing = WN_MISSING_DROP_ROW;
    recipe->columns[0].rule.action = WN_OUTLIER_DROP_ROW;
    recipe->columns[2].rule.action = WN_OUTLIER_DROP_ROW;
}
