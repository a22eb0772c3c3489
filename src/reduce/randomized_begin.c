/* What a randomized fit takes, and how it begins. */
#include "orthonormal.h"
#include "randomized_state.h"

#include "winnow/memory.h"
#include "winnow/random.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* What is beyond the components: half as many, within bounds; then as many as fill vectors. */
enum { MOST_OVERSAMPLES = 32, WIDTH_STEP = 16 };

size_t wn_randomized_width(size_t n_components, size_t n_features)
{
    size_t more = n_components / 2 < MOST_OVERSAMPLES ? n_components / 2 : MOST_OVERSAMPLES;
    more = more > WN_RANDOMIZED_OVERSAMPLES ? more : WN_RANDOMIZED_OVERSAMPLES;
    size_t width = (n_components + more + WIDTH_STEP - 1) / WIDTH_STEP * WIDTH_STEP;
    return width < n_features ? width : n_features;
}

int wn_randomized_most_sweeps(size_t n_components, size_t n_features)
{
    size_t width = wn_randomized_width(n_components, n_features), enough = (n_features + width - 1) / width;
    return enough < WN_RANDOMIZED_SWEEPS ? (int)enough : WN_RANDOMIZED_SWEEPS;
}

size_t wn_randomized_bytes(const wn_randomized_options *options, const wn_feature_pass_size *size)
{
    size_t n = size->n_chosen, n_dense = size->n_dense < n ? size->n_dense : n;
    size_t width = wn_randomized_width(options->n_components, n);
    size_t most = width * (size_t)wn_randomized_most_sweeps(options->n_components, n);
    size_t matrices = 2 * most * n * sizeof(double), cores = 4 * most * most * sizeof(double);
    return wn_sketch_bytes(n, n_dense, width, size->block_rows, options->is_single) + matrices + cores +
           wn_feature_pass_bytes(size);
}

static wn_status check_size(const wn_randomized_options *options, int64_t n_rows, size_t p)
{
    size_t k = options->n_components, width = wn_randomized_width(k, p);
    if (n_rows < 2)
        return wn_fail(WN_BAD_DATA, "a covariance needs two training rows or more, there are %lld", (long long)n_rows);
    if (k == 0)
        return wn_fail(WN_BAD_DATA,
                       "reduce.components: is a share of the variance, but the randomized solver, for %zu features, "
                       "finds only as many as are asked for: must be a count",
                       p);
    if (k > p)
        return wn_fail(WN_BAD_DATA, "reduce.components: %zu, but only %zu features are selected", k, p);
    if ((int64_t)k > n_rows)
        return wn_fail(WN_BAD_DATA, "reduce.components: %zu, more than the %lld training rows", k, (long long)n_rows);
    if (width > INT_MAX / p)
        return wn_fail(WN_UNAVAILABLE, "reduce: %zu directions of %zu features: more than %d numbers", width, p,
                       INT_MAX);
    return WN_OK;
}

/* Deviation of a normalized feature; 0 where it does not vary, whatever rounding says. */
static double deviation_of(const wn_moments_summary *moments, const wn_recipe *recipe, size_t f)
{
    return moments->max[f] > moments->min[f] ? moments->deviation[f] / wn_recipe_feature_scale(recipe, f) : 0;
}

static wn_status find_trace(wn_randomized *r, const wn_moments_summary *moments)
{
    long double squares = 0;
    for (size_t i = 0; i < r->p; i++) {
        long double deviation = (long double)deviation_of(moments, r->recipe, r->recipe->selected[i]);
        squares += deviation * deviation;
    }
    double n = (double)r->n_rows, variance = (double)squares;
    if (!isfinite(variance))
        return wn_fail(WN_BAD_DATA, "reduce: squares of the selected features' deviations are too large for a double; "
                                    "normalize: log bounds them");
    if (!(variance > 0))
        return wn_fail(WN_BAD_DATA, "reduce: the %zu selected features do not vary over the training rows", r->p);
    r->trace = variance * n / (n - 1);
    r->exponent = ilogb(sqrt(variance));
    return WN_OK;
}

/* Cells go in about their means, which are exact but for one rounding; what that adds to a square counts. */
static wn_status open_sketch(wn_randomized *r, const wn_moments_summary *moments)
{
    static const double ROUNDING = 0x1p-52, MARGIN = 1 + 1e-6;
    wn_status status = WN_OK;
    double *centre = NULL, *factor = NULL, *squares = NULL;
    TRY(wn_new(&centre, r->p));
    TRY(wn_new(&factor, r->p));
    TRY(wn_new(&squares, r->p));
    for (size_t i = 0; i < r->p; i++) {
        size_t f = r->recipe->selected[i];
        double scale = wn_recipe_feature_scale(r->recipe, f), shift = moments->mean[f] * ROUNDING / scale;
        double deviation = deviation_of(moments, r->recipe, f);
        centre[i] = moments->mean[f];
        factor[i] = ldexp(1 / scale, -r->exponent);
        squares[i] = ldexp(deviation * deviation + shift * shift, -2 * r->exponent) * (double)r->n_rows * MARGIN;
        squares[i] = deviation > 0 ? squares[i] : 0;
        r->mean[i] = (moments->mean[f] - wn_recipe_feature_center(r->recipe, f)) / scale;
    }
    const wn_sketch_shape shape = {.n_cols = r->p,
                                   .centre = centre,
                                   .factor = factor,
                                   .squares = squares,
                                   .n_directions = r->width,
                                   .is_single = r->options.is_single,
                                   .n_rows = r->n_rows,
                                   .wide = wn_randomized_choice(r).wide};
    TRY(wn_sketch_new(&r->sketch, &shape));
done:
    wn_free(squares);
    wn_free(factor);
    wn_free(centre);
    return status;
}

static wn_status prepare(wn_randomized *r, const wn_moments_summary *moments)
{
    wn_status status = WN_OK;
    bool is_root = r->ranks->rank == 0;
    size_t size = r->width * r->p;
    TRY(find_trace(r, moments));
    TRY(wn_new(&r->mean, r->p));
    size_t most = (size_t)wn_randomized_most_sweeps(r->options.n_components, r->p);
    TRY(wn_new(&r->basis, is_root ? most * size : size));
    TRY(wn_new(&r->products, is_root ? most * size : 0));
    TRY(wn_new(&r->values, r->options.n_components));
    TRY(wn_feature_pass_columns(r->recipe, r->recipe->selected, r->p, &r->wide));
    TRY(open_sketch(r, moments));
done:
    return status;
}

wn_feature_choice wn_randomized_choice(const wn_randomized *r)
{
    return (wn_feature_choice){r->recipe->selected, r->p, r->wide.n_parts > 0 ? &r->wide : NULL};
}

void wn_randomized_draw(wn_randomized *r, size_t first)
{
    for (size_t i = 0; i < r->p; i++) {
        wn_random stream = {r->options.seed, WN_RANDOM_DIRECTIONS, r->recipe->selected[i]};
        for (size_t j = first; j < r->width; j++)
            r->basis[j * r->p + i] = wn_random_normal(stream, j);
    }
}

wn_status wn_randomized_share(wn_randomized *r, double *left)
{
    wn_status status = WN_OK;
    size_t before = (size_t)r->n_sweeps * r->width, n = wn_randomized_n_basis(r, r->n_sweeps + 1) - before;
    double *next = wn_randomized_directions(r);
    if (r->ranks->rank == 0) {
        memset(next + n * r->p, 0, (r->width - n) * r->p * sizeof *next);
        status = wn_orthonormal_extend(before, n, r->p, r->basis, left);
    }
    TRY(wn_ranks_agree(r->ranks, status));
    TRY(wn_ranks_broadcast(r->ranks, 0, left, sizeof *left));
    TRY(wn_ranks_broadcast(r->ranks, 0, next, r->width * r->p * sizeof *next));
done:
    return status;
}

size_t wn_randomized_n_basis(const wn_randomized *r, int n_sweeps)
{
    size_t n = (size_t)n_sweeps * r->width;
    return n < r->p ? n : r->p;
}

double *wn_randomized_directions(const wn_randomized *r)
{
    return r->ranks->rank == 0 ? r->basis + (size_t)r->n_sweeps * r->width * r->p : r->basis;
}

wn_status wn_randomized_new(const wn_ranks *ranks, wn_randomized **randomized, const wn_randomized_options *options,
                            const wn_moments_summary *moments, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_randomized *made = NULL;
    double left = 0;
    size_t p = recipe->n_selected;
    TRY(check_size(options, moments->n_rows, p));
    TRY(wn_ranks_agree(ranks, wn_new(&made, 1)));
    *made = (wn_randomized){.ranks = ranks,
                            .recipe = recipe,
                            .options = *options,
                            .p = p,
                            .width = wn_randomized_width(options->n_components, p),
                            .n_rows = moments->n_rows,
                            .growth = 1};
    TRY(wn_ranks_agree(ranks, prepare(made, moments)));
    if (ranks->rank == 0)
        wn_randomized_draw(made, 0);
    TRY(wn_randomized_share(made, &left));
    *randomized = made;
    made = NULL;
done:
    wn_randomized_free(made);
    return status;
}

void wn_randomized_free(wn_randomized *r)
{
    if (r == NULL)
        return;
    wn_sketch_free(r->sketch);
    wn_wide_columns_clear(&r->wide);
    wn_free(r->values);
    wn_free(r->products);
    wn_free(r->basis);
    wn_free(r->mean);
    wn_free(r);
}
