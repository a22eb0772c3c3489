/* The sweeps of a randomized fit, and what comes of them. */
#include "eigen_signs.h"
#include "nystrom.h"
#include "orthonormal.h"
#include "randomized_state.h"

#include "winnow/memory.h"

#include <math.h>
#include <string.h>

wn_status wn_randomized_sweep(wn_randomized *r, const wn_pass *pass, wn_rows *rows, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    const wn_accumulator accumulator = wn_sketch_accumulator(r->sketch);
    wn_sketch_begin(r->sketch, r->directions);
    TRY(wn_feature_pass_run(pass, rows, r->recipe, r->recipe->selected, r->p, &accumulator, 1, cost));
    r->n_sweeps++;
done:
    return status;
}

int wn_randomized_n_sweeps(const wn_randomized *r)
{
    return r->n_sweeps;
}

/* Directions and products of the last sweep, on rank 0. */
static wn_nystrom nystrom_of(const wn_randomized *r)
{
    double precision = r->options.is_single ? 0x1p-24 : 0x1p-52;
    wn_sketch_finish(r->sketch, r->products);
    return (wn_nystrom){r->width, r->p, r->directions, r->products, precision};
}

/* The most that a wanted eigenvalue has grown, as a share of it; those that are nothing beside the first do not count.
 */
static double growth_of(const double *before, const double *after, size_t n)
{
    static const double NOTHING = 1e-12;
    double most = 0;
    for (size_t i = 0; i < n && after[i] > NOTHING * after[0]; i++)
        most = fmax(most, fabs(after[i] - before[i]) / after[i]);
    return most;
}

/* On rank 0. */
static wn_status compare_sweeps(wn_randomized *r)
{
    wn_status status = WN_OK;
    double *values = NULL, shift;
    wn_nystrom nystrom = nystrom_of(r);
    TRY(wn_new(&values, r->width));
    TRY(wn_nystrom_values(&nystrom, r->root, values, &shift));
    r->growth = r->n_sweeps > 1 ? growth_of(r->values, values, r->options.n_components) : INFINITY;
    memcpy(r->values, values, r->width * sizeof *values);
done:
    wn_free(values);
    return status;
}

wn_status wn_randomized_advance(wn_randomized *r, bool *is_done)
{
    wn_status status = WN_OK;
    bool is_root = r->ranks->rank == 0;
    int most = wn_randomized_most_sweeps(r->options.n_components, r->n_rows, r->p);
    TRY(wn_ranks_agree(r->ranks, is_root ? compare_sweeps(r) : WN_OK));
    TRY(wn_ranks_broadcast(r->ranks, 0, &r->growth, sizeof r->growth));
    *is_done = r->n_sweeps >= most || r->growth <= WN_RANDOMIZED_GROWTH;
    if (*is_done)
        goto done;
    if (is_root)
        memcpy(r->directions, r->products, r->width * r->p * sizeof *r->directions);
    TRY(wn_randomized_share(r));
done:
    return status;
}

/* On rank 0: the components take the place of the directions. */
static wn_status solve(wn_randomized *r, double *orthogonality)
{
    wn_status status = WN_OK;
    size_t k = r->options.n_components;
    wn_nystrom nystrom = nystrom_of(r);
    TRY(wn_nystrom_vectors(&nystrom, r->root, r->values, r->products));
    for (size_t i = 0; i < k; i++)
        wn_eigen_fix_sign(r->p, r->products + i * r->p);
    TRY(wn_orthonormal_check(k, r->p, r->products, orthogonality));
    if (!(*orthogonality <= (double)r->p * 1e-13))
        TRY(wn_fail(WN_INTERNAL, "the components of the randomized solver are wrong: |V'V - I| %.1e", *orthogonality));
    memcpy(r->directions, r->products, k * r->p * sizeof *r->directions);
done:
    return status;
}

static wn_status fill_projection(const wn_randomized *r, wn_projection **projection)
{
    wn_status status = WN_OK;
    wn_projection *new = NULL;
    size_t k = r->options.n_components;
    TRY(wn_projection_new(&new, "pca", k, r->p));
    memcpy(new->mean, r->mean, r->p * sizeof *r->mean);
    memcpy(new->components, r->directions, k * r->p * sizeof *r->directions);
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

wn_status wn_randomized_finish(wn_randomized *r, wn_recipe *recipe, wn_randomized_report *report)
{
    wn_status status = WN_OK;
    double orthogonality = 0;
    size_t k = r->options.n_components;
    TRY(wn_ranks_agree(r->ranks, r->ranks->rank == 0 ? solve(r, &orthogonality) : WN_OK));
    TRY(wn_ranks_broadcast(r->ranks, 0, &orthogonality, sizeof orthogonality));
    TRY(wn_ranks_broadcast(r->ranks, 0, r->values, k * sizeof *r->values));
    TRY(wn_ranks_broadcast(r->ranks, 0, r->directions, k * r->p * sizeof *r->directions));
    TRY(wn_ranks_agree(r->ranks, fill_projection(r, &recipe->projection)));
    *report = (wn_randomized_report){r->n_sweeps, r->growth, orthogonality};
done:
    return status;
}
