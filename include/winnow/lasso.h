/* lasso.h - the path of Lasso solutions, from the products of features alone: no rows are read.
 * Use it to see in which order features enter a linear model; ranking.h makes a score of that. */
#ifndef WINNOW_LASSO_H
#define WINNOW_LASSO_H

#include "winnow/status.h"

#include <stddef.h>

/* Least squares of a label on features, both centred: minimize (1/2N)|y - Xw|^2 + alpha |w|_1 (scikit-learn's Lasso).
 */
typedef struct {
    size_t n;              /* features */
    const double *gram;    /* (n, n) X'X / N, borrowed like the next */
    const double *product; /* (n) X'y / N */
    double square;         /* y'y / N */
} wn_lasso_problem;

typedef struct {
    size_t n_alphas;    /* the path's length, at least 2 */
    double least_alpha; /* the last alpha as a share of the first, which leaves all weights 0; in (0, 1) */
    double gap;         /* bound on each duality gap, as a share of y'y / 2N */
} wn_lasso_options;

typedef struct {
    size_t n_alphas, n;
    double *alpha;  /* (n_alphas) descending, in equal ratios */
    double *weight; /* (n_alphas, n) */
    double *gap;    /* (n_alphas) duality gaps reached, as shares of y'y / 2N */
    /* (n) where each feature enters. One that has weight at alpha_k for the first time: its correlation with the
     * residual one step before, held between alpha_k and alpha_(k-1), so that features of one step keep an order. One
     * that never enters: its correlation with the last residual. 0 for a feature that does not vary. */
    double *entry;
} wn_lasso_path;

/* Local. Coordinate descent with covariance updates (Friedman, Hastie, Tibshirani 2010), each solution begun at the one
 * before, over the features that the strong rules leave (Tibshirani and others 2012); the optimality conditions of all
 * features and the duality gap are checked at every alpha. The caller frees the path. Fails: WN_INTERNAL where a gap
 * does not come below its bound, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_lasso_path_fit(wn_lasso_path **path, const wn_lasso_problem *problem,
                                        const wn_lasso_options *options);
void wn_lasso_path_free(wn_lasso_path *path);

#endif
