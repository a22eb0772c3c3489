/* From the statistics to the recipe: ledger, ranking, reduction. */
#include "job_profile.h"
#include "plan_features.h"
#include "stage_scores.h"

#include "winnow/lasso_screen.h"
#include "winnow/memory.h"

#include <string.h>

static json_t *rank_json(const wn_job *job, const wn_recipe *recipe, double correlated, const wn_ranking_counts *counts)
{
    return json_pack("{s:I, s:I, s:o, s:I, s:I}", "features", (json_int_t)recipe->n_features, "kept",
                     (json_int_t)recipe->n_selected, "correlated", correlated > 0 ? json_real(correlated) : json_null(),
                     "copies", (json_int_t)counts->n_copies, "folds", (json_int_t)job->rank.folds);
}

static wn_status make_screened(wn_run_state *state, const wn_statistics *statistics, double *score, json_t **told,
                               wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    wn_lasso_screen_report report = {0};
    wn_pass pass = wn_stage_pass(state, "lasso");
    TRY(wn_lasso_screen_run(&pass, state->rows, state->recipe, statistics, score, &report, &meter->passes,
                            &meter->cost));
    wn_log_info(
        "rank: lasso of %zu features that go with the label most, in %d rounds; it is that of all features down to "
        "%.3g of the first alpha",
        report.n_screened, report.n_rounds, report.exact_to);
    *told = json_pack("{s:I, s:i, s:f}", "screened", (json_int_t)report.n_screened, "rounds", report.n_rounds,
                      "exact_to", report.exact_to);
    TRY(wn_ranks_agree(state->ranks, wn_json_made(*told, "rank.lasso")));
done:
    return status;
}

/* Lasso's scores where products of all pairs have no room: by passes over the rows. */
static wn_status screen_lasso(wn_run_state *state, const wn_statistics *statistics, double **score, json_t **told)
{
    const wn_scores_stage stage = {"lasso", "lasso.bin", &state->lasso_key, make_screened};
    return wn_stage_scores(state, statistics, &stage, score, told);
}

/* What is told of the methods that read rows, where they did (else NULL). */
static wn_status tell_scores(json_t *rank, json_t *of_forest, json_t *of_lasso)
{
    wn_status status = wn_json_made(rank, "rank");
    if (status == WN_OK && of_forest != NULL && json_object_set(rank, "random_forest", of_forest) != 0)
        status = wn_json_made(NULL, "rank.random_forest");
    if (status == WN_OK && of_lasso != NULL && json_object_set(rank, "lasso", of_lasso) != 0)
        status = wn_json_made(NULL, "rank.lasso");
    return status;
}

static wn_status run_ranking(wn_run_state *state, const wn_statistics *statistics)
{
    wn_status status = WN_OK;
    const wn_job *job = state->job;
    wn_stage_meter meter;
    double *forest = NULL, *lasso = NULL;
    json_t *of_forest = NULL, *of_lasso = NULL;
    if (job->rank.use[WN_RANK_RANDOM_FOREST])
        TRY(wn_stage_forest(state, &forest, &of_forest));
    if (job->rank.use[WN_RANK_LASSO] && statistics->gram->product == NULL)
        TRY(screen_lasso(state, statistics, &lasso, &of_lasso));
    wn_stage_meter_begin(&meter, "rank");
    wn_ranking_counts counts = {0};
    double correlated = wn_job_correlated(job, wn_plan_features(job, state->catalog));
    wn_ranking_options options = {.forest = forest,
                                  .lasso = lasso,
                                  .consensus = job->rank.consensus,
                                  .correlated = correlated,
                                  .keep_count = job->rank.keep.count,
                                  .keep_share = job->rank.keep.share,
                                  .always = (const char *const *)job->rank.always.text,
                                  .n_always = job->rank.always.n,
                                  .never = (const char *const *)job->rank.never.text,
                                  .n_never = job->rank.never.n};
    memcpy(options.use, job->rank.use, sizeof options.use);
    TRY(wn_ranking_run(state->ranks, &options, statistics, state->recipe, &counts));
    wn_log_info("rank: %zu of %zu features stay; %zu are copies of better ones", state->recipe->n_selected,
                state->recipe->n_features, counts.n_copies);
    state->rank_json = rank_json(job, state->recipe, correlated, &counts);
    TRY(wn_ranks_agree(state->ranks, tell_scores(state->rank_json, of_forest, of_lasso)));
    TRY(wn_stage_meter_end(state->ranks, &meter, state->stages));
done:
    json_decref(of_lasso);
    json_decref(of_forest);
    wn_free(lasso);
    wn_free(forest);
    return status;
}

static json_t *ledger_json(const wn_ledger *ledger)
{
    return json_pack("{s:I, s:I, s:{s:I, s:I, s:I, s:I}, s:I, s:I, s:I, s:I}", "read", (json_int_t)ledger->read, "kept",
                     (json_int_t)ledger->kept, "dropped", "duplicate", (json_int_t)ledger->duplicate, "missing",
                     (json_int_t)ledger->missing, "outlier", (json_int_t)ledger->outlier, "no_label",
                     (json_int_t)ledger->no_label, "train", (json_int_t)ledger->train, "validation",
                     (json_int_t)ledger->validation, "test", (json_int_t)ledger->test, "leaked",
                     (json_int_t)ledger->leaked);
}

/* The ledger once all drops are known; a run needs rows to learn from. */
static wn_status close_ledger(wn_run_state *state)
{
    wn_status status = WN_OK;
    wn_ledger *ledger = &state->recipe->ledger;
    TRY(wn_rows_ledger(state->ranks, state->rows, ledger));
    ledger->leaked = state->leaked;
    state->rows_json = ledger_json(ledger);
    if (ledger->train == 0)
        return wn_fail(WN_BAD_DATA, "no training rows are left of %lld rows read", (long long)ledger->read);
done:
    return status;
}

/* Rank 0 writes recipe.h5; the stage is entered with what run.json says of it. */
static wn_status keep_result(wn_run_state *state, size_t first_entry, wn_hash statistics_hash)
{
    wn_status status = WN_OK;
    wn_hash recipe_hash;
    json_t *result = NULL;
    const char *path = wn_run_directory_path(state->directory, "recipe.h5");
    if (state->ranks->rank == 0)
        status = wn_job_profile_close(state->job, state->recipe);
    if (state->ranks->rank == 0 && status == WN_OK)
        status = wn_recipe_write(state->recipe, path);
    TRY(wn_ranks_agree(state->ranks, status));
    TRY(wn_ranks_agree(state->ranks, wn_recipe_hash(state->recipe, &recipe_hash)));
    int refused = json_object_set_new(state->fingerprints, "statistics", wn_json_hash(statistics_hash));
    refused |= json_object_set_new(state->fingerprints, "recipe", wn_json_hash(recipe_hash));
    TRY(wn_ranks_agree(state->ranks, wn_json_made(refused == 0 ? state->fingerprints : NULL, "fingerprints")));
    result = json_pack("{s:o, s:O, s:O*, s:O*, s:o, s:o}", "stages", wn_stage_entries(state->stages, first_entry),
                       "rows", state->rows_json, "rank", state->rank_json, "reduce", state->reduce_json, "statistics",
                       wn_json_hash(statistics_hash), "recipe", wn_json_hash(recipe_hash));
    const char *files[] = {"recipe.h5"};
    TRY(wn_run_directory_finish_stage(state->ranks, state->directory, "recipe", state->recipe_key, files, 1, result));
    /* The recipe has what they led to. */
    TRY(wn_run_directory_forget_stage(state->ranks, state->directory, "sweeps", NULL));
    TRY(wn_run_directory_forget_stage(state->ranks, state->directory, "products", NULL));
done:
    json_decref(result);
    return status;
}

static wn_status fit_recipe(wn_run_state *state)
{
    wn_status status = WN_OK;
    wn_statistics *statistics = NULL;
    const wn_job *job = state->job;
    size_t first_entry = json_array_size(state->stages);
    TRY(wn_stage_statistics(state, &statistics));
    TRY(close_ledger(state));
    if (job->has_rank)
        TRY(run_ranking(state, statistics));
    if (job->has_reduce && job->reduce.method != WN_REDUCE_NONE)
        TRY(wn_stage_reduce(state, statistics));
    TRY(keep_result(state, first_entry, statistics->hash));
done:
    wn_statistics_free(statistics);
    return status;
}

static wn_status reuse_recipe(wn_run_state *state, json_t *result)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_agree(state->ranks,
                       wn_recipe_read(&state->recipe, wn_run_directory_path(state->directory, "recipe.h5"))));
    TRY(wn_ranks_agree(state->ranks, wn_recipe_match(state->recipe, state->catalog)));
    TRY(wn_ranks_agree(state->ranks, wn_stage_reuse(state, "recipe", result)));
    state->leaked = state->recipe->ledger.leaked;
    state->rows_json = json_incref(json_object_get(result, "rows"));
    state->rank_json = json_incref(json_object_get(result, "rank"));
    state->reduce_json = json_incref(json_object_get(result, "reduce"));
    json_object_set(state->fingerprints, "statistics", json_object_get(result, "statistics"));
    json_object_set(state->fingerprints, "recipe", json_object_get(result, "recipe"));
done:
    return status;
}

wn_status wn_stage_recipe(wn_run_state *state)
{
    wn_status status = WN_OK;
    json_t *result = NULL;
    const char *why = "";
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, "recipe", state->recipe_key, &result, &why));
    if (result != NULL) {
        TRY(reuse_recipe(state, result));
    } else {
        wn_log_info("recipe: fitted (%s)", why);
        TRY(fit_recipe(state));
    }
    const wn_input_rules rules = wn_job_input_rules(state->job);
    TRY(wn_ranks_agree(state->ranks, wn_input_rules_copy(&state->recipe->input, &rules)));
done:
    json_decref(result);
    return status;
}
