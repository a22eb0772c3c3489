#include "winnow/lasso_screen.h"

#include "lasso_labels.h"
#include "lasso_screening.h"

#include "winnow/memory.h"
#include "winnow/sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static wn_status open_screening(wn_lasso_screening *s, const wn_statistics *statistics, size_t n)
{
    wn_status status = WN_OK;
    const wn_gram_sums *gram = statistics->gram;
    *s = (wn_lasso_screening){.statistics = statistics, .n = n, .most = n < WN_LASSO_SCREEN ? n : WN_LASSO_SCREEN};
    TRY(wn_lasso_check_labels(gram));
    TRY(wn_correlations_init(&s->all, statistics));
    TRY(wn_new(&s->labels, gram->n_label_cols));
    s->n_labels = wn_lasso_label_columns(gram, s->labels);
    size_t n_checks = s->n_labels * WN_LASSO_CHECKED;
    TRY(wn_new(&s->deviation, s->n_labels));
    TRY(wn_new(&s->product, s->n_labels * n));
    TRY(wn_new(&s->screen, s->most));
    TRY(wn_new(&s->is_in, n));
    TRY(wn_new(&s->entry, s->most));
    TRY(wn_new(&s->weights, n_checks * s->most));
    TRY(wn_new(&s->alpha, n_checks));
    TRY(wn_new(&s->before, n_checks));
    TRY(wn_new(&s->slopes, n_checks * n));
    for (size_t l = 0; l < s->n_labels; l++) {
        long double sum, square;
        wn_lasso_label_sums(gram, s->labels[l], &sum, &square);
        s->deviation[l] = wn_lasso_label_deviation(gram, s->labels[l]);
        for (size_t f = 0; f < n; f++)
            s->product[l * n + f] = wn_correlation_with_label(&s->all, f, s->labels[l], sum, s->deviation[l]);
    }
done:
    return status;
}

static void close_screening(wn_lasso_screening *s)
{
    wn_free(s->slopes);
    wn_free(s->before);
    wn_free(s->alpha);
    wn_free(s->weights);
    wn_free(s->entry);
    wn_free(s->is_in);
    wn_free(s->screen);
    wn_free(s->product);
    wn_free(s->deviation);
    wn_free(s->labels);
    wn_correlations_clear(&s->all);
}

typedef struct {
    double urge;
    size_t feature;
} candidate;

static int most_urgent(const void *a, const void *b)
{
    const candidate *left = a, *right = b;
    if (left->urge != right->urge)
        return left->urge > right->urge ? -1 : 1;
    return left->feature < right->feature ? -1 : left->feature > right->feature;
}

/* Lets in the features of the largest urge above `least`, until there are `room` in the screen. Returns how many came.
 */
static wn_status let_in(wn_lasso_screening *s, const double *urge, double least, size_t room, size_t *n_come)
{
    wn_status status = WN_OK;
    candidate *candidates = NULL;
    size_t n = 0;
    TRY(wn_new(&candidates, s->n));
    for (size_t f = 0; f < s->n; f++)
        if (!s->is_in[f] && urge[f] > least)
            candidates[n++] = (candidate){urge[f], f};
    qsort(candidates, n, sizeof *candidates, most_urgent);
    *n_come = 0;
    for (size_t i = 0; i < n && s->m < room; i++, ++*n_come) {
        s->is_in[candidates[i].feature] = 1;
        s->screen[s->m++] = candidates[i].feature;
    }
done:
    wn_free(candidates);
    return status;
}

/* Those that go with a label most, as a share of the one that goes most with it. */
static wn_status begin_screen(wn_lasso_screening *s, size_t *n_come)
{
    wn_status status = WN_OK;
    double *urge = NULL;
    TRY(wn_new(&urge, s->n));
    for (size_t l = 0; l < s->n_labels; l++) {
        double most = 0;
        for (size_t f = 0; f < s->n; f++)
            most = fmax(most, fabs(s->product[l * s->n + f]));
        for (size_t f = 0; f < s->n && most > 0; f++)
            urge[f] = fmax(urge[f], fabs(s->product[l * s->n + f]) / most);
    }
    TRY(let_in(s, urge, 0, (s->most + 1) / 2, n_come));
    if (*n_come == 0)
        status = wn_fail(WN_BAD_DATA, "rank.methods: lasso: no feature goes with the label");
done:
    wn_free(urge);
    return status;
}

static wn_status take_path(void *context, size_t k, const wn_lasso_path *path)
{
    wn_lasso_screening *s = context;
    size_t first = s->n_taken++ * WN_LASSO_CHECKED, every = path->n_alphas / WN_LASSO_CHECKED;
    (void)k;
    for (size_t i = 0; i < s->m; i++)
        s->entry[i] = fmax(s->entry[i], path->entry[i]);
    for (size_t c = 0; c < WN_LASSO_CHECKED; c++) {
        size_t step = (c + 1) * every - 1;
        s->alpha[first + c] = path->alpha[step];
        s->before[first + c] = c > 0 ? s->alpha[first + c - 1] : path->alpha[0];
        memcpy(s->weights + (first + c) * s->most, path->weight + step * path->n, s->m * sizeof *s->weights);
    }
    return WN_OK;
}

/* Paths of the features in the screen, by their products. */
static wn_status fit_paths(wn_lasso_screening *s, const wn_gram_sums *gram)
{
    wn_status status = WN_OK;
    double *ends = NULL;
    TRY(wn_new(&ends, 2 * s->m));
    for (size_t i = 0; i < s->m; i++) {
        ends[i] = s->statistics->moments->min[s->screen[i]];
        ends[s->m + i] = s->statistics->moments->max[s->screen[i]];
    }
    wn_moments_summary moments = {.n_cols = s->m, .min = ends, .max = ends + s->m};
    wn_statistics statistics = {.moments = &moments, .gram = (wn_gram_sums *)(uintptr_t)gram};
    s->n_taken = 0;
    memset(s->entry, 0, s->most * sizeof *s->entry);
    TRY(wn_lasso_each_label(&statistics, s->m, (wn_lasso_taker){take_path, s}));
done:
    wn_free(ends);
    return status;
}

/* Collective. Rank 0's screen on every rank, and how many came into it last. */
static wn_status share_screen(const wn_ranks *ranks, wn_lasso_screening *s, size_t *n_come)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_broadcast(ranks, 0, n_come, sizeof *n_come));
    TRY(wn_ranks_broadcast(ranks, 0, &s->m, sizeof s->m));
    TRY(wn_ranks_broadcast(ranks, 0, s->screen, s->most * sizeof *s->screen));
    TRY(wn_ranks_broadcast(ranks, 0, s->is_in, s->n * sizeof *s->is_in));
done:
    return status;
}

/* Collective. What take_path took on rank 0, on every rank. */
static wn_status share_paths(const wn_ranks *ranks, wn_lasso_screening *s)
{
    wn_status status = WN_OK;
    size_t n_checks = s->n_labels * WN_LASSO_CHECKED;
    TRY(wn_ranks_broadcast(ranks, 0, s->entry, s->most * sizeof *s->entry));
    TRY(wn_ranks_broadcast(ranks, 0, s->weights, n_checks * s->most * sizeof *s->weights));
    TRY(wn_ranks_broadcast(ranks, 0, s->alpha, n_checks * sizeof *s->alpha));
    TRY(wn_ranks_broadcast(ranks, 0, s->before, n_checks * sizeof *s->before));
done:
    return status;
}

/* Of a feature outside: its correlation with the last residual; where it broke its condition, as if it entered there.
 */
static double entry_outside(const wn_lasso_screening *s, size_t f)
{
    double best = 0;
    for (size_t l = 0; l < s->n_labels; l++) {
        double entry = 0;
        for (size_t i = 0; i < WN_LASSO_CHECKED && entry == 0; i++) {
            size_t c = l * WN_LASSO_CHECKED + i;
            double slope = fabs(s->slopes[c * s->n + f]);
            if (slope > s->alpha[c] || i + 1 == WN_LASSO_CHECKED)
                entry = fmin(slope, s->before[c]);
        }
        best = fmax(best, entry);
    }
    return s->all.deviation[f] > 0 ? best : 0;
}

static void fill_score(const wn_lasso_screening *s, double *score)
{
    for (size_t f = 0; f < s->n; f++)
        score[f] = s->is_in[f] ? 0 : entry_outside(s, f);
    for (size_t i = 0; i < s->m; i++)
        score[s->screen[i]] = s->entry[i];
}

static wn_status run_round(wn_lasso_screening *s, const wn_lasso_reading *read)
{
    wn_status status = WN_OK;
    wn_gram_sums *gram = NULL;
    const wn_chosen_options options = {.features = s->screen, .n = s->m};
    TRY(wn_chosen_products_run(read->pass, read->rows, read->recipe, s->statistics, &options, &gram, read->cost));
    ++*read->n_passes;
    const wn_ranks *ranks = read->pass->ranks;
    TRY(wn_ranks_agree(ranks, ranks->rank == 0 ? fit_paths(s, gram) : WN_OK));
    TRY(share_paths(ranks, s));
    TRY(wn_lasso_check_all(s, read));
done:
    wn_gram_sums_free(gram);
    return status;
}

/* Collective. Rank 0 judges the round and lets in who is to take part in the next: *n_come, 0 where there is none. */
static wn_status judge_round(const wn_ranks *ranks, wn_lasso_screening *s, double *urge, wn_lasso_screen_report *report,
                             size_t *n_come)
{
    wn_status status = WN_OK;
    *n_come = 0;
    if (ranks->rank == 0) {
        wn_lasso_judge(s, urge, &report->exact_to);
        if (report->n_rounds < WN_LASSO_ROUNDS)
            status = let_in(s, urge, 0, s->most, n_come);
    }
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_broadcast(ranks, 0, report, sizeof *report));
    TRY(share_screen(ranks, s, n_come));
done:
    return status;
}

/* Paths are made by BLAS, which rounds as each rank's processor does, and the number of passes follows from them: so
 * rank 0 decides, and shares. */
wn_status wn_lasso_screen_run(const wn_pass *pass, wn_rows *rows, const wn_recipe *recipe,
                              const wn_statistics *statistics, double *score, wn_lasso_screen_report *report,
                              int *n_passes, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_lasso_screening s = {0};
    const wn_lasso_reading read = {pass, rows, recipe, n_passes, cost};
    double *urge = NULL;
    size_t n_come = 0;
    *report = (wn_lasso_screen_report){0};
    status = open_screening(&s, statistics, recipe->n_features);
    if (status == WN_OK)
        status = wn_new(&urge, s.n);
    if (status == WN_OK && pass->ranks->rank == 0)
        status = begin_screen(&s, &n_come);
    TRY(wn_ranks_agree(pass->ranks, status));
    TRY(share_screen(pass->ranks, &s, &n_come));
    while (n_come > 0) {
        TRY(run_round(&s, &read));
        report->n_rounds++;
        report->n_screened = s.m;
        TRY(judge_round(pass->ranks, &s, urge, report, &n_come));
    }
    fill_score(&s, score);
    TRY(wn_ranks_broadcast(pass->ranks, 0, score, s.n * sizeof *score));
done:
    wn_free(urge);
    close_screening(&s);
    return status;
}

size_t wn_lasso_screen_bytes(size_t n_features, size_t n_label_columns, size_t block_rows)
{
    size_t checks = n_label_columns * WN_LASSO_CHECKED, m = WN_LASSO_SCREEN;
    size_t n = checks < WN_LASSO_DIRECTIONS ? checks : WN_LASSO_DIRECTIONS, width = m + 1 + n_label_columns;
    size_t screen = (n_label_columns * n_features + checks * (m + n_features) + 8 * n_features) * sizeof(double);
    size_t paths = (4 * width * width + 3 * m * m + 100 * m + block_rows * width) * sizeof(double);
    size_t sweep = wn_sketch_bytes(n_features, n_features, n, block_rows, false) + 2 * n * n_features * sizeof(double);
    const wn_feature_pass_size pass = {n_features, n_features, n_features, 0, block_rows};
    return screen + (paths > sweep ? paths : sweep) + wn_feature_pass_bytes(&pass);
}
