/* Training: prepared rows into lanes, the full model, and beside it the background stage that compresses snapshots. */
#include "run_state.h"

#include "winnow/memory.h"

#include <math.h>

enum { SAMPLE_ROWS = 8192 };               /* validation rows that snapshots are scored on */
static const double BUSY_RANK_SHARE = 0.5; /* of an even part of the lanes, for the rank with the background thread */

static bool in_background(const wn_job *job)
{
    return job->has_compress && job->compress.while_training;
}

static wn_status new_network(wn_run_state *state)
{
    wn_status status = WN_OK;
    const wn_job *job = state->job;
    const wn_labels *labels = &state->recipe->labels;
    size_t n_hidden = job->train.model == WN_MODEL_MLP ? job->train.hidden.n : 0;
    size_t *widths = NULL;
    TRY(wn_new(&widths, n_hidden + 2));
    widths[0] = wn_recipe_n_inputs(state->recipe);
    for (size_t i = 0; i < n_hidden; i++)
        widths[i + 1] = (size_t)job->train.hidden.value[i];
    widths[n_hidden + 1] = labels->task == WN_TASK_CLASSIFICATION ? labels->n_classes : 1;
    TRY(wn_network_new(&state->network, labels->task, widths, n_hidden + 1));
    state->network->dropout = (float)job->train.dropout;
    wn_network_initialize(state->network, (uint64_t)job->seed);
done:
    wn_free(widths);
    return status;
}

/* The model must fit the task that the labels turned out to be. */
static wn_status check_task(const wn_run_state *state)
{
    bool classifies = state->recipe->labels.task == WN_TASK_CLASSIFICATION;
    if (state->job->train.model == WN_MODEL_LINEAR && classifies)
        return wn_fail(WN_BAD_JOB,
                       "train.model.type: linear predicts real labels, but the label has %zu classes; allowed: "
                       "logistic, mlp, or input.task: regression",
                       state->recipe->labels.n_classes);
    if (state->job->train.model == WN_MODEL_LOGISTIC && !classifies)
        return wn_fail(WN_BAD_JOB,
                       "train.model.type: logistic needs classes, but the label is real; allowed: linear, mlp, "
                       "or input.task: classification");
    return WN_OK;
}

static json_t *epochs_json(const wn_epoch *epochs, int64_t n)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < n; i++) {
        json_t *validation = epochs[i].has_validation ? wn_json_metrics(&epochs[i].validation) : json_null();
        json_array_append_new(array, json_pack("{s:I, s:o, s:o, s:f}", "epoch", (json_int_t)epochs[i].epoch, "loss",
                                               wn_json_number(epochs[i].loss), "validation", validation, "seconds",
                                               epochs[i].seconds));
    }
    return array;
}

static wn_status before_step(void *context, int64_t step, wn_network *network)
{
    return wn_background_before_step(context, step, network);
}

static wn_status open_background(wn_run_state *state, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    TRY(wn_run_judge(state, meter));
    state->compress_options = wn_run_compress_options(state);
    int64_t n_dense_steps = state->job->train.epochs * state->lanes.n_steps;
    TRY(wn_dataset_sample(&state->sample, state->ranks, state->judge, SAMPLE_ROWS, (uint64_t)state->job->seed));
    TRY(wn_background_open(&state->background, state->ranks, &state->compress_options, state->recipe,
                           &state->recipe->labels, state->sample, state->network, n_dense_steps));
done:
    return status;
}

static wn_status train_network(wn_run_state *state, const wn_dataset *train, const wn_dataset *validation)
{
    wn_status status = WN_OK;
    const wn_job *job = state->job;
    wn_epoch *epochs = NULL;
    wn_trainer_options options = {.optimizer = job->train.optimizer,
                                  .n_epochs = job->train.epochs,
                                  .seed = (uint64_t)job->seed,
                                  .stage = "train"};
    if (state->background != NULL)
        options.hooks = (wn_trainer_hooks){.before_step = before_step, .context = state->background};
    TRY(wn_trainer_run(state->ranks, &state->lanes, train, validation, &state->recipe->labels, &options, state->network,
                       &epochs));
    state->train_json = json_pack("{s:o, s:I, s:[]}", "epochs", epochs_json(epochs, job->train.epochs), "parameters",
                                  (json_int_t)state->network->n_parameters, "trials");
done:
    wn_epochs_free(epochs, job->train.epochs);
    return status;
}

static wn_status keep_result(wn_run_state *state, size_t first_entry)
{
    wn_status status = WN_OK;
    json_t *result = NULL;
    if (state->ranks->rank == 0)
        status = wn_network_write(state->network, &state->recipe->labels,
                                  wn_run_directory_path(state->directory, "model.h5"));
    TRY(wn_ranks_agree(state->ranks, status));
    json_object_set_new(state->fingerprints, "model", wn_json_hash(wn_network_hash(state->network)));
    result = json_pack("{s:o, s:O, s:O}", "stages", wn_stage_entries(state->stages, first_entry), "train",
                       state->train_json, "model", json_object_get(state->fingerprints, "model"));
    const char *files[] = {"model.h5"};
    TRY(wn_run_directory_finish_stage(state->ranks, state->directory, "train", state->train_key, files, 1, result));
done:
    json_decref(result);
    return status;
}

static wn_status deal_lanes(wn_run_state *state)
{
    double rank0_share = in_background(state->job) ? BUSY_RANK_SHARE : 1.0;
    return wn_lanes_deal(state->ranks, state->recipe->ledger.train, state->job->train.batch, state->job->train.lanes,
                         rank0_share, &state->lanes);
}

static wn_status train_stage(wn_run_state *state)
{
    wn_status status = WN_OK;
    wn_dataset *train = NULL, *validation = NULL;
    wn_stage_meter meter;
    TRY(wn_run_rows(state));
    size_t first_entry = json_array_size(state->stages);
    wn_stage_meter_begin(&meter, "train");
    wn_pass pass = wn_stage_pass(state, "prepare");
    wn_inputs inputs = state->recipe->projection != NULL ? WN_INPUTS_COMPONENTS : WN_INPUTS_FEATURES;
    TRY(wn_dataset_train(&train, &pass, state->rows, state->recipe, inputs, state->lanes.n_lanes, state->lanes.mine,
                         &meter.cost));
    TRY(wn_dataset_of_status(&validation, &pass, state->rows, state->recipe, inputs, WN_ROW_VALIDATION, &meter.cost));
    meter.passes += 2;
    TRY(wn_ranks_agree(state->ranks, new_network(state)));
    if (in_background(state->job))
        TRY(open_background(state, &meter));
    TRY(train_network(state, train, validation));
    TRY(wn_stage_meter_end(state->ranks, &meter, state->stages));
    TRY(keep_result(state, first_entry));
done:
    wn_dataset_free(validation);
    wn_dataset_free(train);
    return status;
}

static wn_status reuse_model(wn_run_state *state, json_t *result)
{
    wn_status status = WN_OK;
    const char *path = wn_run_directory_path(state->directory, "model.h5");
    TRY(wn_ranks_agree(state->ranks, wn_network_read(&state->network, path)));
    TRY(wn_stage_reuse(state, "train", result));
    state->train_json = json_incref(json_object_get(result, "train"));
    json_object_set(state->fingerprints, "model", json_object_get(result, "model"));
done:
    return status;
}

/* A compression that worked beside training is a result of both: the one is not reused without the other. */
static wn_status find_result(wn_run_state *state, json_t **result, const char **why)
{
    wn_status status = WN_OK;
    json_t *compressed = NULL;
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, "train", state->train_key, result, why));
    if (*result == NULL || !in_background(state->job))
        goto done;
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, "compress", state->compress_key, &compressed, why));
    if (compressed == NULL) {
        json_decref(*result);
        *result = NULL;
    }
done:
    json_decref(compressed);
    return status;
}

wn_status wn_stage_train(wn_run_state *state)
{
    wn_status status = WN_OK;
    json_t *result = NULL;
    const char *why = "";
    TRY(wn_ranks_agree(state->ranks, check_task(state)));
    if (state->job->has_compress)
        TRY(wn_ranks_agree(state->ranks, wn_stage_compress_check(state)));
    TRY(wn_ranks_agree(state->ranks, deal_lanes(state)));
    TRY(find_result(state, &result, &why));
    if (result != NULL) {
        TRY(reuse_model(state, result));
    } else {
        wn_log_info("train: done (%s)", why);
        TRY(train_stage(state));
    }
done:
    json_decref(result);
    return status;
}
