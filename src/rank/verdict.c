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

wn_status wn_verdict_init(wn_verdict *verdict, const wn_ranking_options *options, size_t n_features)
{
    wn_status status = WN_OK;
    TRY(wn_new(&verdict->consensus, n_features));
    TRY(wn_new(&verdict->choice, n_features));
    TRY(wn_new(&verdict->selected, n_features));
    for (int method = 0; method < WN_RANK_METHODS; method++) {
        if (!options->use[method])
            continue;
        TRY(wn_new(&verdict->scores[verdict->n_scores], n_features));
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
    TRY(wn_new(&order, n));
    for (size_t i = 0; i < verdict->n_scores; i++)
        TRY(run_method(verdict->methods[i], options, statistics, recipe, verdict->scores[i]));
    TRY(wn_rank_consensus(options->consensus, wn_choice_keep(options, n), (const double *const *)verdict->scores,
                          verdict->n_scores, n, verdict->consensus, order));
    TRY(choose(verdict, options, statistics, recipe, order));
done:
    wn_free(order);
    return status;
}

wn_status wn_verdict_share(const wn_ranks *ranks, wn_verdict *verdict, size_t n_features)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < verdict->n_scores; i++)
        TRY(wn_ranks_broadcast(ranks, 0, verdict->scores[i], n_features * sizeof *verdict->scores[i]));
    TRY(wn_ranks_broadcast(ranks, 0, verdict->consensus, n_features * sizeof *verdict->consensus));
    TRY(wn_ranks_broadcast(ranks, 0, verdict->choice, n_features * sizeof *verdict->choice));
    TRY(wn_ranks_broadcast(ranks, 0, verdict->selected, n_features * sizeof *verdict->selected));
    TRY(wn_ranks_broadcast(ranks, 0, &verdict->n_selected, sizeof verdict->n_selected));
done:
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
