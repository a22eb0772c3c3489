/* covariance.h - the covariance of selected, normalized features, by algebra on the finished sums of a Gram matrix. */
#ifndef WINNOW_COVARIANCE_H
#define WINNOW_COVARIANCE_H

#include "winnow/gram.h"
#include "winnow/recipe.h"

/* Local. Where the sums have selected feature number a: sums of chosen features are of the selected ones. */
size_t wn_covariance_column(const wn_gram_sums *gram, const wn_recipe *recipe, size_t a);

/* Local. Sample covariance (n - 1) of the recipe's selected features: mean (n_selected) and covariance (n_selected,
 * n_selected), both the caller's memory. feature = (cell - center) / scale; the sums carry the centre they are about.
 * Fails: WN_BAD_DATA with fewer than two rows. */
WN_MUST_USE wn_status wn_covariance_of_selected(const wn_gram_sums *gram, const wn_recipe *recipe, double *mean,
                                                double *covariance);

#endif
