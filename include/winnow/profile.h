/* profile.h - fits the cleaning of a recipe: the profile passes, bounds and fills, in two steps, and the codes of
 * categories that are made of labels in a third, so that one is kept while the next is made.
 * Afterwards statistics.h describes the cleaned cells. */
#ifndef WINNOW_PROFILE_H
#define WINNOW_PROFILE_H

#include "winnow/moments.h"
#include "winnow/pilot.h"
#include "winnow/recipe.h"

/* Collective. Fits columns[] of the recipe (their rules are set by the caller) on the training rows' raw cells:
 *  - a pass for moments and exact quartiles, one more where a quantile window missed;
 *  - bounds from them: zscore mean -+ limit x deviation, iqr quartiles -+ limit x (their difference), exactly so also
 * where the spread is 0;
 *  - fills, as far as they follow: the median of clipped cells is that of the raw ones, and costs nothing.
 * *needs_cleaned: rows go, outliers become gaps, or a mean fills a column that has outliers, and wn_profile_cleaned is
 * to follow. *moments (freed by the caller; not given where moments is NULL): those of the raw cells where it is not,
 * and features are cells, which the statistics may follow from; else NULL. The pilot (raw training rows) gives centres
 * and windows. *n_passes and *cost are added to. Fails: WN_BAD_DATA (no training row; a column all missing under mean,
 * median or drop_row; gaps under error: column and count are named), as wn_pass_run. */
WN_MUST_USE wn_status wn_profile_measure(const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot, wn_recipe *recipe,
                                         bool *needs_cleaned, wn_moments **moments, int *n_passes, wn_pass_cost *cost);

/* Such moments in a file, checksummed, for starts to come. Local, rank 0: written beside `path`, synced, renamed.
 * Collective: of n_cells columns, read by rank 0; the caller frees them. Fail: WN_CANT_CREATE, WN_IO; WN_NO_INPUT,
 * WN_BAD_DATA; WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_profile_moments_write(const char *path, wn_moments *moments);
WN_MUST_USE wn_status wn_profile_moments_read(const wn_ranks *ranks, const char *path, size_t n_cells,
                                              wn_moments **moments);

/* Collective. From what was measured, maybe by another start and read back: one pass more makes the row drops (a gap is
 * tested before an outlier), marked in rows, and measures the cells that are left for the fills. Fails: WN_BAD_DATA
 * where no row or cell is left, as wn_pass_run. */
WN_MUST_USE wn_status wn_profile_cleaned(const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot, wn_recipe *recipe,
                                         int *n_passes, wn_pass_cost *cost);

/* Local. Whether categories wait for codes made of labels: wn_profile_targets is to follow. */
bool wn_profile_needs_targets(const wn_recipe *recipe);

/* Collective. From what is fitted, maybe by another start and read back, with the drops among the rows: one pass more
 * sums the labels of training rows by level and fold, and fits the codes. Fails: as wn_pass_run. */
WN_MUST_USE wn_status wn_profile_targets(const wn_pass *pass, wn_rows *rows, wn_recipe *recipe, int *n_passes,
                                         wn_pass_cost *cost);

/* Local. How many rows the windows of raw cells' quantiles are guessed from where the pilot has so many: as many; or,
 * of a table of many blocks, all rows of 32 to 64 blocks, which are read for that, where these are several times as
 * many: windows are then half as wide at most. */
size_t wn_profile_window_rows(const wn_catalog *catalog, size_t n_pilot_rows);

enum { WN_LEVEL_BYTES = 32 << 20 };

/* Local. Bytes that the counts of so many columns with levels or terms may take: WN_LEVEL_BYTES together, more where
 * there are so many that each has a least share. */
size_t wn_level_counts_bytes(size_t n_columns);

#endif
