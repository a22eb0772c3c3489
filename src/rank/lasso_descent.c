#include "lasso_descent.h"

#include "winnow/memory.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { MOST_SWEEPS = 100000, SWEEPS_A_LOOK = 8, SWEEPS_A_STEP = 16 };

wn_status wn_lasso_descent_open(wn_lasso_descent *d, const wn_lasso_problem *problem, double gap)
{
    wn_status status = WN_OK;
    size_t n = problem->n;
    *d = (wn_lasso_descent){.problem = problem, .tolerance = gap * problem->square / 2};
    TRY(wn_new(&d->chosen, n));
    TRY(wn_new(&d->is_chosen, n));
    TRY(wn_new(&d->products, n * n));
    TRY(wn_new(&d->weight, n));
    TRY(wn_new(&d->slope, n));
    TRY(wn_new(&d->full_slope, n));
    TRY(wn_new(&d->active, n));
    TRY(wn_new(&d->factor, n * n));
    TRY(wn_new(&d->target, n));
    memcpy(d->full_slope, problem->product, n * sizeof *d->full_slope);
done:
    return status;
}

void wn_lasso_descent_close(wn_lasso_descent *d)
{
    wn_free(d->target);
    wn_free(d->factor);
    wn_free(d->active);
    wn_free(d->full_slope);
    wn_free(d->slope);
    wn_free(d->weight);
    wn_free(d->products);
    wn_free(d->is_chosen);
    wn_free(d->chosen);
}

static void choose(wn_lasso_descent *d, size_t feature)
{
    size_t n = d->problem->n, new = d->n_chosen++;
    d->is_chosen[feature] = 1;
    d->chosen[new] = feature;
    for (size_t k = 0; k <= new; k++)
        d->products[new *n + k] = d->products[k * n + new] = d->problem->gram[feature * n + d->chosen[k]];
    d->weight[new] = 0;
    d->slope[new] = d->full_slope[feature];
}

/* Lets in the features whose correlation reaches `bound`. Returns how many. */
static size_t choose_above(wn_lasso_descent *d, double bound)
{
    size_t before = d->n_chosen;
    for (size_t j = 0; j < d->problem->n; j++)
        if (!d->is_chosen[j] && fabs(d->full_slope[j]) > bound && d->problem->gram[j * d->problem->n + j] > 0)
            choose(d, j);
    return d->n_chosen - before;
}

static double soft_threshold(double value, double alpha)
{
    return value > alpha ? value - alpha : value < -alpha ? value + alpha : 0;
}

/* One visit to each chosen feature, or only to those that have weight. */
static void sweep(wn_lasso_descent *d, double alpha, bool only_active)
{
    size_t n = d->problem->n, m = d->n_chosen;
    for (size_t k = 0; k < m; k++) {
        double old = d->weight[k], square = d->products[k * n + k];
        if (only_active && old == 0)
            continue;
        double new = soft_threshold(d->slope[k] + square * old, alpha) / square;
        if (new == old)
            continue;
        d->weight[k] = new;
        cblas_daxpy((int)m, old - new, d->products + k * n, 1, d->slope, 1);
    }
}

double wn_lasso_gap(const wn_lasso_terms *terms, double alpha)
{
    double residual = terms->square - terms->explained - terms->turned; /* |y - Xw|^2 / N */
    double scale = terms->steepest > alpha ? alpha / terms->steepest : 1;
    double dual = scale * (terms->square - terms->explained) - scale * scale * residual / 2;
    return residual / 2 + alpha * terms->size - dual;
}

static double duality_gap(const wn_lasso_descent *d, double alpha, double steepest)
{
    wn_lasso_terms terms = {.square = d->problem->square, .steepest = steepest};
    for (size_t k = 0; k < d->n_chosen; k++) {
        terms.explained += d->problem->product[d->chosen[k]] * d->weight[k];
        terms.turned += d->slope[k] * d->weight[k];
        terms.size += fabs(d->weight[k]);
    }
    return wn_lasso_gap(&terms, alpha);
}

static double steepest_of(const double *slope, size_t n)
{
    double most = 0;
    for (size_t j = 0; j < n; j++)
        most = fmax(most, fabs(slope[j]));
    return most;
}

/* The chosen features' slopes afresh, which also ends the rounding of the updates; then those of all. */
static void look_at_all(wn_lasso_descent *d)
{
    size_t n = d->problem->n;
    memcpy(d->full_slope, d->problem->product, n * sizeof *d->full_slope);
    for (size_t k = 0; k < d->n_chosen; k++)
        if (d->weight[k] != 0)
            cblas_daxpy((int)n, -d->weight[k], d->problem->gram + d->chosen[k] * n, 1, d->full_slope, 1);
    for (size_t k = 0; k < d->n_chosen; k++)
        d->slope[k] = d->full_slope[d->chosen[k]];
}

/* Where the active features' own solution lies, their signs being what they are: gram_AA w = product_A - alpha sign(w),
 * into target (n_active). False where their Gram matrix is singular. */
static bool find_target(wn_lasso_descent *d, double alpha, size_t n_active)
{
    size_t n = d->problem->n;
    for (size_t a = 0; a < n_active; a++) {
        size_t k = d->active[a];
        for (size_t b = 0; b <= a; b++)
            d->factor[a * n_active + b] = d->products[k * n + d->active[b]];
        d->target[a] = d->problem->product[d->chosen[k]] - copysign(alpha, d->weight[k]);
    }
    lapack_int order = (lapack_int)n_active;
    return LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'L', order, d->factor, order) == 0 &&
           LAPACKE_dpotrs(LAPACK_ROW_MAJOR, 'L', order, 1, d->factor, order, d->target, 1) == 0;
}

/* Goes straight to that solution, or as far towards it as no weight changes sign: the objective falls all the way.
 * Coordinate descent alone takes thousands of sweeps where features are alike. */
static void step(wn_lasso_descent *d, double alpha)
{
    size_t n = d->problem->n, n_active = 0;
    double share = 1;
    for (size_t k = 0; k < d->n_chosen; k++)
        if (d->weight[k] != 0)
            d->active[n_active++] = k;
    if (n_active == 0 || !find_target(d, alpha, n_active))
        return;
    for (size_t a = 0; a < n_active; a++) {
        double from = d->weight[d->active[a]], to = d->target[a];
        if (from * to <= 0)
            share = fmin(share, from / (from - to));
    }
    for (size_t a = 0; a < n_active; a++) {
        size_t k = d->active[a];
        double old = d->weight[k], new = old + share *(d->target[a] - old);
        d->weight[k] = new *old > 0 ? new : 0;
        cblas_daxpy((int)d->n_chosen, old - d->weight[k], d->products + k * n, 1, d->slope, 1);
    }
}

/* Descends until the gap among the chosen is within half the tolerance. */
static bool settle(wn_lasso_descent *d, double alpha)
{
    for (int i = 0; i < MOST_SWEEPS; i++) {
        sweep(d, alpha, i % SWEEPS_A_LOOK != 0);
        if (i % SWEEPS_A_STEP == SWEEPS_A_STEP - 1)
            step(d, alpha);
        if (duality_gap(d, alpha, steepest_of(d->slope, d->n_chosen)) <= d->tolerance / 2)
            return true;
    }
    return false;
}

/* The solution at alpha, begun at that of `last`. A feature that the rules left out and that breaks its optimality
 * condition is let in, and the descent goes on. */
wn_status wn_lasso_descent_solve(wn_lasso_descent *d, double last, double alpha, double *gap)
{
    choose_above(d, 2 * alpha - last);
    do {
        if (!settle(d, alpha))
            return wn_fail(WN_INTERNAL, "lasso: no solution at alpha %g within %d sweeps over %zu features", alpha,
                           (int)MOST_SWEEPS, d->n_chosen);
        look_at_all(d);
        *gap = duality_gap(d, alpha, steepest_of(d->full_slope, d->problem->n));
    } while (choose_above(d, alpha) > 0 || !(*gap <= d->tolerance));
    return WN_OK;
}
