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

/* The value that most of the sorted ones have; the least of several. */
static double most_frequent(const double *sorted, size_t n)
{
    size_t most = 0;
    double value = NAN;
    for (size_t i = 0, first = 0; i < n; i++) {
        if (sorted[i] != sorted[first])
            first = i;
        if (i - first + 1 <= most)
            continue;
        most = i - first + 1;
        value = sorted[i];
    }
    return value;
}

naive_description naive_describe(double *values, size_t n)
{
    naive_description all = {0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
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
    all.most_frequent = most_frequent(values, all.n);
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

/* The training cells of a column through a function of them and the column. */
static naive_description describe_mapped(const test_table *table, const unsigned char *status, size_t j,
                                         double (*map)(double cell, double by), double by)
{
    double *mapped = malloc((table->n_rows * FIXTURE_COLS + 1) * sizeof *mapped);
    for (size_t i = 0; i < table->n_rows; i++)
        mapped[i * FIXTURE_COLS + j] = map(table->cells[i * FIXTURE_COLS + j], by);
    naive_description described = describe_training(mapped, status, table->n_rows, j);
    free(mapped);
    return described;
}

static double distance(double cell, double by)
{
    return fabs(cell - by);
}

static void set_bounds(const test_table *table, const unsigned char *status, size_t j, naive_column *column,
                       const wn_column_rule *rule)
{
    naive_description *raw = &column->raw;
    double range = raw->quartile_high - raw->quartile_low;
    column->lower = -INFINITY;
    column->upper = INFINITY;
    if (rule->outliers == WN_OUTLIERS_ZSCORE) {
        column->lower = raw->mean - rule->limit * raw->deviation;
        column->upper = raw->mean + rule->limit * raw->deviation;
    } else if (rule->outliers == WN_OUTLIERS_IQR) {
        column->lower = raw->quartile_low - rule->limit * range;
        column->upper = raw->quartile_high + rule->limit * range;
    } else if (rule->outliers == WN_OUTLIERS_MAD && raw->n > 0) {
        double mad = describe_mapped(table, status, j, distance, raw->median).median;
        column->lower = raw->median - rule->limit * 1.4826 * mad;
        column->upper = raw->median + rule->limit * 1.4826 * mad;
    } else if (rule->outliers == WN_OUTLIERS_QUANTILE && raw->n > 0) {
        double *values = malloc((table->n_rows + 1) * sizeof *values);
        size_t n = 0;
        for (size_t i = 0; i < table->n_rows; i++)
            if (status[i] == WN_ROW_TRAIN && !isnan(table->cells[i * FIXTURE_COLS + j]))
                values[n++] = table->cells[i * FIXTURE_COLS + j];
        qsort(values, n, sizeof *values, compare);
        column->lower = quantile(values, n, rule->limit);
        column->upper = quantile(values, n, 1 - rule->limit);
        free(values);
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
    if (!is_outside(column, cell) || rule->action == WN_OUTLIER_REPORT)
        return cell;
    if (rule->action == WN_OUTLIER_MISSING)
        return NAN;
    return cell < column->lower ? column->lower : column->upper;
}

static void set_normalization(naive_column *column, const wn_column_rule *rule)
{
    const naive_description *clean = &column->clean;
    column->center = rule->normalize == WN_NORMALIZE_STANDARD ? clean->mean
                     : rule->normalize == WN_NORMALIZE_MINMAX ? clean->min
                     : rule->normalize == WN_NORMALIZE_ROBUST ? clean->median
                                                              : 0;
    column->scale = rule->normalize == WN_NORMALIZE_STANDARD ? clean->deviation
                    : rule->normalize == WN_NORMALIZE_MINMAX ? clean->max - clean->min
                    : rule->normalize == WN_NORMALIZE_ROBUST ? clean->quartile_high - clean->quartile_low
                    : rule->normalize == WN_NORMALIZE_MAXABS ? fmax(fabs(clean->min), fabs(clean->max))
                                                             : 1;
    if (!(column->scale > 0))
        column->scale = 1;
}

static void clean_column(const test_table *table, const wn_column_rule *rule, const unsigned char *status, size_t j,
                         naive_column *column, double *cleaned)
{
    for (size_t i = 0; i < table->n_rows; i++)
        cleaned[i * FIXTURE_COLS + j] = act(rule, column, table->cells[i * FIXTURE_COLS + j]);
    naive_description acted = describe_training(cleaned, status, table->n_rows, j);
    column->fill = rule->missing == WN_MISSING_MEAN            ? acted.mean
                   : rule->missing == WN_MISSING_CONSTANT      ? rule->constant
                   : rule->missing == WN_MISSING_ERROR         ? NAN
                   : rule->missing == WN_MISSING_MOST_FREQUENT ? acted.most_frequent
                                                               : acted.median;
    for (size_t i = 0; i < table->n_rows; i++)
        if (isnan(cleaned[i * FIXTURE_COLS + j]))
            cleaned[i * FIXTURE_COLS + j] = column->fill;
    for (size_t i = 0; i < table->n_rows && rule->transform == WN_TRANSFORM_LOG; i++) {
        double *cell = &cleaned[i * FIXTURE_COLS + j];
        *cell = (*cell < 0 ? -1 : 1) * log1p(fabs(*cell));
    }
    column->clean = describe_training(cleaned, status, table->n_rows, j);
    set_normalization(column, rule);
}

void naive_prepare(const test_table *table, const wn_recipe *recipe, unsigned char *status, naive_column *columns,
                   double *cleaned)
{
    memset(columns, 0, FIXTURE_COLS * sizeof *columns);
    for (size_t j = 0; j < FIXTURE_COLS; j++) {
        columns[j].raw = describe_training(table->cells, status, table->n_rows, j);
        set_bounds(table, status, j, &columns[j], &recipe->columns[j].rule);
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
        {WN_MISSING_ERROR, 0, WN_OUTLIERS_ZSCORE, 2, WN_OUTLIER_CLIP, WN_NORMALIZE_STANDARD, WN_TRANSFORM_NONE},
        {WN_MISSING_MEAN, 0, WN_OUTLIERS_NONE, 0, WN_OUTLIER_CLIP, WN_NORMALIZE_NONE, WN_TRANSFORM_NONE},
        {WN_MISSING_MEDIAN, 0, WN_OUTLIERS_IQR, 1.5, WN_OUTLIER_MISSING, WN_NORMALIZE_STANDARD, WN_TRANSFORM_NONE},
        {WN_MISSING_MEAN, 0, WN_OUTLIERS_IQR, 1.5, WN_OUTLIER_CLIP, WN_NORMALIZE_STANDARD, WN_TRANSFORM_NONE},
        {WN_MISSING_ERROR, 0, WN_OUTLIERS_IQR, 1.5, WN_OUTLIER_CLIP, WN_NORMALIZE_STANDARD, WN_TRANSFORM_NONE},
        {WN_MISSING_ERROR, 0, WN_OUTLIERS_NONE, 0, WN_OUTLIER_CLIP, WN_NORMALIZE_STANDARD, WN_TRANSFORM_NONE},
        {WN_MISSING_CONSTANT, 7, WN_OUTLIERS_ZSCORE, 1.25, WN_OUTLIER_MISSING, WN_NORMALIZE_STANDARD,
         WN_TRANSFORM_NONE},
        {WN_MISSING_MEDIAN, 0, WN_OUTLIERS_ZSCORE, 0.1, WN_OUTLIER_CLIP, WN_NORMALIZE_NONE, WN_TRANSFORM_NONE},
    };
    for (size_t j = 0; j < FIXTURE_COLS; j++)
        recipe->columns[j].rule = kept[j];
    if (!drops)
        return;
    recipe->columns[1].rule.missing = WN_MISSING_DROP_ROW;
    recipe->columns[0].rule.action = WN_OUTLIER_DROP_ROW;
    recipe->columns[2].rule.action = WN_OUTLIER_DROP_ROW;
}

void naive_set_other_rules(wn_recipe *recipe)
{
    static const wn_column_rule others[FIXTURE_COLS] = {
        {WN_MISSING_MOST_FREQUENT, 0, WN_OUTLIERS_MAD, 3.5, WN_OUTLIER_CLIP, WN_NORMALIZE_ROBUST, WN_TRANSFORM_NONE},
        {WN_MISSING_MOST_FREQUENT, 0, WN_OUTLIERS_NONE, 0, WN_OUTLIER_CLIP, WN_NORMALIZE_MINMAX, WN_TRANSFORM_NONE},
        {WN_MISSING_MEDIAN, 0, WN_OUTLIERS_QUANTILE, 0.02, WN_OUTLIER_MISSING, WN_NORMALIZE_ROBUST, WN_TRANSFORM_LOG},
        {WN_MISSING_MEAN, 0, WN_OUTLIERS_MAD, 3, WN_OUTLIER_REPORT, WN_NORMALIZE_STANDARD, WN_TRANSFORM_LOG},
        {WN_MISSING_ERROR, 0, WN_OUTLIERS_MAD, 3, WN_OUTLIER_CLIP, WN_NORMALIZE_ROBUST, WN_TRANSFORM_NONE},
        {WN_MISSING_ERROR, 0, WN_OUTLIERS_QUANTILE, 0.1, WN_OUTLIER_CLIP, WN_NORMALIZE_MAXABS, WN_TRANSFORM_NONE},
        {WN_MISSING_MOST_FREQUENT, 0, WN_OUTLIERS_QUANTILE, 0.2, WN_OUTLIER_CLIP, WN_NORMALIZE_NONE, WN_TRANSFORM_LOG},
        {WN_MISSING_MEDIAN, 0, WN_OUTLIERS_MAD, 0.5, WN_OUTLIER_MISSING, WN_NORMALIZE_MINMAX, WN_TRANSFORM_LOG},
    };
    for (size_t j = 0; j < FIXTURE_COLS; j++)
        recipe->columns[j].rule = others[j];
}
