/* bounds.h - the passes over raw cells: what the columns hold, and the bounds of their outliers. Cells after drops and
 * the outlier action see profile.c. */
#ifndef WINNOW_PREPARE_BOUNDS_H
#define WINNOW_PREPARE_BOUNDS_H

#include "level_counts.h"

#include "winnow/modes.h"
#include "winnow/moments.h"
#include "winnow/pilot.h"
#include "winnow/recipe.h"
#include "winnow/rows.h"

/* What is counted along with the first pass over raw cells, borrowed. */
typedef struct {
    wn_modes *modes;
    wn_level_counts *levels; /* NULL: none */
    wn_moments **moments;    /* where the moments of the raw cells go, the caller's then; NULL: nowhere */
} wn_bounds_counts;

/* Collective. Sets the recipe's columns from count to upper: one pass for moments, quartiles and the tails of quantile
 * bounds, one for the median absolute deviations where a rule is mad, and one more for what a window missed in either.
 * *n_passes and *cost are added to. Fails: WN_BAD_DATA without a training row, as wn_outliers_fit and wn_pass_run. */
WN_MUST_USE wn_status wn_bounds_fit(const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot, wn_recipe *recipe,
                                    const wn_bounds_counts *counts, int *n_passes, wn_pass_cost *cost);

/* Local. Count to deviation of a column from moments of its raw training cells, of which it is the ith. */
void wn_bounds_describe(wn_recipe_column *column, const wn_moments_summary *moments, size_t i);

/* Local. Whether the moments are of no row at all. */
bool wn_bounds_saw_no_row(const wn_recipe *recipe, const wn_moments_summary *moments);

#endif
