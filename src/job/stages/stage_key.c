/* Keys of stages: equal keys mean equal results, so that a result on disk can serve again. */
#include "job_profile.h"
#include "run_state.h"

#include <cblas.h>
#include <string.h>

enum { STAGE_FORMAT = 3 }; /* raised when a stage's result changes its meaning */

wn_status wn_stage_key(const wn_run_state *state, wn_hash before, const char *const *sections, wn_hash *key)
{
    wn_status status = WN_OK;
    wn_hasher *hasher = NULL;
    int format = STAGE_FORMAT;
    TRY(wn_hasher_new(&hasher, 0));
    wn_hasher_add(hasher, &format, sizeof format);
    wn_hasher_add_text(hasher, WN_VERSION);
    wn_hasher_add_text(hasher, openblas_get_corename());
    wn_hasher_add(hasher, &before, sizeof before);
    wn_hasher_add(hasher, &state->job->seed, sizeof state->job->seed);
    for (const char *const *section = sections; *section != NULL; section++) {
        wn_hash hash;
        TRY(wn_job_section_hash(state->job, *section, &hash));
        wn_hasher_add(hasher, &hash, sizeof hash);
    }
    *key = wn_hasher_finish(hasher);
done:
    wn_hasher_free(hasher);
    return status;
}

/* What normalization asks of the pass itself: cells that are transformed before they are summed, quartiles. */
static wn_status hash_rules(const wn_run_state *state, wn_hasher *hasher)
{
    wn_status status = WN_OK;
    wn_recipe *rules = NULL;
    TRY(wn_recipe_new(&rules, state->catalog));
    TRY(wn_job_column_rules(state->job, rules));
    for (size_t i = 0; i < rules->n_columns; i++) {
        const wn_column_rule *rule = &rules->columns[i].rule;
        const int32_t asks[] = {(int32_t)rule->transform, rule->normalize == WN_NORMALIZE_ROBUST};
        wn_hasher_add(hasher, asks, sizeof asks);
    }
done:
    wn_recipe_free(rules);
    return status;
}

/* Where a profile is kept in sums that others can be added to, these are of transformed cells too. */
static wn_status profile_key(wn_run_state *state)
{
    static const char *const extract[] = {"extract", NULL};
    wn_status status = WN_OK;
    wn_recipe *rules = NULL;
    wn_hasher *hasher = NULL;
    bool transforms = false;
    TRY(wn_stage_key(state, state->rows_key, extract, &state->profile_key));
    if (!wn_job_profile_adds(state->job))
        return WN_OK;
    TRY(wn_recipe_new(&rules, state->catalog));
    TRY(wn_job_column_rules(state->job, rules));
    TRY(wn_hasher_new(&hasher, 0));
    wn_hasher_add(hasher, &state->profile_key, sizeof state->profile_key);
    for (size_t i = 0; i < rules->n_columns; i++) {
        const int32_t transform = (int32_t)rules->columns[i].rule.transform;
        wn_hasher_add(hasher, &transform, sizeof transform);
        transforms |= transform != WN_TRANSFORM_NONE;
    }
    if (transforms)
        state->profile_key = wn_hasher_finish(hasher);
done:
    wn_hasher_free(hasher);
    wn_recipe_free(rules);
    return status;
}

/* The prepared table follows from the recipe, and lies as the job wants it. */
static wn_status data_key(wn_run_state *state)
{
    wn_status status = WN_OK;
    wn_hasher *hasher = NULL;
    const wn_prepared_storage *storage = &state->job->output.storage;
    const int how[] = {(int)storage->compression, storage->level};
    TRY(wn_hasher_new(&hasher, 0));
    wn_hasher_add_text(hasher, "data");
    wn_hasher_add(hasher, &state->recipe_key, sizeof state->recipe_key);
    wn_hasher_add(hasher, how, sizeof how);
    state->data_key = wn_hasher_finish(hasher);
done:
    wn_hasher_free(hasher);
    return status;
}

/* What the sums are of, beside the cleaned rows: all else of normalization, ranking and reduction only follows from
 * them. */
static wn_status statistics_key(wn_run_state *state)
{
    wn_status status = WN_OK;
    static const char *const none[] = {NULL};
    wn_hasher *hasher = NULL;
    wn_statistics_options options = wn_run_statistics_options(state);
    const uint64_t wanted[] = {options.gram, (uint64_t)options.products, options.is_single, options.n_bins,
                               options.n_folds};
    wn_hash before;
    TRY(wn_stage_key(state, state->profile_key, none, &before));
    TRY(wn_hasher_new(&hasher, 0));
    wn_hasher_add(hasher, &before, sizeof before);
    wn_hasher_add(hasher, wanted, sizeof wanted);
    TRY(hash_rules(state, hasher));
    state->statistics_key = wn_hasher_finish(hasher);
done:
    wn_hasher_free(hasher);
    return status;
}

/* Scores of what reads normalized rows: they do not depend on what else ranks. */
static wn_status scores_keys(wn_run_state *state)
{
    static const char *const normalize[] = {"normalize", NULL};
    wn_status status = WN_OK;
    wn_hasher *hasher = NULL;
    const wn_job *job = state->job;
    const int64_t forest[] = {job->rank.forest.trees, job->rank.forest.depth, job->rank.forest.by_permutation};
    TRY(wn_stage_key(state, state->profile_key, normalize, &state->lasso_key));
    TRY(wn_hasher_new(&hasher, 0));
    wn_hasher_add(hasher, &state->lasso_key, sizeof state->lasso_key);
    wn_hasher_add(hasher, forest, sizeof forest);
    state->forest_key = wn_hasher_finish(hasher);
done:
    wn_hasher_free(hasher);
    return status;
}

/* A compression that works beside training is a result of both. */
static wn_status chain_keys(wn_run_state *state)
{
    wn_status status = WN_OK;
    static const char *const rows[] = {"input", "clean", NULL};
    static const char *const prepare[] = {"normalize", "rank", "reduce", NULL};
    static const char *const train[] = {"train", NULL}, *const both[] = {"train", "compress", NULL};
    static const char *const compress[] = {"compress", NULL}, *const none[] = {NULL};
    const wn_job *job = state->job;
    bool beside = job->has_compress && job->compress.while_training;
    wn_hash input;
    TRY(wn_catalog_hash(state->catalog, &input));
    TRY(wn_stage_key(state, input, rows, &state->rows_key));
    TRY(profile_key(state));
    TRY(statistics_key(state));
    TRY(scores_keys(state));
    TRY(wn_stage_key(state, state->profile_key, prepare, &state->recipe_key));
    TRY(data_key(state));
    TRY(wn_stage_key(state, state->recipe_key, beside ? both : train, &state->train_key));
    TRY(wn_stage_key(state, state->train_key, compress, &state->compress_key));
    TRY(wn_stage_key(state, job->has_compress ? state->compress_key : state->train_key, none, &state->evaluate_key));
done:
    return status;
}

static bool ranks_by(const wn_job *job, wn_rank_method method)
{
    return job->has_rank && job->rank.use[method];
}

wn_status wn_run_keys(wn_run_state *state)
{
    wn_status status = WN_OK;
    const wn_job *job = state->job;
    TRY(wn_ranks_agree(state->ranks, chain_keys(state)));
    const struct {
        const char *stage;
        const wn_hash *key;
    } wanted[] = {{"evaluate", job->has_train ? &state->evaluate_key : NULL},
                  {"compress", job->has_compress ? &state->compress_key : NULL},
                  {"train", job->has_train ? &state->train_key : NULL},
                  {"data", job->output.data ? &state->data_key : NULL},
                  {"recipe", &state->recipe_key},
                  {"sweeps", &state->recipe_key},
                  {"products", &state->recipe_key},
                  {"forest", ranks_by(job, WN_RANK_RANDOM_FOREST) ? &state->forest_key : NULL},
                  {"lasso", ranks_by(job, WN_RANK_LASSO) ? &state->lasso_key : NULL},
                  {"statistics", &state->statistics_key},
                  {"targets", &state->profile_key},
                  {"profile", &state->profile_key},
                  {"drops", &state->profile_key},
                  {"measured", &state->profile_key},
                  {"rows", &state->rows_key}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        TRY(wn_run_directory_forget_stage(state->ranks, state->directory, wanted[i].stage, wanted[i].key));
done:
    return status;
}
