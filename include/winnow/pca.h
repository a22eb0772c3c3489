/* pca.h - principal components of the selected features, into the recipe's projection. */
#ifndef WINNOW_PCA_H
#define WINNOW_PCA_H

#include "winnow/covariance.h"
#include "winnow/eigen.h"

typedef struct {
    wn_solver solver;
    size_t n_components;   /* a count (0: by share) ... */
    double variance_share; /* ... or the least number of components whose ratios sum to at least this */
} wn_pca_options;

/* Features up to which products of all pairs are made where nobody asks: above, a rank would need gigabytes for them.
 */
enum { WN_PCA_PRODUCTS = 8192, WN_PCA_REASON_SIZE = 160 };

/* Local. Which solver the options come to for a table of so many features, and why (reason, WN_PCA_REASON_SIZE): AUTO
 * is by products of all pairs (LAPACK up to WN_LAPACK_ORDER features, then ScaLAPACK) up to WN_PCA_PRODUCTS features,
 * and above them too where a share of variance, or components above a quarter of the features, are wanted; else
 * RANDOMIZED. */
wn_solver wn_pca_choose(const wn_pca_options *options, size_t n_features, char *reason);

/* Collective. Fits the recipe's projection (method "pca"; replaces none: the recipe must have no projection). A count
 * above the number of selected features is WN_BAD_DATA. Not by RANDOMIZED, which is randomized.h. */
WN_MUST_USE wn_status wn_pca_fit(const wn_ranks *ranks, const wn_pca_options *options, const wn_gram_sums *gram,
                                 wn_recipe *recipe, wn_eigen_report *report);

#endif
