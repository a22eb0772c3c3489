/* Compression: fine-tuning with masks, quantization, coding; the smallest artefact within the tolerance. */
#include "run_state.h"

#include "winnow/memory.h"

wn_compress_options wn_run_compress_options(const wn_run_state *state)
{
    const wn_job *job = state->job;
    bool classifies = state->recipe->labels.task == WN_TASK_CLASSIFICATION;
    wn_metric metric = job->compress.metric;
    if (job->compress.metric_by_task)
        metric = classifies ? WN_METRIC_ACCURACY : WN_METRIC_R2;
    return (wn_compress_options){.metric = metric,
                                 .tolerance = job->compress.tolerance,
                                 .lambda = job->compress.lambda,
                                 .while_training = job->compress.while_training,
                                 .is_auto = job->compress.is_auto,
                                 .sparsity = job->compress.sparsity,
                                 .int8 = job->compress.is_auto || job->compress.int8,
                                 .n_trials = (size_t)job->compress.trials,
                                 .time_budget = job->compress.time_budget,
                                 .n_epochs = job->compress.epochs,
                                 .optimizer = job->train.optimizer,
                                 .seed = (uint64_t)job->seed,
                                 .protect = (const char *const *)job->compress.protect.text,
                                 .n_protect = job->compress.protect.n};
}

wn_status wn_run_judge(wn_run_state *state, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    if (state->judge != NULL)
        return WN_OK;
    wn_row_status which = state->recipe->ledger.validation > 0 ? WN_ROW_VALIDATION : WN_ROW_TRAIN;
    wn_pass pass = wn_stage_pass(state, "prepare");
    TRY(wn_dataset_of_status(&state->judge, &pass, state->rows, state->recipe, WN_INPUTS_FEATURES, which,
                             &meter->cost));
    meter->passes++;
done:
    return status;
}

wn_status wn_run_open_background(wn_run_state *state, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    TRY(wn_run_judge(state, meter));
    state->compress_options = wn_run_compress_options(state);
    int64_t n_dense_steps = state->job->train.epochs * state->lanes.n_steps;
    TRY(wn_dataset_sample(&state->sample, state->ranks, state->judge, WN_SAMPLE_ROWS, (uint64_t)state->job->seed));
    TRY(wn_background_open(&state->background, state->ranks, &state->compress_options, state->recipe,
                           &state->recipe->labels, state->sample, state->network, n_dense_steps));
done:
    return status;
}

wn_status wn_stage_compress_check(const wn_run_state *state)
{
    bool classifies = state->recipe->labels.task == WN_TASK_CLASSIFICATION;
    wn_compress_options options = wn_run_compress_options(state);
    if ((options.metric == WN_METRIC_R2) == classifies)
        return wn_fail(WN_BAD_JOB, "compress.metric: the task is %s; allowed: %s",
                       classifies ? "classification" : "regression", classifies ? "accuracy, recall, f1" : "r2");
    if (options.is_auto && state->recipe->ledger.validation == 0)
        return wn_fail(WN_BAD_JOB, "compress.plan: auto is judged on validation rows and there are none; allowed: "
                                   "input.split.validation above 0, or a list of steps");
    return WN_OK;
}

static json_t *trials_json(const wn_compress_report *report)
{
    json_t *array = json_array();
    for (size_t i = 0; i < report->n_trials; i++) {
        const wn_compress_trial *trial = &report->trials[i];
        json_array_append_new(array,
                              json_pack("{s:s, s:I, s:o, s:o, s:f}", "plan", trial->plan, "bytes",
                                        (json_int_t)trial->n_bytes, "metric", wn_json_number(trial->metric),
                                        "objective", wn_json_number(trial->objective), "seconds", trial->seconds));
    }
    return array;
}

static json_t *background_json(const wn_compress_report *report)
{
    json_t *steps = json_array();
    for (int64_t i = 0; i < report->n_decisions; i++)
        json_array_append_new(steps, json_integer(report->applied_at_step[i]));
    json_t *decision =
        report->mask_decision == SIZE_MAX ? json_null() : json_integer((json_int_t)report->mask_decision);
    return json_pack("{s:I, s:I, s:o, s:f, s:f, s:o}", "snapshots", (json_int_t)report->n_snapshots, "decisions",
                     (json_int_t)report->n_decisions, "applied_at_step", steps, "seconds", report->seconds,
                     "hidden_seconds", report->hidden_seconds, "mask_decision", decision);
}

/* float32 bytes of everything the full model predicts with: parameters, projection, centres and scales. */
static void dense_bytes(const wn_run_state *state, int64_t *dense, int64_t *parameters)
{
    const wn_recipe *recipe = state->recipe;
    size_t n = state->network->n_parameters;
    *parameters = (int64_t)(n * sizeof(float));
    if (recipe->projection != NULL)
        n += (recipe->projection->n_components + 1) * recipe->projection->n_features;
    for (size_t i = 0; i < recipe->n_selected; i++) {
        size_t f = recipe->selected[i];
        bool is_cell = recipe->feature_encoder[f] == WN_NO_ENCODER;
        if (is_cell && recipe->columns[recipe->feature_source[f]].rule.normalize != WN_NORMALIZE_NONE)
            n += 2;
    }
    *dense = (int64_t)(n * sizeof(float));
}

static json_t *plan_json(const wn_compress_report *report)
{
    if (!report->accepted)
        return json_pack("[s]", "none: the full model coded without loss");
    return json_pack("[s]", report->trials[report->accepted_trial].plan);
}

static const char *metric_name(wn_metric metric)
{
    static const char *const names[] = {
        [WN_METRIC_ACCURACY] = "accuracy", [WN_METRIC_RECALL] = "recall", [WN_METRIC_F1] = "f1", [WN_METRIC_R2] = "r2"};
    return names[metric];
}

static json_t *compression_json(const wn_run_state *state, const wn_compress_report *report)
{
    int64_t dense = 0, parameters = 0;
    const wn_projection *projection = state->recipe->projection;
    dense_bytes(state, &dense, &parameters);
    size_t n_weights = state->network->n_parameters;
    if (projection != NULL)
        n_weights += projection->n_components * (projection->n_features + 1) +
                     (projection->appends ? 2 * projection->n_features : 0); /* weights of 1 and biases */
    return json_pack("{s:I, s:I, s:I, s:f, s:f, s:o, s:b, s:s, s:s, s:s, s:f, s:f, s:f, s:o, s:o}", "dense_bytes",
                     (json_int_t)dense, "parameters_bytes", (json_int_t)parameters, "compressed_bytes",
                     (json_int_t)report->n_bytes, "ratio", (double)dense / (double)report->n_bytes, "nonzero_fraction",
                     (double)report->n_parameters_kept / (double)n_weights, "plan", plan_json(report), "accepted",
                     (int)report->accepted, "stopped_by", report->stopped_by, "judged_on",
                     report->judged_on_training_rows ? "train" : "validation", "metric",
                     metric_name(wn_run_compress_options(state).metric), "metric_dense", report->metric_dense,
                     "metric_compressed", report->metric_compressed, "tolerance", state->job->compress.tolerance,
                     "trials", trials_json(report), "background", background_json(report));
}

static wn_status keep_result(wn_run_state *state, size_t first_entry, const wn_compress_report *report)
{
    wn_status status = WN_OK;
    json_t *result = NULL;
    state->compression_json = compression_json(state, report);
    result = json_pack("{s:o, s:O, s:I}", "stages", wn_stage_entries(state->stages, first_entry), "compression",
                       state->compression_json, "parameters_kept", (json_int_t)report->n_parameters_kept);
    state->n_parameters_kept = report->n_parameters_kept;
    const char *files[] = {"compressed.wnm"};
    TRY(wn_run_directory_finish_stage(state->ranks, state->directory, "compress", state->compress_key, files, 1,
                                      result));
done:
    json_decref(result);
    return status;
}

static wn_status compress_stage(wn_run_state *state, const wn_compress_options *options)
{
    wn_status status = WN_OK;
    wn_dataset *train = NULL;
    wn_checkpoint *resume = NULL;
    wn_compress_report report = {0};
    wn_stage_meter meter;
    TRY(wn_run_rows(state));
    size_t first_entry = json_array_size(state->stages);
    wn_stage_meter_begin(&meter, "compress");
    wn_pass pass = wn_stage_pass(state, "prepare");
    TRY(wn_dataset_train(&train, &pass, state->rows, state->recipe, WN_INPUTS_FEATURES, state->lanes.n_lanes,
                         state->lanes.mine, &meter.cost));
    meter.passes++;
    TRY(wn_run_judge(state, &meter));
    bool reopened = options->while_training && state->background == NULL;
    if (reopened) /* the model was reused: what it found is in a checkpoint */
        TRY(wn_run_open_background(state, &meter));
    TRY(wn_checkpoint_store_find(state->checkpoints, "compress", state->compress_key, &resume));
    if (reopened && resume == NULL)
        TRY(wn_fail(WN_IO, "the checkpoint of compression was there and is not now; start again"));
    wn_compress_checkpoints checkpoints = {
        wn_checkpoint_store_sink(state->checkpoints, "compress", state->compress_key), &resume};
    TRY(wn_compress_run(state->ranks, options, &state->lanes, train, state->judge, &state->recipe->labels,
                        state->recipe, state->network, state->background, &checkpoints,
                        wn_run_directory_path(state->directory, "compressed.wnm"), &report));
    report.judged_on_training_rows = state->recipe->ledger.validation == 0;
    TRY(wn_stage_meter_end(state->ranks, &meter, state->stages));
    TRY(keep_result(state, first_entry, &report));
done:
    wn_compress_report_clear(&report);
    wn_checkpoint_free(resume);
    wn_dataset_free(train);
    return status;
}

wn_status wn_stage_compress(wn_run_state *state)
{
    wn_status status = WN_OK;
    json_t *result = NULL;
    const char *why = "";
    wn_compress_options options = wn_run_compress_options(state);
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, "compress", state->compress_key, &result, &why));
    if (result != NULL) {
        TRY(wn_ranks_agree(state->ranks, wn_stage_reuse(state, "compress", result)));
        state->compression_json = json_incref(json_object_get(result, "compression"));
        state->n_parameters_kept = json_integer_value(json_object_get(result, "parameters_kept"));
    } else {
        wn_log_info("compress: done (%s)", why);
        TRY(compress_stage(state, &options));
    }
done:
    json_decref(result);
    return status;
}
