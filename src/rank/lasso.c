#include "lasso_descent.h"

#include "winnow/memory.h"

#include <cblas.h>
#include <math.h>

/* Before a step: the correlations of all features with the residual, as entries of those that enter in it. */
static void note_slopes(const wn_lasso_descent *d, wn_lasso_path *path)
{
    for (size_t j = 0; j < path->n; j++)
        if (path->entry[j] <= 0) /* not entered: kept negative */
            path->entry[j] = -fabs(d->full_slope[j]);
}

static void keep_solution(const wn_lasso_descent *d, wn_lasso_path *path, size_t step, double last, double alpha)
{
    double *weight = path->weight + step * path->n;
    for (size_t k = 0; k < d->n_chosen; k++) {
        size_t j = d->chosen[k];
        weight[j] = d->weight[k];
        if (weight[j] != 0 && path->entry[j] <= 0)
            path->entry[j] = fmin(fmax(-path->entry[j], alpha), last);
    }
}

static void finish_entries(const wn_lasso_descent *d, wn_lasso_path *path)
{
    note_slopes(d, path);
    for (size_t j = 0; j < path->n; j++)
        path->entry[j] = d->problem->gram[j * path->n + j] > 0 ? fabs(path->entry[j]) : 0;
}

static wn_status new_path(wn_lasso_path **path, const wn_lasso_problem *problem, const wn_lasso_options *options)
{
    wn_status status = WN_OK;
    wn_lasso_path *new = NULL;
    TRY(wn_new(&new, 1));
    new->n_alphas = options->n_alphas;
    new->n = problem->n;
    TRY(wn_new(&new->alpha, new->n_alphas));
    TRY(wn_new(&new->gap, new->n_alphas));
    TRY(wn_new(&new->entry, new->n));
    TRY(wn_memory_new((void **)&new->weight, new->n_alphas, new->n * sizeof *new->weight, __func__));
    double first = fabs(problem->product[cblas_idamax((int)problem->n, problem->product, 1)]);
    for (size_t k = 0; k < new->n_alphas; k++)
        new->alpha[k] = first *pow(options->least_alpha, (double)k / (double)(new->n_alphas - 1));
    *path = new;
    new = NULL;
done:
    wn_lasso_path_free(new);
    return status;
}

wn_status wn_lasso_path_fit(wn_lasso_path **path, const wn_lasso_problem *problem, const wn_lasso_options *options)
{
    wn_status status = WN_OK;
    wn_lasso_path *new = NULL;
    wn_lasso_descent d = {0};
    TRY(new_path(&new, problem, options));
    TRY(wn_lasso_descent_open(&d, problem, options->gap));
    for (size_t k = 0; k<new->n_alphas &&new->alpha[0]> 0; k++) {
        double gap = 0, last = new->alpha[k > 0 ? k - 1 : 0];
        note_slopes(&d, new);
        TRY(wn_lasso_descent_solve(&d, last, new->alpha[k], &gap));
        new->gap[k] = gap * 2 / problem->square;
        keep_solution(&d, new, k, last, new->alpha[k]);
    }
    finish_entries(&d, new);
    *path = new;
    new = NULL;
done:
    wn_lasso_descent_close(&d);
    wn_lasso_path_free(new);
    return status;
}

void wn_lasso_path_free(wn_lasso_path *path)
{
    if (path == NULL)
        return;
    wn_free(path->weight);
    wn_free(path->entry);
    wn_free(path->gap);
    wn_free(path->alpha);
    wn_free(path);
}
