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

/* Collective. Fits the recipe's projection (method "pca"; replaces none: the recipe must have no projection). A count
 * above the number of selected features is WN_BAD_DATA. */
WN_MUST_USE wn_status wn_pca_fit(const wn_ranks *ranks, const wn_pca_options *options, const wn_gram_sums *gram,
                                 wn_recipe *recipe, wn_eigen_report *report);

#endif
