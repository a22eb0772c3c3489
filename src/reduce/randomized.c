/* The sweeps of a randomized fit, and what comes of them. */
#include "eigen_signs.h"
#include "orthonormal.h"
#include "randomized_state.h"

#include "winnow/memory.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

wn_status wn_randomized_sweep(wn_randomized *r, const wn_pass *pass, wn_rows *rows, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    const wn_accumulator accumulator = wn_sketch_accumulator(r->sketch);
    const wn_feature_choice choice = wn_randomized_choice(r);
    wn_sketch_begin(r->sketch, wn_randomized_directions(r));
    TRY(wn_feature_pass_run(pass, rows, r->recipe, &choice, &accumulator, 1, cost));
    if (r->ranks->rank == 0)
        wn_sketch_finish(r->sketch, r->products + (size_t)r->n_sweeps * r->width * r->p);
    r->n_sweeps++;
done:
    return status;
}

int wn_randomized_n_sweeps(const wn_randomized *r)
{
    return r->n_sweeps;
}

wn_nystrom wn_randomized_nystrom(const wn_randomized *r)
{
    double precision = r->options.is_single ? 0x1p-24 : 0x1p-52;
    return (wn_nystrom){wn_randomized_n_basis(r, r->n_sweeps), r->p, r->basis, r->products, precision};
}

/* On rank 0: what the last sweep added. */
static wn_status look(wn_randomized *r)
{
    wn_status status = WN_OK;
    double *values = NULL, explained = 0;
    wn_nystrom nystrom = wn_randomized_nystrom(r);
    TRY(wn_new(&values, nystrom.n));
    TRY(wn_nystrom_values(&nystrom, values));
    for (size_t i = 0; i < r->options.n_components; i++)
        explained += values[i];
    r->growth = r->n_sweeps > 1 && explained > 0 ? (explained - r->explained) / explained : 1;
    r->explained = explained;
done:
    wn_free(values);
    return status;
}

wn_status wn_randomized_turn(wn_randomized *r, bool *is_done)
{
    static const double NOTHING = 1e-12, NOTHING_IN_SINGLE = 1e-6;
    double left = 0;
    size_t size = r->width * r->p;
    if (r->ranks->rank == 0)
        memcpy(wn_randomized_directions(r), r->products + (size_t)(r->n_sweeps - 1) * size, size * sizeof *r->basis);
    wn_status status = wn_randomized_share(r, &left);
    *is_done = left <= (r->options.is_single ? NOTHING_IN_SINGLE : NOTHING);
    return status;
}

wn_status wn_randomized_advance(wn_randomized *r, bool *is_done)
{
    wn_status status = WN_OK;
    int most = wn_randomized_most_sweeps(r->options.n_components, r->p);
    TRY(wn_ranks_agree(r->ranks, r->ranks->rank == 0 ? look(r) : WN_OK));
    TRY(wn_ranks_broadcast(r->ranks, 0, &r->growth, sizeof r->growth));
    *is_done = r->n_sweeps >= most || r->growth <= WN_RANDOMIZED_GROWTH;
    if (!*is_done)
        TRY(wn_randomized_turn(r, is_done));
done:
    return status;
}

/* On rank 0: the components take the place of the first directions. */
static wn_status solve(wn_randomized *r, double *orthogonality)
{
    wn_status status = WN_OK;
    double *values = NULL;
    size_t k = r->options.n_components;
    wn_nystrom nystrom = wn_randomized_nystrom(r);
    TRY(wn_new(&values, nystrom.n));
    TRY(wn_nystrom_vectors(&nystrom, values));
    memcpy(r->values, values, k * sizeof *values);
    for (size_t i = 0; i < k; i++)
        wn_eigen_fix_sign(r->p, r->basis + i * r->p);
    TRY(wn_orthonormal_check(k, r->p, r->basis, orthogonality));
    if (!(*orthogonality <= (double)r->p * 1e-13))
        TRY(wn_fail(WN_INTERNAL, "the components of the randomized solver are wrong: |V'V - I| %.1e", *orthogonality));
done:
    wn_free(values);
    return status;
}

static wn_status fill_projection(const wn_randomized *r, wn_projection **projection)
{
    wn_status status = WN_OK;
    wn_projection *new = NULL;
    size_t k = r->options.n_components;
    TRY(wn_projection_new(&new, "pca", k, r->p));
    memcpy(new->mean, r->mean, r->p * sizeof *r->mean);
    memcpy(new->components, r->basis, k * r->p * sizeof *r->basis);
    for (size_t i = 0; i < k; i++) {
        new->eigenvalues[i] = ldexp(r->values[i], 2 * r->exponent) / (double)(r->n_rows - 1);
        new->explained_variance_ratio[i] = new->eigenvalues[i] / r->trace;
    }
    wn_free(new->solver);
    new->solver = NULL;
    TRY(wn_string_copy(&new->solver, "randomized"));
    *projection = new;
    new = NULL;
done:
    wn_projection_free(new);
    return status;
}

/* On rank 0: V (C V)', made symmetric. */
static wn_status multiply_scatter(const wn_randomized *r, double *scatter)
{
    wn_status status = WN_OK;
    double *product = NULL, scale = ldexp(1, 2 * r->exponent) / (double)(r->n_rows - 1);
    size_t k = r->options.n_components;
    int order = (int)k, p = (int)r->p;
    TRY(wn_new(&product, r->width * r->p));
    wn_sketch_finish(r->sketch, product);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, order, order, p, scale, r->basis, p, product, p, 0, scatter,
                order);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < i; j++)
            scatter[i * k + j] = scatter[j * k + i] = (scatter[i * k + j] + scatter[j * k + i]) / 2;
done:
    wn_free(product);
    return status;
}

wn_status wn_randomized_scatter(wn_randomized *r, const wn_pass *pass, wn_rows *rows, double *scatter,
                                wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    size_t k = r->options.n_components;
    const wn_accumulator accumulator = wn_sketch_accumulator(r->sketch);
    const wn_feature_choice choice = wn_randomized_choice(r);
    memset(r->basis + k * r->p, 0, (r->width - k) * r->p * sizeof *r->basis);
    wn_sketch_begin(r->sketch, r->basis);
    TRY(wn_feature_pass_run(pass, rows, r->recipe, &choice, &accumulator, 1, cost));
    TRY(wn_ranks_agree(r->ranks, r->ranks->rank == 0 ? multiply_scatter(r, scatter) : WN_OK));
    TRY(wn_ranks_broadcast(r->ranks, 0, scatter, k * k * sizeof *scatter));
done:
    return status;
}

wn_status wn_randomized_finish(wn_randomized *r, wn_recipe *recipe, wn_randomized_report *report)
{
    wn_status status = WN_OK;
    double orthogonality = 0;
    size_t k = r->options.n_components;
    TRY(wn_ranks_agree(r->ranks, r->ranks->rank == 0 ? solve(r, &orthogonality) : WN_OK));
    TRY(wn_ranks_broadcast(r->ranks, 0, &orthogonality, sizeof orthogonality));
    TRY(wn_ranks_broadcast(r->ranks, 0, r->values, k * sizeof *r->values));
    TRY(wn_ranks_broadcast(r->ranks, 0, r->basis, k * r->p * sizeof *r->basis));
    TRY(wn_ranks_agree(r->ranks, fill_projection(r, &recipe->projection)));
    *report = (wn_randomized_report){r->n_sweeps, r->growth, orthogonality};
done:
    return status;
}
