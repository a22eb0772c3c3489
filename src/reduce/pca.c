#include "winnow/pca.h"

#include "winnow/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The least number of components whose shares of the trace sum to at least `share`. */
static size_t components_for(double share, const double *eigenvalues, size_t n, double trace)
{
    double sum = 0;
    for (size_t k = 0; share < 1 && k < n; k++) { /* 1 is all, whatever the shares' rounding */
        sum += eigenvalues[k] / trace;
        if (sum >= share)
            return k + 1;
    }
    return n;
}

/* A covariance has no negative eigenvalue: what is below 0 is the rounding of a 0. */
static void clamp(double *eigenvalues, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (eigenvalues[i] < 0)
            eigenvalues[i] = 0;
}

static double trace_of(const double *a, size_t n)
{
    long double trace = 0;
    for (size_t i = 0; i < n; i++)
        trace += (long double)a[i * n + i];
    return (double)trace;
}

static const char *solver_name(wn_solver solver)
{
    return solver == WN_SOLVER_SCALAPACK ? "scalapack" : "lapack";
}

wn_solver wn_pca_choose(const wn_pca_options *options, size_t n_features, char *reason)
{
    size_t k = options->n_components;
    bool is_few = k > 0 && k <= n_features / 4;
    wn_solver full = n_features <= WN_LAPACK_ORDER ? WN_SOLVER_LAPACK : WN_SOLVER_SCALAPACK;
    if (options->solver != WN_SOLVER_AUTO) {
        snprintf(reason, WN_PCA_REASON_SIZE, "as reduce.solver says");
        return options->solver;
    }
    if (n_features > WN_PCA_PRODUCTS && is_few) {
        snprintf(reason, WN_PCA_REASON_SIZE, "%zu components of %zu features, more than %d", k, n_features,
                 (int)WN_PCA_PRODUCTS);
        return WN_SOLVER_RANDOMIZED;
    }
    if (n_features > WN_PCA_PRODUCTS)
        snprintf(reason, WN_PCA_REASON_SIZE, "%s of %zu features needs products of all pairs",
                 k > 0 ? "more than a quarter" : "a share of the variance", n_features);
    else
        snprintf(reason, WN_PCA_REASON_SIZE, "%zu features, at most %d", n_features,
                 (int)(full == WN_SOLVER_LAPACK ? WN_LAPACK_ORDER : WN_PCA_PRODUCTS));
    return full;
}

/* Buffers of one fit. */
typedef struct {
    double *mean, *covariance, *eigenvalues, *vectors;
} pca_work;

static wn_status new_work(pca_work *work, size_t n, size_t n_wanted)
{
    wn_status status = WN_OK;
    TRY(wn_new(&work->mean, n));
    TRY(wn_new(&work->covariance, n * n));
    TRY(wn_new(&work->eigenvalues, n_wanted));
    TRY(wn_new(&work->vectors, n_wanted * n));
done:
    return status;
}

static wn_status fill_projection(const pca_work *work, size_t n, size_t k, double trace, const wn_eigen_report *report,
                                 wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_projection *projection = NULL;
    TRY(wn_projection_new(&projection, "pca", k, n));
    memcpy(projection->mean, work->mean, n * sizeof *work->mean);
    memcpy(projection->components, work->vectors, k * n * sizeof *work->vectors);
    memcpy(projection->eigenvalues, work->eigenvalues, k * sizeof *work->eigenvalues);
    for (size_t i = 0; i < k; i++)
        projection->explained_variance_ratio[i] = trace > 0 ? work->eigenvalues[i] / trace : 0;
    memcpy(projection->grid, report->grid, sizeof report->grid);
    wn_free(projection->solver);
    projection->solver = NULL;
    TRY(wn_string_copy(&projection->solver, solver_name(report->solver)));
    recipe->projection = projection;
    projection = NULL;
done:
    wn_projection_free(projection);
    return status;
}

wn_status wn_pca_fit(const wn_ranks *ranks, const wn_pca_options *options, const wn_gram_sums *gram, wn_recipe *recipe,
                     wn_eigen_report *report)
{
    wn_status status = WN_OK;
    pca_work work = {0};
    size_t n = recipe->n_selected, n_wanted = options->n_components > 0 ? options->n_components : n;
    if (options->n_components > n)
        return wn_fail(WN_BAD_DATA, "reduce.components: %zu, but only %zu features are selected", options->n_components,
                       n);
    TRY(wn_ranks_agree(ranks, new_work(&work, n, n_wanted)));
    TRY(wn_ranks_agree(ranks, wn_covariance_of_selected(gram, recipe, work.mean, work.covariance)));
    double trace = trace_of(work.covariance, n);
    if (!isfinite(trace))
        status = wn_fail(WN_BAD_DATA, "reduce: squares of the selected features' deviations are too large for a "
                                      "double; normalize: log bounds them");
    else if (!(trace > 0))
        status = wn_fail(WN_BAD_DATA, "reduce: the %zu selected features do not vary over the training rows", n);
    TRY(status);
    TRY(wn_eigen_solve(ranks, options->solver, n, work.covariance, n_wanted, work.eigenvalues, work.vectors, report));
    clamp(work.eigenvalues, n_wanted);
    size_t k = options->n_components > 0 ? n_wanted
                                         : components_for(options->variance_share, work.eigenvalues, n_wanted, trace);
    TRY(wn_ranks_agree(ranks, fill_projection(&work, n, k, trace, report, recipe)));
done:
    wn_free(work.vectors);
    wn_free(work.eigenvalues);
    wn_free(work.covariance);
    wn_free(work.mean);
    return status;
}
