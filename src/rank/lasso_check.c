#include "lasso_descent.h"
#include "lasso_screening.h"

#include "winnow/memory.h"
#include "winnow/sketch.h"

#include <math.h>
#include <string.h>

static wn_status new_sketch(const wn_lasso_screening *s, const wn_feature_choice *choice, size_t n_directions,
                            wn_sketch **sketch)
{
    static const double MARGIN = 1 + 1e-6;
    wn_status status = WN_OK;
    double *factor = NULL, *squares = NULL;
    const wn_moments_summary *moments = s->statistics->moments;
    TRY(wn_new(&factor, s->n));
    TRY(wn_new(&squares, s->n));
    for (size_t f = 0; f < s->n; f++) {
        bool varies = s->all.deviation[f] > 0;
        double shift = varies ? moments->mean[f] * 0x1p-52 / s->all.deviation[f] : 0;
        factor[f] = varies ? 1 / s->all.deviation[f] : 0;
        squares[f] = varies ? (1 + shift * shift) * (double)moments->n_rows * MARGIN : 0;
    }
    const wn_sketch_shape shape = {.n_cols = s->n,
                                   .centre = moments->mean,
                                   .factor = factor,
                                   .squares = squares,
                                   .n_directions = n_directions,
                                   .n_rows = moments->n_rows,
                                   .wide = choice->wide};
    TRY(wn_sketch_new(sketch, &shape));
done:
    wn_free(squares);
    wn_free(factor);
    return status;
}

static double length_of(const double *weights, size_t n)
{
    double square = 0;
    for (size_t i = 0; i < n; i++)
        square += weights[i] * weights[i];
    return sqrt(square);
}

/* slopes of the checks first .. first + n - 1: correlation with the label less that with the fitted values. */
static void take_slopes(wn_lasso_screening *s, const wn_sketch *sketch, double *product, size_t first, size_t n)
{
    double n_rows = (double)s->statistics->moments->n_rows;
    wn_sketch_finish(sketch, product);
    for (size_t c = first; c < first + n; c++) {
        const double *label = s->product + c / WN_LASSO_CHECKED * s->n;
        double length = length_of(s->weights + c * s->most, s->m);
        for (size_t f = 0; f < s->n; f++)
            s->slopes[c * s->n + f] = label[f] - length * product[(c - first) * s->n + f] / n_rows;
    }
}

static wn_status check_some(wn_lasso_screening *s, const wn_lasso_reading *read, const wn_feature_choice *all,
                            size_t first, size_t n)
{
    wn_status status = WN_OK;
    wn_sketch *sketch = NULL;
    double *directions = NULL, *product = NULL;
    status = new_sketch(s, all, n, &sketch);
    if (status == WN_OK)
        status = wn_new(&directions, n * s->n);
    if (status == WN_OK)
        status = wn_new(&product, n * s->n);
    TRY(wn_ranks_agree(read->pass->ranks, status));
    for (size_t c = 0; c < n; c++) {
        const double *weights = s->weights + (first + c) * s->most;
        double length = length_of(weights, s->m);
        for (size_t i = 0; i < s->m && length > 0; i++)
            directions[c * s->n + s->screen[i]] = weights[i] / length;
    }
    wn_sketch_begin(sketch, directions);
    const wn_accumulator accumulator = wn_sketch_accumulator(sketch);
    TRY(wn_feature_pass_run(read->pass, read->rows, read->recipe, all, &accumulator, 1, read->cost));
    ++*read->n_passes;
    take_slopes(s, sketch, product, first, n);
done:
    wn_free(product);
    wn_free(directions);
    wn_sketch_free(sketch);
    return status;
}

wn_status wn_lasso_check_all(wn_lasso_screening *s, const wn_lasso_reading *read)
{
    wn_status status = WN_OK;
    size_t *features = NULL, n_checks = s->n_labels * WN_LASSO_CHECKED;
    wn_wide_columns wide = {0};
    status = wn_new(&features, s->n);
    for (size_t f = 0; f < s->n && status == WN_OK; f++)
        features[f] = f;
    if (status == WN_OK)
        status = wn_feature_pass_columns(read->recipe, features, s->n, &wide);
    TRY(wn_ranks_agree(read->pass->ranks, status));
    const wn_feature_choice all = {features, s->n, wide.n_parts > 0 ? &wide : NULL};
    for (size_t first = 0; first < n_checks; first += WN_LASSO_DIRECTIONS) {
        size_t left = n_checks - first, n = left < WN_LASSO_DIRECTIONS ? left : WN_LASSO_DIRECTIONS;
        TRY(check_some(s, read, &all, first, n));
    }
done:
    wn_wide_columns_clear(&wide);
    wn_free(features);
    return status;
}

/* Duality gap of check c over all features. */
static double gap_of(const wn_lasso_screening *s, size_t c)
{
    const double *weights = s->weights + c * s->most, *slopes = s->slopes + c * s->n;
    const double *label = s->product + c / WN_LASSO_CHECKED * s->n;
    wn_lasso_terms terms = {.square = 1};
    for (size_t i = 0; i < s->m; i++) {
        terms.explained += label[s->screen[i]] * weights[i];
        terms.turned += slopes[s->screen[i]] * weights[i];
        terms.size += fabs(weights[i]);
    }
    for (size_t f = 0; f < s->n; f++)
        terms.steepest = fmax(terms.steepest, fabs(slopes[f]));
    return wn_lasso_gap(&terms, s->alpha[c]);
}

void wn_lasso_judge(const wn_lasso_screening *s, double *urge, double *exact_to)
{
    static const double GAP = 1e-7 / 2; /* the label's square is 1 */
    *exact_to = 0;
    memset(urge, 0, s->n * sizeof *urge);
    for (size_t c = 0; c < s->n_labels * WN_LASSO_CHECKED; c++) {
        size_t first = c / WN_LASSO_CHECKED * WN_LASSO_CHECKED;
        bool holds = gap_of(s, c) <= GAP;
        if (holds && c - first + 1 == WN_LASSO_CHECKED)
            *exact_to = fmax(*exact_to, s->alpha[c] / s->before[first]);
        for (size_t f = 0; f < s->n && !holds; f++)
            if (!s->is_in[f])
                urge[f] = fmax(urge[f], fabs(s->slopes[c * s->n + f]) / s->alpha[c] - 1);
        if (!holds)
            *exact_to = fmax(*exact_to, s->before[c] / s->before[first]);
    }
}
