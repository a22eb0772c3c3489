/* clean_quartiles.h - exact quartiles of cleaned, filled, transformed cells, which robust normalization follows from.
 * The statistics pass brings them along; only a window that missed costs one more. */
#ifndef WINNOW_PREPARE_CLEAN_QUARTILES_H
#define WINNOW_PREPARE_CLEAN_QUARTILES_H

#include "clean.h"
#include "quantile_search.h"

/* Values a column: clean_quartile_low, clean_median, clean_quartile_high. */
enum { WN_CLEAN_QUARTILES = 3 };

/* Local. A search over the columns whose normalization is robust; n_open is 0 where none is. The caller clears it, also
 * after a failure. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_clean_quartiles_init(wn_quantile_search *search, const wn_pilot *pilot,
                                              const wn_recipe *recipe);

/* Collective, after the pass: sets clean_quartile_low to clean_quartile_high of the recipe's columns (NaN where not
 * sought), by further passes where windows missed, which are added to *n_passes and *cost. Fails: as wn_pass_run. */
WN_MUST_USE wn_status wn_clean_quartiles_finish(const wn_pass *pass, wn_rows *rows, wn_cleaner *cleaner,
                                                wn_quantile_search *search, wn_recipe *recipe, int *n_passes,
                                                wn_pass_cost *cost);

/* The quartiles of all columns of numbers, one after the other; n is 3 x n_cells. */
typedef struct {
    double *data; /* borrowed */
    size_t n;
} wn_clean_quartiles;

/* Local. The recipe's quartiles as an array (n_cells, WN_CLEAN_QUARTILES), and from one. */
void wn_clean_quartiles_get(const wn_recipe *recipe, double *quartiles);
void wn_clean_quartiles_set(wn_recipe *recipe, const double *quartiles);

#endif
