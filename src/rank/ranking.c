#include "winnow/ranking.h"

#include "named.h"
#include "verdict.h"

#include "winnow/memory.h"

#include <math.h>

const char *wn_rank_method_name(wn_rank_method method)
{
    static const char *const names[] = {"variance", "anova", "mutual_information", "lasso", "random_forest"};
    return names[method];
}

bool wn_rank_needs_products(wn_rank_method method)
{
    return method == WN_RANK_ANOVA || method == WN_RANK_LASSO;
}

/* A method that has too few rows says so; whose rows these are is added. */
static wn_status reach_without(wn_verdict *verdict, const wn_ranking_options *options, const wn_statistics *statistics,
                               size_t fold, const wn_recipe *recipe)
{
    wn_status status = wn_verdict_init(verdict, options, recipe->n_features);
    if (status == WN_OK)
        status = wn_verdict_reach(verdict, options, statistics->without[fold], recipe);
    if (status != WN_BAD_DATA)
        return status;
    return wn_fail_prefix(status, "rank.folds: without part %zu of %zu of the rows", fold + 1, statistics->n_folds);
}

/* stability (n_features): the share of folds without which a feature is chosen, by the methods that follow from sums.
 */
static wn_status measure_stability(const wn_ranking_options *options, const wn_statistics *statistics,
                                   const wn_recipe *recipe, double *stability)
{
    wn_status status = WN_OK;
    wn_verdict verdict = {0};
    wn_ranking_options by_sums = *options;
    by_sums.use[WN_RANK_RANDOM_FOREST] = false;
    for (size_t fold = 0; fold < statistics->n_folds; fold++) {
        TRY(reach_without(&verdict, &by_sums, statistics, fold, recipe));
        for (size_t i = 0; i < verdict.n_selected; i++)
            stability[verdict.selected[i]]++;
        wn_verdict_clear(&verdict);
    }
    for (size_t f = 0; f < recipe->n_features; f++)
        stability[f] /= (double)statistics->n_folds;
done:
    wn_verdict_clear(&verdict);
    return status;
}

/* Variances and products come from sums of squares; copies are told by them too. */
static bool needs_squares(const wn_ranking_options *options)
{
    bool needs = options->correlated > 0;
    for (int method = 0; method < WN_RANK_METHODS; method++)
        needs |= options->use[method] && (method == WN_RANK_VARIANCE || wn_rank_needs_products((wn_rank_method)method));
    return needs;
}

/* An infinite sum would make a feature the best of all, or hide it. */
static wn_status check_squares(const wn_ranking_options *options, const wn_statistics *statistics,
                               const wn_recipe *recipe)
{
    const wn_moments_summary *moments = statistics->moments;
    for (size_t f = 0; f < recipe->n_features && needs_squares(options); f++)
        if (!isfinite(moments->deviation[f]) || (statistics->gram != NULL && !isfinite(statistics->gram->square[f])))
            return wn_fail(WN_BAD_DATA,
                           "rank: feature %s: its cells lie from %g to %g, and sums of their squares exceed a double; "
                           "normalize it by log, or leave it out (input.columns.exclude)",
                           recipe->feature_names[f], moments->min[f], moments->max[f]);
    return WN_OK;
}

/* On one rank. */
static wn_status decide(const wn_ranking_options *options, const wn_statistics *statistics, const wn_recipe *recipe,
                        wn_verdict *verdict, double *stability)
{
    wn_status status = WN_OK;
    TRY(wn_named_check(options, recipe));
    TRY(check_squares(options, statistics, recipe));
    TRY(wn_verdict_reach(verdict, options, statistics, recipe));
    if (statistics->n_folds > 0)
        TRY(measure_stability(options, statistics, recipe, stability));
done:
    return status;
}

static void count(const wn_verdict *verdict, size_t n_features, wn_ranking_counts *counts)
{
    *counts = (wn_ranking_counts){0};
    for (size_t f = 0; f < n_features; f++) {
        const wn_choice *choice = &verdict->choice[f];
        counts->n_always += choice->kind == WN_CHOICE_ALWAYS;
        counts->n_never += choice->kind == WN_CHOICE_NEVER;
        counts->n_copies += choice->kind == WN_CHOICE_COPY;
        counts->n_copies_kept += choice->kind == WN_CHOICE_COPY && choice->stays;
    }
}

static wn_status say_reasons(const wn_verdict *verdict, const wn_ranking_counts *counts, const wn_recipe *recipe,
                             char **reasons)
{
    wn_status status = WN_OK;
    size_t n_ranked_kept = verdict->n_selected - counts->n_always - counts->n_copies_kept;
    for (size_t f = 0; f < recipe->n_features; f++)
        TRY(wn_choice_reason(&verdict->choice[f], recipe, n_ranked_kept, &reasons[f]));
done:
    return status;
}

/* The recipe gets what was decided, and the reasons in words. stability NULL: there were no folds. */
static wn_status keep_verdict(const wn_verdict *verdict, const wn_ranking_counts *counts, const double *stability,
                              wn_recipe *recipe)
{
    wn_status status = WN_OK;
    char **reasons = NULL;
    TRY(wn_new(&reasons, recipe->n_features));
    TRY(say_reasons(verdict, counts, recipe, reasons));
    for (size_t i = 0; i < verdict->n_scores; i++)
        TRY(wn_recipe_add_score(recipe, wn_rank_method_name(verdict->methods[i]), verdict->scores[i]));
    TRY(wn_recipe_add_score(recipe, "consensus", verdict->consensus));
    if (stability != NULL)
        TRY(wn_recipe_add_score(recipe, "stability", stability));
    TRY(wn_recipe_select(recipe, verdict->selected, verdict->n_selected));
    wn_recipe_exchange_reasons(recipe, &reasons);
done:
    wn_recipe_reasons_free(reasons, recipe->n_features);
    return status;
}

/* Rank 0 decides and shares: the Lasso's paths are made by BLAS, which rounds as each rank's processor does. */
wn_status wn_ranking_run(const wn_ranks *ranks, const wn_ranking_options *options, const wn_statistics *statistics,
                         wn_recipe *recipe, wn_ranking_counts *counts)
{
    wn_status status = WN_OK;
    wn_verdict verdict = {0};
    double *stability = NULL;
    wn_ranking_counts found;
    size_t n = recipe->n_features;
    status = wn_verdict_init(&verdict, options, n);
    if (status == WN_OK && statistics->n_folds > 0)
        status = wn_new(&stability, n);
    if (status == WN_OK && ranks->rank == 0)
        status = decide(options, statistics, recipe, &verdict, stability);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_verdict_share(ranks, &verdict, n));
    if (stability != NULL)
        TRY(wn_ranks_broadcast(ranks, 0, stability, n * sizeof *stability));
    count(&verdict, n, &found);
    TRY(wn_ranks_agree(ranks, keep_verdict(&verdict, &found, stability, recipe)));
    if (counts != NULL)
        *counts = found;
done:
    wn_free(stability);
    wn_verdict_clear(&verdict);
    return status;
}
