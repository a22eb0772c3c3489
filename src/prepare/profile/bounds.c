#include "bounds.h"

#include "measure.h"
#include "outliers.h"
#include "profile_sums.h"

#include "winnow/memory.h"

#include <float.h>
#include <math.h>

enum { QUARTILES = 3 };

/* The quantiles of raw cells that are sought: the quartiles of every column, then tails, each length once. */
typedef struct {
    size_t n_columns, n;
    double *probability;   /* (n) */
    unsigned char *wanted; /* (n_columns, n), like values */
    double *values;
} raw_quantiles;

static void clear(raw_quantiles *raw)
{
    wn_free(raw->probability);
    wn_free(raw->wanted);
    wn_free(raw->values);
}

static size_t place_of(const raw_quantiles *raw, double probability)
{
    size_t k = 0;
    while (k < raw->n && raw->probability[k] != probability)
        k++;
    return k;
}

static void seek(raw_quantiles *raw, double probability)
{
    size_t k = place_of(raw, probability);
    raw->probability[k] = probability;
    if (k == raw->n)
        raw->n++;
}

static bool has_tails(const wn_recipe_column *column)
{
    return column->rule.outliers == WN_OUTLIERS_QUANTILE;
}

static double value_of(const raw_quantiles *raw, size_t column, double probability)
{
    return raw->values[column * raw->n + place_of(raw, probability)];
}

static wn_status list_quantiles(raw_quantiles *raw, const wn_recipe *recipe)
{
    static const double quartile[QUARTILES] = {0.25, 0.5, 0.75};
    wn_status status = WN_OK;
    size_t n_columns = recipe->n_cells;
    raw->n_columns = n_columns;
    TRY(wn_new(&raw->probability, QUARTILES + 2 * n_columns));
    for (size_t k = 0; k < QUARTILES; k++)
        seek(raw, quartile[k]);
    for (size_t i = 0; i < n_columns; i++) {
        if (!has_tails(&recipe->columns[i]))
            continue;
        seek(raw, recipe->columns[i].rule.limit);
        seek(raw, 1 - recipe->columns[i].rule.limit);
    }
    TRY(wn_new(&raw->wanted, n_columns * raw->n));
    TRY(wn_new(&raw->values, n_columns * raw->n));
    for (size_t i = 0; i < n_columns; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        for (size_t k = 0; k < raw->n; k++)
            raw->wanted[i * raw->n + k] =
                k < QUARTILES || (has_tails(column) && (raw->probability[k] == column->rule.limit ||
                                                        raw->probability[k] == 1 - column->rule.limit));
    }
done:
    return status;
}

void wn_bounds_describe(wn_recipe_column *column, const wn_moments_summary *moments, size_t i)
{
    column->count = moments->count[i];
    column->missing = moments->missing[i];
    column->min = moments->min[i];
    column->max = moments->max[i];
    bool is_constant = column->count > 0 && column->min == column->max; /* then rounding has no say */
    column->mean = is_constant ? column->min : moments->mean[i];
    column->deviation = is_constant ? 0 : moments->deviation[i];
}

static void describe_quartiles(wn_recipe_column *column, size_t i, const raw_quantiles *raw)
{
    column->quartile_low = value_of(raw, i, 0.25);
    column->median = value_of(raw, i, 0.5);
    column->quartile_high = value_of(raw, i, 0.75);
}

/* A step's context: cells become their distances from the column's median, where the rule is mad. */
typedef struct {
    const wn_recipe *recipe;
} distances;

static void take_distances(const wn_recipe *recipe, double *cells, size_t n_rows, size_t n_cols)
{
    for (size_t i = 0; i < n_rows; i++)
        for (size_t j = 0; j < n_cols; j++) {
            const wn_recipe_column *column = &recipe->columns[j];
            double *cell = &cells[i * n_cols + j];
            if (column->rule.outliers == WN_OUTLIERS_MAD && !isnan(*cell))
                *cell = fmin(fabs(*cell - column->median), DBL_MAX);
        }
}

static wn_status distances_apply(void *context, wn_block *block)
{
    const distances *from = context;
    take_distances(from->recipe, block->cells, block->n_rows, block->n_cols);
    return WN_OK;
}

/* Local. The pilot's cells as distances; everything else of it is borrowed. */
static wn_status distant_pilot(const wn_pilot *pilot, const wn_recipe *recipe, wn_pilot *sample)
{
    wn_status status = WN_OK;
    double *cells = NULL;
    size_t n = pilot->n_rows * pilot->n_cols;
    TRY(wn_new(&cells, n));
    wn_cells_widen(cells, pilot->cells, n);
    take_distances(recipe, cells, pilot->n_rows, pilot->n_cols);
    *sample = *pilot;
    sample->cells = (wn_cells){.data = cells};
done:
    return status;
}

/* Collective. deviations (n_columns): medians of |cell - median|, NaN where the rule is not mad. */
static wn_status find_deviations(const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot, const wn_recipe *recipe,
                                 double *deviations, int *n_passes, wn_pass_cost *cost)
{
    static const double half = 0.5;
    wn_status status = WN_OK;
    wn_pilot sample = {0};
    unsigned char *wanted = NULL;
    distances from = {recipe};
    wn_block_step step = {distances_apply, &from, false};
    bool is_any = false;
    TRY(wn_ranks_agree(pass->ranks, wn_new(&wanted, recipe->n_cells)));
    for (size_t i = 0; i < recipe->n_cells; i++) {
        wanted[i] = recipe->columns[i].rule.outliers == WN_OUTLIERS_MAD;
        is_any |= wanted[i];
        deviations[i] = (double)NAN;
    }
    if (!is_any)
        goto done;
    TRY(wn_ranks_agree(pass->ranks, distant_pilot(pilot, recipe, &sample)));
    wn_measurement measurement = {
        .pass = pass, .rows = rows, .step = &step, .sample = &sample, .n_probabilities = 1, .probability = &half};
    measurement.wanted = wanted;
    TRY(wn_measure(&measurement, NULL, deviations, n_passes, cost));
done:
    wn_free(sample.cells.data);
    wn_free(wanted);
    return status;
}

static wn_status set_bounds(wn_recipe *recipe, const raw_quantiles *raw, const double *deviations)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < recipe->n_cells; i++) {
        wn_recipe_column *column = &recipe->columns[i];
        wn_outlier_spread spread = {.absolute_deviation = deviations[i]};
        if (has_tails(column)) {
            spread.tail_low = value_of(raw, i, column->rule.limit);
            spread.tail_high = value_of(raw, i, 1 - column->rule.limit);
        }
        TRY(wn_outliers_fit(column, &spread));
    }
done:
    return status;
}

/* Moments of no column have seen no row: there strings tell. */
bool wn_bounds_saw_no_row(const wn_recipe *recipe, const wn_moments_summary *moments)
{
    return recipe->n_cells > 0 ? moments->n_rows == 0 : recipe->columns[0].count + recipe->columns[0].missing == 0;
}

wn_status wn_bounds_fit(const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot, wn_recipe *recipe,
                        const wn_bounds_counts *counts, int *n_passes, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_moments_summary *summary = NULL;
    raw_quantiles raw = {0};
    double *deviations = NULL;
    status = list_quantiles(&raw, recipe);
    if (status == WN_OK)
        status = wn_new(&deviations, recipe->n_cells);
    TRY(wn_ranks_agree(pass->ranks, status));
    wn_measurement measurement = {.pass = pass, .rows = rows, .sample = pilot, .n_probabilities = raw.n};
    measurement.probability = raw.probability;
    measurement.wanted = raw.wanted;
    measurement.modes = counts->modes;
    measurement.levels = counts->levels;
    measurement.moments = counts->moments;
    measurement.sums = wn_profile_sums_are_kept(recipe) ? recipe->sums : NULL;
    TRY(wn_measure(&measurement, &summary, raw.values, n_passes, cost));
    wn_level_counts_describe(counts->levels, recipe);
    if (wn_bounds_saw_no_row(recipe, summary))
        TRY(wn_fail(WN_BAD_DATA, "no training row is left"));
    for (size_t i = 0; i < recipe->n_cells; i++) {
        wn_bounds_describe(&recipe->columns[i], summary, i);
        describe_quartiles(&recipe->columns[i], i, &raw);
    }
    TRY(find_deviations(pass, rows, pilot, recipe, deviations, n_passes, cost));
    TRY(set_bounds(recipe, &raw, deviations));
done:
    wn_moments_summary_free(summary);
    wn_free(deviations);
    clear(&raw);
    return status;
}
