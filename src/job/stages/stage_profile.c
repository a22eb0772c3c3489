/* From rows to what the columns' raw cells say, and bounds and fills from it: the profile, in one step or two; and
 * codes of categories that are made of labels, in one more. */
#include "job_profile.h"
#include "run_state.h"

#include "winnow/profile.h"
#include "winnow/profile_sums.h"

static const char MEASURED[] = "measured.h5", PROFILE[] = "profile.h5", MOMENTS[] = "moments.h5",
                  TARGETS[] = "targets.h5";

static wn_status new_recipe(wn_run_state *state)
{
    wn_status status = WN_OK;
    const wn_job *job = state->job;
    wn_recipe *recipe = NULL;
    wn_pass pass = wn_stage_pass(state, "labels");
    TRY(wn_ranks_agree(state->ranks, wn_recipe_new(&recipe, state->catalog)));
    if (job->input.label != NULL)
        TRY(wn_labels_find(&pass, state->rows, job->input.task, state->words.n > 0 ? &state->words : NULL,
                           &recipe->labels));
    TRY(wn_ranks_agree(state->ranks, wn_job_column_rules(job, recipe)));
    TRY(wn_ranks_agree(state->ranks, wn_job_profile_sums(job, state->catalog, recipe)));
    state->recipe = recipe;
    recipe = NULL;
done:
    wn_recipe_free(recipe);
    return status;
}

/* Normalization is not part of what was profiled: the job's is taken. */
static wn_status read_recipe(wn_run_state *state, const char *file)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_agree(state->ranks, wn_recipe_read(&state->recipe, wn_run_directory_path(state->directory, file))));
    TRY(wn_ranks_agree(state->ranks,
                       wn_profile_sums_read(state->recipe, wn_run_directory_path(state->directory, file))));
    TRY(wn_ranks_agree(state->ranks, wn_recipe_match(state->recipe, state->catalog)));
    TRY(wn_ranks_agree(state->ranks, wn_job_column_rules(state->job, state->recipe)));
done:
    return status;
}

static wn_status read_pilot(wn_run_state *state, wn_pilot **pilot, wn_stage_meter *meter)
{
    wn_block_step train_only = wn_rows_step(state->rows, WN_ROW_TRAIN);
    wn_pass pass = wn_stage_pass(state, "pilot");
    return wn_pilot_read(&pass, &train_only, 1, state->catalog->n_blocks, (uint64_t)state->job->seed, pilot,
                         &meter->cost);
}

/* The state's recipe into a file, and its moments if there are any, entered with what run.json says of the stage so
 * far. */
static wn_status keep_recipe(wn_run_state *state, const char *stage, const char *file, size_t first_entry)
{
    wn_status status = WN_OK;
    json_t *result = NULL;
    const char *files[] = {file, MOMENTS};
    bool has_moments = state->raw_moments != NULL;
    if (state->ranks->rank == 0)
        status = wn_recipe_write(state->recipe, wn_run_directory_path(state->directory, file));
    if (state->ranks->rank == 0 && status == WN_OK && has_moments)
        status = wn_profile_moments_write(wn_run_directory_path(state->directory, MOMENTS), state->raw_moments);
    TRY(wn_ranks_agree(state->ranks, status));
    result = json_pack("{s:o, s:b}", "stages", wn_stage_entries(state->stages, first_entry), "moments", has_moments);
    TRY(wn_run_directory_finish_stage(state->ranks, state->directory, stage, state->profile_key, files, 1 + has_moments,
                                      result));
done:
    json_decref(result);
    return status;
}

/* What the raw cells say; kept by itself where a pass over cleaned cells is to follow. */
static wn_status measure(wn_run_state *state, wn_pilot **pilot, bool *needs_cleaned)
{
    wn_status status = WN_OK;
    wn_stage_meter meter;
    size_t first_entry = json_array_size(state->stages);
    TRY(new_recipe(state));
    wn_stage_meter_begin(&meter, "profile");
    TRY(read_pilot(state, pilot, &meter));
    wn_pass pass = wn_stage_pass(state, "profile");
    TRY(wn_profile_measure(&pass, state->rows, *pilot, state->recipe, needs_cleaned, &state->raw_moments, &meter.passes,
                           &meter.cost));
    TRY(wn_stage_meter_end(state->ranks, &meter, state->stages));
    if (*needs_cleaned)
        TRY(keep_recipe(state, "measured", MEASURED, first_entry));
done:
    return status;
}

/* The first step of an attempt that was stopped in the second. The pilot is small and read again. */
static wn_status reuse_measured(wn_run_state *state, json_t *result, wn_pilot **pilot)
{
    wn_status status = WN_OK;
    wn_stage_meter meter;
    TRY(wn_ranks_agree(state->ranks, wn_stage_reuse(state, "profile, raw cells", result)));
    TRY(read_recipe(state, MEASURED));
    wn_stage_meter_begin(&meter, "pilot");
    TRY(read_pilot(state, pilot, &meter));
    TRY(wn_stage_meter_end(state->ranks, &meter, state->stages));
done:
    return status;
}

static wn_status fit_cleaned(wn_run_state *state, const wn_pilot *pilot)
{
    wn_status status = WN_OK;
    wn_stage_meter meter;
    wn_stage_meter_begin(&meter, "profile");
    wn_pass pass = wn_stage_pass(state, "profile");
    TRY(wn_profile_cleaned(&pass, state->rows, pilot, state->recipe, &meter.passes, &meter.cost));
    TRY(wn_stage_meter_end(state->ranks, &meter, state->stages));
done:
    return status;
}

static wn_status fit_profile(wn_run_state *state, wn_pilot **pilot)
{
    wn_status status = WN_OK;
    json_t *measured = NULL;
    const char *why = "";
    bool needs_cleaned = true;
    TRY(wn_run_rows(state));
    size_t first_entry = json_array_size(state->stages);
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, "measured", state->profile_key, &measured, &why));
    TRY(measured != NULL ? reuse_measured(state, measured, pilot) : measure(state, pilot, &needs_cleaned));
    if (needs_cleaned)
        TRY(fit_cleaned(state, *pilot));
    TRY(wn_run_keep_drops(state));
    TRY(keep_recipe(state, "profile", PROFILE, first_entry));
done:
    json_decref(measured);
    return status;
}

/* The pilot as the profile saw it: before rows drop; none where statistics follow without it. */
static wn_status reuse_profile(wn_run_state *state, json_t *result, wn_pilot **pilot)
{
    wn_status status = WN_OK;
    wn_stage_meter meter;
    TRY(wn_run_rows(state));
    TRY(wn_ranks_agree(state->ranks, wn_stage_reuse(state, "profile", result)));
    TRY(read_recipe(state, PROFILE));
    if (json_is_true(json_object_get(result, "moments")))
        TRY(wn_profile_moments_read(state->ranks, wn_run_directory_path(state->directory, MOMENTS),
                                    state->recipe->n_cells, &state->raw_moments));
    wn_statistics_options options = wn_run_statistics_options(state);
    bool needs_pilot = pilot != NULL && !wn_statistics_follow(state->recipe, &options);
    wn_stage_meter_begin(&meter, needs_pilot ? "pilot" : "rows");
    if (needs_pilot)
        TRY(read_pilot(state, pilot, &meter));
    TRY(wn_run_drop_rows(state, &meter));
    TRY(wn_stage_meter_end(state->ranks, &meter, state->stages));
done:
    return status;
}

static wn_status fit_targets(wn_run_state *state)
{
    wn_status status = WN_OK;
    wn_stage_meter meter;
    size_t first_entry = json_array_size(state->stages);
    wn_stage_meter_begin(&meter, "targets");
    wn_pass pass = wn_stage_pass(state, "targets");
    TRY(wn_profile_targets(&pass, state->rows, state->recipe, &meter.passes, &meter.cost));
    TRY(wn_stage_meter_end(state->ranks, &meter, state->stages));
    TRY(keep_recipe(state, "targets", TARGETS, first_entry));
done:
    return status;
}

/* The recipe of the profile, whose codes are known now. */
static wn_status reuse_targets(wn_run_state *state, json_t *result)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_agree(state->ranks, wn_stage_reuse(state, "targets", result)));
    wn_recipe_free(state->recipe);
    state->recipe = NULL;
    TRY(read_recipe(state, TARGETS));
done:
    return status;
}

static wn_status find_targets(wn_run_state *state)
{
    wn_status status = WN_OK;
    json_t *result = NULL;
    const char *why = "";
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, "targets", state->profile_key, &result, &why));
    if (result == NULL)
        wn_log_info("targets: fitted (%s)", why);
    TRY(result != NULL ? reuse_targets(state, result) : fit_targets(state));
done:
    json_decref(result);
    return status;
}

wn_status wn_stage_profile(wn_run_state *state, wn_pilot **pilot)
{
    wn_status status = WN_OK;
    json_t *result = NULL;
    wn_pilot *unwanted = NULL;
    const char *why = "";
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, "profile", state->profile_key, &result, &why));
    if (result != NULL) {
        TRY(reuse_profile(state, result, pilot));
    } else {
        wn_log_info("profile: fitted (%s)", why);
        TRY(fit_profile(state, pilot != NULL ? pilot : &unwanted));
    }
    if (wn_profile_needs_targets(state->recipe))
        TRY(find_targets(state));
done:
    wn_pilot_free(unwanted);
    json_decref(result);
    return status;
}
