#include "winnow/ranking.h"

#include "consensus.h"
#include "winnow/memory.h"

#include <fnmatch.h>
#include <math.h>
#include <string.h>

const char *wn_rank_method_name(wn_rank_method method)
{
    static const char *const names[] = {"variance", "anova", "mutual_information", "lasso", "random_forest"};
    return names[method];
}

bool wn_rank_needs_products(wn_rank_method method)
{
    return method == WN_RANK_ANOVA || method == WN_RANK_LASSO;
}

static bool matches(const char *name, const char *const *globs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fnmatch(globs[i], name, 0) == 0)
            return true;
    return false;
}

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
        return wn_rank_lasso(statistics, recipe, score);
    case WN_RANK_RANDOM_FOREST:
        memcpy(score, options->forest, recipe->n_features * sizeof *score);
        return WN_OK;
    case WN_RANK_METHODS:
        break;
    }
    return wn_fail(WN_INTERNAL, "no ranking method %d", (int)method);
}

static size_t n_to_keep(const wn_ranking_options *options, size_t n_features)
{
    if (options->keep_count > 0)
        return options->keep_count;
    size_t n = (size_t)lround(options->keep_share * (double)n_features);
    return n > 0 ? n : 1;
}

/* Which features stay: first those of `always`, then the best of the rest until `keep` are there. stays (n_features).
 */
static void choose(const wn_ranking_options *options, const wn_recipe *recipe, const size_t *order,
                   unsigned char *stays)
{
    size_t n = 0, keep = n_to_keep(options, recipe->n_features);
    for (size_t f = 0; f < recipe->n_features; f++) {
        const char *name = recipe->feature_names[f];
        stays[f] =
            matches(name, options->always, options->n_always) && !matches(name, options->never, options->n_never);
        n += stays[f];
    }
    for (size_t i = 0; i < recipe->n_features && n < keep; i++) {
        size_t f = order[i];
        if (stays[f] || matches(recipe->feature_names[f], options->never, options->n_never))
            continue;
        stays[f] = 1;
        n++;
    }
}

/* The features that stay, best first: selected (n_features), *n_selected of it. */
static wn_status select_features(const wn_ranking_options *options, const size_t *order, const wn_recipe *recipe,
                                 size_t *selected, size_t *n_selected)
{
    wn_status status = WN_OK;
    unsigned char *stays = NULL;
    size_t n = 0;
    TRY(wn_new(&stays, recipe->n_features));
    choose(options, recipe, order, stays);
    for (size_t i = 0; i < recipe->n_features; i++)
        if (stays[order[i]])
            selected[n++] = order[i];
    if (n == 0)
        TRY(wn_fail(WN_BAD_DATA, "rank: none of the %zu features is left by rank.keep and rank.never",
                    recipe->n_features));
    *n_selected = n;
done:
    wn_free(stays);
    return status;
}

/* What one run makes before the recipe gets it. */
typedef struct {
    double *scores[WN_RANK_METHODS], *consensus;
    wn_rank_method methods[WN_RANK_METHODS];
    size_t n_scores, *order, *selected, n_selected;
} verdict;

static void clear_verdict(verdict *v)
{
    for (size_t i = 0; i < WN_RANK_METHODS; i++)
        wn_free(v->scores[i]);
    wn_free(v->selected);
    wn_free(v->order);
    wn_free(v->consensus);
}

static wn_status reach_verdict(const wn_ranking_options *options, const wn_statistics *statistics,
                               const wn_recipe *recipe, verdict *v)
{
    wn_status status = WN_OK;
    size_t n = recipe->n_features;
    TRY(wn_new(&v->consensus, n));
    TRY(wn_new(&v->order, n));
    TRY(wn_new(&v->selected, n));
    for (int method = 0; method < WN_RANK_METHODS; method++) {
        if (!options->use[method])
            continue;
        double **score = &v->scores[v->n_scores];
        TRY(wn_new(score, n));
        TRY(run_method((wn_rank_method)method, options, statistics, recipe, *score));
        v->methods[v->n_scores++] = (wn_rank_method)method;
    }
    TRY(wn_rank_consensus((const double *const *)v->scores, v->n_scores, n, v->consensus, v->order));
    TRY(select_features(options, v->order, recipe, v->selected, &v->n_selected));
done:
    return status;
}

wn_status wn_ranking_run(const wn_ranking_options *options, const wn_statistics *statistics, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    verdict v = {0};
    TRY(reach_verdict(options, statistics, recipe, &v));
    for (size_t i = 0; i < v.n_scores; i++)
        TRY(wn_recipe_add_score(recipe, wn_rank_method_name(v.methods[i]), v.scores[i]));
    TRY(wn_recipe_add_score(recipe, "consensus", v.consensus));
    TRY(wn_recipe_select(recipe, v.selected, v.n_selected));
done:
    clear_verdict(&v);
    return status;
}
