/* lda.h - linear discriminants of the selected features, into the recipe's projection: directions that tell classes
 * apart. For directions of largest variance, without classes, see pca.h. */
#ifndef WINNOW_LDA_H
#define WINNOW_LDA_H

#include "winnow/covariance.h"
#include "winnow/ranks.h"

typedef struct {
    size_t n_components; /* a count (0: by share) ... */
    double share;        /* ... or the least number of components whose ratios sum to at least this */
    double shrinkage;    /* in [0, 1]: of the scatters towards a multiple of the identity */
} wn_lda_options;

/* What the fit found. */
typedef struct {
    double condition;     /* of the within-class scatter: largest eigenvalue over smallest */
    double residual;      /* max |Sb v - lambda Sw v| over max |Sb|, checked */
    double orthogonality; /* max |V'Sw V - I|, checked */
} wn_lda_report;

/* Condition numbers of the within-class scatter above which a warning is given, and above which it is refused. */
#define WN_LDA_ILL_CONDITIONED 1e6
#define WN_LDA_SINGULAR 1e12

/* Collective. Fits the recipe's projection (method "lda"; the recipe must have none): scikit-learn's
 * LinearDiscriminantAnalysis(solver="eigen", shrinkage): the generalized eigenvectors v of the between-class scatter Sb
 * by the within-class scatter Sw, v'Sw v = 1, largest first, each with its entry of largest absolute value positive;
 * (1 - s) S + s tr(S)/p I for shrinkage s of Sw and of the total scatter. At most n_classes - 1 components, classes
 * without a training row not counted. The projection is about the mean of all rows. LAPACK (dsygvd) runs on rank 0,
 * which shares the result. Fails: WN_BAD_DATA with fewer than two classes, with more components than classes - 1 or
 * features, where classes do not differ, where squares of deviations overflow, or where Sw is conditioned above
 * WN_LDA_SINGULAR without shrinkage (the message says what helps); WN_INTERNAL where residual or orthogonality exceed n
 * x 1e-13 x condition, or are NaN; WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_lda_fit(const wn_ranks *ranks, const wn_lda_options *options, const wn_gram_sums *gram,
                                 wn_recipe *recipe, wn_lda_report *report);

/* Components that discriminants are sought among where features are too many for their products: the leading ones of
 * the randomized solver, and no more than rows - classes, so that the within-class scatter has an inverse (Belhumeur,
 * Hespanha, Kriegman 1997). Discriminants that lie in other directions are not found. */
enum { WN_LDA_COMPONENTS = 128 };

/* Collective. Discriminants of the components that the recipe's projection (pca) makes of the selected features, as a
 * projection of these features, which takes its place (method "lda", solver "randomized"). scatter (k, k): the
 * components' covariance over n - 1; gram: products with classes of all features. Fails: as wn_lda_fit. */
WN_MUST_USE wn_status wn_lda_fit_components(const wn_ranks *ranks, const wn_lda_options *options,
                                            const wn_gram_sums *gram, const double *scatter, wn_recipe *recipe,
                                            wn_lda_report *report);

#endif
