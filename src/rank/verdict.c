#include "verdict.h"

#include "consensus.h"

#include "winnow/memory.h"

#include <string.h>

static wn_status run_method(wn_rank_method method, const wn_ranking_options *options, const wn_statistics *statistics,
                            const wn_recipe *recipe, double *score)
{
    switch (method) {
    case WN_RANK_VARIANCE:
        wn_rank_variance(statistics, recipe, score);
        return WN_OK;
    case WN_RANK_ANOVA:
        return wn_rank_anova(statistics, recipe, score);
    case WN_RANK_MUTUAL_INFORMATION:
        wn_rank_mutual_information(statistics, recipe, score);
        return WN_OK;
    case WN_RANK_LASSO:
        if (options->lasso != NULL) {
            memcpy(score, options->lasso, recipe->n_features * sizeof *score);
            return WN_OK;
        }
        return wn_rank_lasso(statistics, recipe, score);
    case WN_RANK_RANDOM_FOREST:
        memcpy(score, options->forest, recipe->n_features * sizeof *score);
        return WN_OK;
    case WN_RANK_METHODS:
        break;
    }
    return wn_fail(WN_INTERNAL, "no ranking method %d", (int)method);
}

static wn_status run_methods(wn_verdict *verdict, const wn_ranking_options *options, const wn_statistics *statistics,
                             const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    for (int method = 0; method < WN_RANK_METHODS; method++) {
        if (!options->use[method])
            continue;
        double **score = &verdict->scores[verdict->n_scores];
        TRY(wn_new(score, recipe->n_features));
        TRY(run_method((wn_rank_method)method, options, statistics, recipe, *score));
        verdict->methods[verdict->n_scores++] = (wn_rank_method)method;
    }
done:
    return status;
}

static wn_status choose(wn_verdict *verdict, const wn_ranking_options *options, const wn_statistics *statistics,
                        const wn_recipe *recipe, const size_t *order)
{
    wn_status status = WN_OK;
    wn_correlations correlations = {0};
    bool looks = options->correlated > 0;
    size_t n_line = 0;
    if (looks && statistics->gram == NULL)
        return wn_fail(WN_INTERNAL, "copies are looked for, and there are no products of columns");
    if (looks)
        TRY(wn_correlations_init(&correlations, statistics));
    TRY(wn_choice_make(options, recipe, order, looks ? &correlations : NULL, verdict->choice, verdict->selected,
                       &n_line));
    for (size_t i = 0; i < n_line; i++)
        if (verdict->choice[verdict->selected[i]].stays)
            verdict->selected[verdict->n_selected++] = verdict->selected[i];
    if (verdict->n_selected == 0)
        TRY(wn_fail(WN_BAD_DATA, "rank: none of the %zu features is left by rank.keep and rank.never",
                    recipe->n_features));
done:
    wn_correlations_clear(&correlations);
    return status;
}

wn_status wn_verdict_reach(wn_verdict *verdict, const wn_ranking_options *options, const wn_statistics *statistics,
                           const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    size_t n = recipe->n_features, *order = NULL;
    TRY(wn_new(&verdict->consensus, n));
    TRY(wn_new(&verdict->choice, n));
    TRY(wn_new(&verdict->selected, n));
    TRY(wn_new(&order, n));
    TRY(run_methods(verdict, options, statistics, recipe));
    TRY(wn_rank_consensus(options->consensus, wn_choice_keep(options, n), (const double *const *)verdict->scores,
                          verdict->n_scores, n, verdict->consensus, order));
    TRY(choose(verdict, options, statistics, recipe, order));
done:
    wn_free(order);
    return status;
}

void wn_verdict_clear(wn_verdict *verdict)
{
    for (size_t i = 0; i < WN_RANK_METHODS; i++)
        wn_free(verdict->scores[i]);
    wn_free(verdict->selected);
    wn_free(verdict->choice);
    wn_free(verdict->consensus);
    *verdict = (wn_verdict){0};
}
