/* profile.h - fits the cleaning of a recipe: the pilot, the profile pass, bounds and fills.
 * Afterwards statistics.h describes the cleaned cells. */
#ifndef WINNOW_PROFILE_H
#define WINNOW_PROFILE_H

#include "winnow/pilot.h"
#include "winnow/recipe.h"

/* Collective. Fits columns[] of the recipe up to `fill` (their rules are set by the caller) on the training rows:
 *  - a pass for moments and exact quartiles of the raw cells, one more where a quantile window missed;
 *  - bounds from them: zscore mean -+ limit x deviation, iqr quartiles -+ limit x (their difference), exactly so also
 * where the spread is 0;
 *  - row drops (a gap is tested before an outlier), marked in rows;
 *  - fills of the cells after drops and outlier action. The median of clipped cells is that of the raw ones, and costs
 *    nothing; where rows go, outliers become gaps, or a mean fills a column that has outliers, one pass more makes the
 * drops and measures what is left (*n_passes counts all). The pilot (raw training rows) gives centres and windows.
 * Fails: WN_BAD_DATA (no training row; a column all missing under mean, median or drop_row; gaps under error: column
 * and count are named), as wn_pass_run. */
WN_MUST_USE wn_status wn_profile_fit(const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot, wn_recipe *recipe,
                                     int *n_passes, wn_pass_cost *cost);

#endif
