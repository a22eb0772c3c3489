/* lasso_descent.h - one solution of the path: coordinate descent over the features that the strong rules let in.
 * Private to src/rank. */
#ifndef WINNOW_RANK_LASSO_DESCENT_H
#define WINNOW_RANK_LASSO_DESCENT_H

#include "winnow/lasso.h"

/* The features that the strong rules have let in, numbered in that order: `chosen` ones of n. Only they have weights.
 */
typedef struct {
    const wn_lasso_problem *problem; /* borrowed */
    double tolerance;                /* of the duality gap, in the problem's units */
    size_t n_chosen;
    size_t *chosen;           /* (n_chosen) of n */
    unsigned char *is_chosen; /* (n) */
    double *products;         /* (n_chosen, n_chosen) in rows of n: the Gram matrix among the chosen */
    double *weight, *slope;   /* (n_chosen); slope: product - gram w, the correlation with the residual */
    double *full_slope;       /* (n) of all features, true after a solution */
    size_t *active;           /* (n) scratch of a step to the active features' own solution, like the next two */
    double *factor;           /* (n, n) */
    double *target;           /* (n) */
} wn_lasso_descent;

/* Local. No weights. The caller closes it, also after a failure. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_lasso_descent_open(wn_lasso_descent *descent, const wn_lasso_problem *problem, double gap);
void wn_lasso_descent_close(wn_lasso_descent *descent);

/* Local. The solution at alpha, begun at that of `last` >= alpha; *gap is the duality gap reached, in the problem's
 * units. Fails: WN_INTERNAL where the gap does not come below its bound. */
WN_MUST_USE wn_status wn_lasso_descent_solve(wn_lasso_descent *descent, double last, double alpha, double *gap);

/* Of weights w at alpha, over features as far as they are looked at. */
typedef struct {
    double square;    /* the label's */
    double explained; /* product'w */
    double turned;    /* slope'w */
    double size;      /* |w|_1 */
    double steepest;  /* the largest |slope| */
} wn_lasso_terms;

/* Local. Primal minus dual objective, the dual point being the residual scaled into its bounds (as scikit-learn does).
 */
double wn_lasso_gap(const wn_lasso_terms *terms, double alpha);

#endif
