/* From the profile to sums over cleaned rows: by a pass, or as an earlier start left them. */
#include "plan_model.h"
#include "run_state.h"

static const char STATISTICS[] = "statistics.h5";

wn_statistics_options wn_run_statistics_options(const wn_run_state *state)
{
    const wn_job *job = state->job;
    bool ranks_by_bins = job->has_rank && job->rank.use[WN_RANK_MUTUAL_INFORMATION];
    wn_products products = wn_job_products(job, wn_plan_features(job, state->catalog));
    return (wn_statistics_options){.gram = products != WN_PRODUCTS_NONE,
                                   .products = products == WN_PRODUCTS_OF_PAIRS ? WN_GRAM_PAIRS : WN_GRAM_WITH_LABEL,
                                   .is_single = job->reduce.is_single,
                                   .n_bins = ranks_by_bins ? (size_t)job->rank.bins : 0,
                                   .n_folds = job->has_rank ? (size_t)job->rank.folds : 0,
                                   .seed = (uint64_t)job->seed,
                                   .path = wn_run_directory_path(state->directory, STATISTICS),
                                   .raw = state->raw_moments};
}

static wn_status make_statistics(wn_run_state *state, wn_statistics **statistics)
{
    wn_status status = WN_OK;
    wn_pilot *pilot = NULL;
    wn_stage_meter meter;
    json_t *result = NULL;
    const char *files[] = {STATISTICS};
    TRY(wn_stage_profile(state, &pilot));
    wn_statistics_options options = wn_run_statistics_options(state);
    size_t first_entry = json_array_size(state->stages);
    wn_stage_meter_begin(&meter, "statistics");
    wn_pass pass = wn_stage_pass(state, "statistics");
    TRY(wn_statistics_run(&pass, state->rows, pilot, state->recipe, &options, statistics, &meter.passes, &meter.cost));
    TRY(wn_stage_meter_end(state->ranks, &meter, state->stages));
    result = json_pack("{s:o}", "stages", wn_stage_entries(state->stages, first_entry));
    TRY(wn_run_directory_finish_stage(state->ranks, state->directory, "statistics", state->statistics_key, files, 1,
                                      result));
done:
    json_decref(result);
    wn_pilot_free(pilot);
    return status;
}

/* No pilot: centres and bin edges lie beside the sums. */
static wn_status reuse_statistics(wn_run_state *state, json_t *result, wn_statistics **statistics)
{
    wn_status status = WN_OK;
    wn_statistics_options options = wn_run_statistics_options(state);
    TRY(wn_stage_profile(state, NULL));
    TRY(wn_ranks_agree(state->ranks, wn_stage_reuse(state, "statistics", result)));
    TRY(wn_statistics_read(state->ranks, state->rows, state->recipe, &options, statistics));
done:
    return status;
}

wn_status wn_stage_statistics(wn_run_state *state, wn_statistics **statistics)
{
    wn_status status = WN_OK;
    json_t *result = NULL;
    const char *why = "";
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, "statistics", state->statistics_key, &result,
                                    &why));
    if (result == NULL)
        wn_log_info("statistics: made (%s)", why);
    TRY(result != NULL ? reuse_statistics(state, result, statistics) : make_statistics(state, statistics));
done:
    json_decref(result);
    return status;
}
