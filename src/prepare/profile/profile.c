#include "winnow/profile.h"

#include "bounds.h"
#include "clean.h"
#include "encoder.h"
#include "images.h"
#include "indicator.h"
#include "level_counts.h"
#include "measure.h"
#include "missing.h"
#include "outliers.h"
#include "statistics_file.h"
#include "target.h"

#include "winnow/memory.h"

#include <math.h>

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

/* Fills that the raw cells give already; the others are marked in `later`, where those of modes are marked already.
 * Returns how many those are. */
static size_t fit_fills(wn_recipe *recipe, bool drops, const wn_modes *modes, unsigned char *later)
{
    size_t n_later = 0;
    for (size_t i = 0; i < recipe->n_cells; i++) {
        wn_recipe_column *column = &recipe->columns[i];
        column->outliers = wn_outliers_exist(column) ? -1 : 0;
        later[i] |= wn_missing_needs_clean_cells(column, drops);
        n_later += later[i];
        if (column->levels == 0 || column->rule.missing == WN_MISSING_CONSTANT) /* a category's own level fills it */
            wn_missing_fit(column, column->mean, column->median, modes ? wn_modes_value(modes, i) : column->fill);
    }
    return n_later;
}

/* The fills of the columns in `later`, from their cells after drops and outlier action. */
static wn_status fit_clean_fills(wn_recipe *recipe, const unsigned char *later, const wn_moments_summary *moments,
                                 const double *medians, const wn_modes *modes)
{
    if (wn_bounds_saw_no_row(recipe, moments))
        return wn_fail(WN_BAD_DATA, "no training row is left after dropping rows with gaps or outliers");
    for (size_t i = 0; i < recipe->n_cells; i++) {
        wn_recipe_column *column = &recipe->columns[i];
        if (!later[i])
            continue;
        if (moments->count[i] == 0)
            return wn_fail(WN_BAD_DATA, "column %s: no valid cell is left to fill gaps from after drops and outliers",
                           column->name);
        bool is_constant = moments->min[i] == moments->max[i];
        wn_missing_fit(column, is_constant ? moments->min[i] : moments->mean[i], medians[i], wn_modes_value(modes, i));
    }
    return WN_OK;
}

/* The columns whose median is wanted. */
static void choose_medians(const wn_recipe *recipe, const unsigned char *later, unsigned char *wanted)
{
    for (size_t i = 0; i < recipe->n_cells; i++)
        wanted[i] = later[i] && wn_missing_fill_kind(&recipe->columns[i].rule) == WN_FILL_MEDIAN;
}

/* Local. For the columns whose most frequent raw (or cleaned) cell is wanted, which `wanted` then says. */
static wn_status new_modes(wn_modes **modes, const wn_pass *pass, const wn_recipe *recipe, bool raw,
                           unsigned char *wanted)
{
    wn_missing_choose_modes(recipe, raw, wanted);
    size_t budget = pass->directory != NULL ? WN_MODES_BYTES : 0;
    return wn_modes_new(modes, recipe->n_cells, wanted, budget, pass->directory);
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
    wn_modes *modes = NULL;
    double *medians = NULL;
    unsigned char *wanted = NULL;
    status = wn_cleaner_init(&cleaner, recipe, rows, false);
    if (status == WN_OK)
        status = wn_clean_pilot(pilot, recipe, false, &sample);
    if (status == WN_OK)
        status = wn_new(&medians, recipe->n_cells);
    if (status == WN_OK)
        status = wn_new(&wanted, recipe->n_cells);
    if (status == WN_OK)
        status = new_modes(&modes, pass, recipe, false, wanted);
    TRY(wn_ranks_agree(pass->ranks, status));
    cleaner.counts = true;
    choose_medians(recipe, later, wanted);
    wn_measurement measurement = {.pass = pass, .rows = rows, .cleaner = &cleaner, .sample = &sample};
    measurement.n_probabilities = 1;
    measurement.probability = &half;
    measurement.wanted = wanted;
    measurement.modes = modes;
    measurement.levels = levels;
    TRY(wn_measure(&measurement, &summary, medians, n_passes, cost));
    TRY(fit_clean_fills(recipe, later, summary, medians, modes));
    for (size_t i = 0; i < recipe->n_cells; i++)
        recipe->columns[i].outliers = cleaner.outliers[i];
done:
    wn_moments_summary_free(summary);
    wn_modes_free(modes);
    wn_free(wanted);
    wn_free(medians);
    wn_clean_pilot_clear(&sample);
    wn_cleaner_clear(&cleaner);
    return status;
}

/* Collective. What the levels and gaps make of the columns; in a table of numbers nothing. */
static wn_status fit_encoders(const wn_ranks *ranks, wn_level_counts *levels, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    TRY(wn_level_counts_fit(ranks, levels, recipe));
    status = wn_images_fit(recipe);
    if (status == WN_OK)
        status = wn_indicators_fit(recipe);
    if (status == WN_OK && (recipe->n_encoders > 0 || recipe->n_features == 0))
        status = wn_recipe_list_features(recipe);
    TRY(wn_ranks_agree(ranks, status));
done:
    return status;
}

/* Fills as far as raw cells give them; true where a pass over cleaned cells is to follow. Without modes those of an
 * earlier attempt stay. */
static bool begin_fills(wn_recipe *recipe, const wn_modes *modes, unsigned char *later)
{
    bool drops = rows_go(recipe);
    wn_missing_choose_modes(recipe, false, later);
    return fit_fills(recipe, drops, modes, later) > 0 || drops;
}

/* Where rows go, levels are those of the rows that are left. */
wn_status wn_profile_measure(const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot, wn_recipe *recipe,
                             bool *needs_cleaned, wn_moments **moments, int *n_passes, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    unsigned char *later = NULL;
    wn_modes *modes = NULL;
    wn_level_counts *levels = NULL;
    wn_moments *raw = NULL;
    status = wn_new(&later, recipe->n_columns);
    if (status == WN_OK)
        status = new_modes(&modes, pass, recipe, true, later);
    if (status == WN_OK)
        status = wn_level_counts_new(&levels, recipe, pass->directory);
    TRY(wn_ranks_agree(pass->ranks, status));
    TRY(wn_bounds_fit(pass, rows, pilot, recipe, &(wn_bounds_counts){modes, levels, &raw}, n_passes, cost));
    TRY(wn_missing_check(recipe));
    *needs_cleaned = begin_fills(recipe, modes, later);
    if (!rows_go(recipe))
        TRY(fit_encoders(pass->ranks, levels, recipe));
    if (moments) {
        bool is_useful = !*needs_cleaned && wn_recipe_is_plain(recipe);
        *moments = is_useful ? raw : NULL;
        raw = is_useful ? NULL : raw;
    }
done:
    wn_moments_free(raw);
    wn_level_counts_free(levels);
    wn_modes_free(modes);
    wn_free(later);
    return status;
}

wn_status wn_profile_moments_write(const char *path, wn_moments *moments)
{
    const wn_accumulator accumulator = wn_moments_accumulator(moments);
    return wn_statistics_file_write(path, NULL, (wn_clean_quartiles){0}, &accumulator, 1);
}

wn_status wn_profile_moments_read(const wn_ranks *ranks, const char *path, size_t n_cells, wn_moments **moments)
{
    wn_status status = WN_OK;
    wn_moments *new = NULL;
    wn_recipe_file file = {H5I_INVALID_HID, path};
    TRY(wn_ranks_agree(ranks, wn_moments_new(&new, n_cells)));
    const wn_accumulator accumulator = wn_moments_accumulator(new);
    TRY(wn_statistics_file_open(ranks, &file, path, NULL, (wn_clean_quartiles){0}));
    TRY(wn_statistics_file_sums(ranks, &file, &accumulator, 1));
    *moments = new;
    new = NULL;
done:
    wn_recipe_file_close(&file);
    wn_moments_free(new);
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
        status = wn_level_counts_new(&levels, recipe, pass->directory);
    TRY(wn_ranks_agree(pass->ranks, status));
    begin_fills(recipe, NULL, later);
    TRY(profile_clean(pass, rows, pilot, recipe, later, levels, n_passes, cost));
    if (drops)
        TRY(fit_encoders(pass->ranks, levels, recipe));
done:
    wn_level_counts_free(levels);
    wn_free(later);
    return status;
}

bool wn_profile_needs_targets(const wn_recipe *recipe)
{
    return wn_targets_wait(recipe);
}

wn_status wn_profile_targets(const wn_pass *pass, wn_rows *rows, wn_recipe *recipe, int *n_passes, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_target_counts *counts = NULL;
    const wn_accumulator *accumulators = NULL;
    wn_block_step step = wn_rows_step(rows, WN_ROW_TRAIN);
    TRY(wn_ranks_agree(pass->ranks, wn_target_counts_new(&counts, recipe)));
    size_t n = wn_target_counts_accumulators(counts, &accumulators);
    TRY(wn_pass_run(pass, &step, 1, accumulators, n, cost));
    ++*n_passes;
    wn_target_counts_fit(counts, recipe);
done:
    wn_target_counts_free(counts);
    return status;
}
