#include "winnow/profile.h"

#include "clean.h"
#include "encoder.h"
#include "indicator.h"
#include "level_counts.h"
#include "measure.h"
#include "missing.h"
#include "outliers.h"

#include "winnow/memory.h"

#include <math.h>

enum { QUARTILES = 3 };

/* What the raw cells of training rows are. */
static void describe_column(wn_recipe_column *column, const wn_moments_summary *moments, size_t i,
                            const double quartile[QUARTILES])
{
    column->count = moments->count[i];
    column->missing = moments->missing[i];
    column->min = moments->min[i];
    column->max = moments->max[i];
    bool is_constant = column->count > 0 && column->min == column->max; /* then rounding has no say */
    column->mean = is_constant ? column->min : moments->mean[i];
    column->deviation = is_constant ? 0 : moments->deviation[i];
    column->quartile_low = quartile[0];
    column->median = quartile[1];
    column->quartile_high = quartile[2];
}

/* Moments of no column have seen no row: there strings tell. */
static bool is_without_rows(const wn_recipe *recipe, const wn_moments_summary *moments)
{
    return recipe->n_cells > 0 ? moments->n_rows == 0 : recipe->columns[0].count + recipe->columns[0].missing == 0;
}

/* Collective. The passes over raw cells; bounds follow. */
static wn_status profile_raw(const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot, wn_recipe *recipe,
                             wn_level_counts *levels, int *n_passes, wn_pass_cost *cost)
{
    static const double probability[QUARTILES] = {0.25, 0.5, 0.75};
    wn_status status = WN_OK;
    wn_moments_summary *summary = NULL;
    double *quartiles = NULL;
    wn_measurement measurement = {.pass = pass, .rows = rows, .sample = pilot};
    measurement.n_probabilities = QUARTILES;
    measurement.probability = probability;
    measurement.levels = levels;
    TRY(wn_ranks_agree(pass->ranks, wn_new(&quartiles, QUARTILES * recipe->n_cells)));
    TRY(wn_measure(&measurement, &summary, quartiles, n_passes, cost));
    wn_level_counts_describe(levels, recipe);
    if (is_without_rows(recipe, summary))
        TRY(wn_fail(WN_BAD_DATA, "no training row is left"));
    for (size_t i = 0; i < recipe->n_cells; i++) {
        describe_column(&recipe->columns[i], summary, i, quartiles + QUARTILES * i);
        TRY(wn_outliers_fit(&recipe->columns[i]));
    }
done:
    wn_moments_summary_free(summary);
    wn_free(quartiles);
    return status;
}

/* Some training row will be dropped. */
static bool rows_go(const wn_recipe *recipe)
{
    for (size_t i = 0; i < recipe->n_columns; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        if (column->rule.missing == WN_MISSING_DROP_ROW && column->missing > 0)
            return true;
        if (column->rule.action == WN_OUTLIER_DROP_ROW && wn_outliers_exist(column))
            return true;
    }
    return false;
}

/* Fills that the raw cells give already; the others are NaN and marked in `later`. Returns how many those are. */
static size_t fit_fills(wn_recipe *recipe, bool drops, unsigned char *later)
{
    size_t n_later = 0;
    for (size_t i = 0; i < recipe->n_cells; i++) {
        wn_recipe_column *column = &recipe->columns[i];
        column->outliers = wn_outliers_exist(column) ? -1 : 0;
        later[i] = wn_missing_needs_clean_cells(column, drops);
        n_later += later[i];
        if (column->levels == 0 || column->rule.missing == WN_MISSING_CONSTANT) /* a category's own level fills it */
            wn_missing_fit(column, column->mean, column->median);
    }
    return n_later;
}

/* The fills of the columns in `later`, from their cells after drops and outlier action. */
static wn_status fit_clean_fills(wn_recipe *recipe, const unsigned char *later, const wn_moments_summary *moments,
                                 const double *medians)
{
    if (is_without_rows(recipe, moments))
        return wn_fail(WN_BAD_DATA, "no training row is left after dropping rows with gaps or outliers");
    for (size_t i = 0; i < recipe->n_cells; i++) {
        wn_recipe_column *column = &recipe->columns[i];
        if (!later[i])
            continue;
        if (moments->count[i] == 0)
            return wn_fail(WN_BAD_DATA, "column %s: no valid cell is left to fill gaps from after drops and outliers",
                           column->name);
        bool is_constant = moments->min[i] == moments->max[i];
        wn_missing_fit(column, is_constant ? moments->min[i] : moments->mean[i], medians[i]);
    }
    return WN_OK;
}

/* The columns whose median is wanted. */
static void choose_medians(const wn_recipe *recipe, const unsigned char *later, unsigned char *wanted)
{
    for (size_t i = 0; i < recipe->n_cells; i++)
        wanted[i] = later[i] && wn_missing_fill_kind(&recipe->columns[i].rule) == WN_FILL_MEDIAN;
}

/* Collective. The pass over cells after the outlier action, which also drops the rows that go. */
static wn_status profile_clean(const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot, wn_recipe *recipe,
                               const unsigned char *later, wn_level_counts *levels, int *n_passes, wn_pass_cost *cost)
{
    static const double half = 0.5;
    wn_status status = WN_OK;
    wn_cleaner cleaner = {0};
    wn_pilot sample = {0};
    wn_moments_summary *summary = NULL;
    double *medians = NULL;
    unsigned char *wanted = NULL;
    status = wn_cleaner_init(&cleaner, recipe, rows, false);
    if (status == WN_OK)
        status = wn_clean_pilot(pilot, recipe, false, &sample);
    if (status == WN_OK)
        status = wn_new(&medians, recipe->n_cells);
    if (status == WN_OK)
        status = wn_new(&wanted, recipe->n_cells);
    TRY(wn_ranks_agree(pass->ranks, status));
    cleaner.counts = true;
    choose_medians(recipe, later, wanted);
    wn_measurement measurement = {pass, rows, &cleaner, &sample, 1, &half, wanted, levels};
    TRY(wn_measure(&measurement, &summary, medians, n_passes, cost));
    TRY(fit_clean_fills(recipe, later, summary, medians));
    for (size_t i = 0; i < recipe->n_cells; i++)
        recipe->columns[i].outliers = cleaner.outliers[i];
done:
    wn_moments_summary_free(summary);
    wn_free(wanted);
    wn_free(medians);
    wn_clean_pilot_clear(&sample);
    wn_cleaner_clear(&cleaner);
    return status;
}

/* Collective. What the levels and gaps make of the columns; in a table of numbers nothing. */
static wn_status fit_encoders(const wn_ranks *ranks, const wn_level_counts *levels, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    TRY(wn_level_counts_fit(ranks, levels, recipe));
    status = wn_indicators_fit(recipe);
    if (status == WN_OK && (recipe->n_encoders > 0 || recipe->n_features == 0))
        status = wn_recipe_list_features(recipe);
    TRY(wn_ranks_agree(ranks, status));
done:
    return status;
}

/* Fills as far as raw cells give them; true where a pass over cleaned cells is to follow. */
static bool begin_fills(wn_recipe *recipe, unsigned char *later)
{
    bool drops = rows_go(recipe);
    return fit_fills(recipe, drops, later) > 0 || drops;
}

/* Where rows go, levels are those of the rows that are left. */
wn_status wn_profile_measure(const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot, wn_recipe *recipe,
                             bool *needs_cleaned, int *n_passes, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    unsigned char *later = NULL;
    wn_level_counts *levels = NULL;
    status = wn_new(&later, recipe->n_columns);
    if (status == WN_OK)
        status = wn_level_counts_new(&levels, recipe);
    TRY(wn_ranks_agree(pass->ranks, status));
    TRY(profile_raw(pass, rows, pilot, recipe, levels, n_passes, cost));
    TRY(wn_missing_check(recipe));
    *needs_cleaned = begin_fills(recipe, later);
    if (!rows_go(recipe))
        TRY(fit_encoders(pass->ranks, levels, recipe));
done:
    wn_level_counts_free(levels);
    wn_free(later);
    return status;
}

wn_status wn_profile_cleaned(const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot, wn_recipe *recipe,
                             int *n_passes, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    unsigned char *later = NULL;
    wn_level_counts *levels = NULL;
    bool drops = rows_go(recipe);
    status = wn_new(&later, recipe->n_columns);
    if (status == WN_OK && drops)
        status = wn_level_counts_new(&levels, recipe);
    TRY(wn_ranks_agree(pass->ranks, status));
    begin_fills(recipe, later);
    TRY(profile_clean(pass, rows, pilot, recipe, later, levels, n_passes, cost));
    if (drops)
        TRY(fit_encoders(pass->ranks, levels, recipe));
done:
    wn_level_counts_free(levels);
    wn_free(later);
    return status;
}
