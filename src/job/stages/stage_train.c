/* Training: prepared rows into lanes, the full model, and beside it the background stage that compresses snapshots. */
#include "run_state.h"

#include "winnow/memory.h"

#include <stdlib.h>
#include <string.h>

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

/* The model must fit the task that the labels turned out to be. What only the inputs tell is bad data, as everywhere.
 */
static wn_status check_task(const wn_run_state *state)
{
    bool classifies = state->recipe->labels.task == WN_TASK_CLASSIFICATION;
    if (state->job->train.model == WN_MODEL_LINEAR && classifies)
        return wn_fail(WN_BAD_DATA,
                       "train.model.type: linear predicts real labels, but the label has %zu classes; allowed: "
                       "logistic, mlp, or input.task: regression",
                       state->recipe->labels.n_classes);
    if (state->job->train.model == WN_MODEL_LOGISTIC && !classifies)
        return wn_fail(WN_BAD_DATA,
                       "train.model.type: logistic needs classes, but the label is real; allowed: linear, mlp, "
                       "or input.task: classification");
    return WN_OK;
}

static const char EPOCHS[] = "train/epochs";

static wn_status before_step(void *context, int64_t step, wn_network *network)
{
    wn_run_state *state = context;
    return state->background != NULL ? wn_background_before_step(state->background, step, network) : WN_OK;
}

static wn_status after_epoch(void *context, const wn_epoch *epoch)
{
    wn_run_state *state = context;
    json_t *validation = epoch->has_validation ? wn_json_metrics(&epoch->validation) : json_null();
    json_t *entry = json_pack("{s:I, s:o, s:o, s:f}", "epoch", (json_int_t)epoch->epoch, "loss",
                              wn_json_number(epoch->loss), "validation", validation, "seconds", epoch->seconds);
    if (entry == NULL || json_array_append_new(json_object_get(state->train_json, "epochs"), entry) != 0)
        return wn_fail(WN_NO_MEMORY, "out of memory for the summary of an epoch");
    return WN_OK;
}

/* What the trainer does not know of: the epochs so far, as run.json has them, and the background stage. */
static wn_status save(void *context, wn_checkpoint *checkpoint)
{
    wn_status status = WN_OK;
    const wn_run_state *state = context;
    char *text = json_dumps(json_object_get(state->train_json, "epochs"), JSON_COMPACT | JSON_REAL_PRECISION(17));
    if (text == NULL)
        return wn_fail(WN_NO_MEMORY, "out of memory for the summary of epochs");
    TRY(wn_checkpoint_put(checkpoint, EPOCHS, text, strlen(text)));
    if (state->background != NULL)
        TRY(wn_background_save(state->background, checkpoint));
done:
    free(text);
    return status;
}

static wn_status restore_epochs(wn_run_state *state, const wn_checkpoint *checkpoint)
{
    size_t n = 0;
    const char *text = wn_checkpoint_find(checkpoint, EPOCHS, &n);
    json_t *epochs = text != NULL ? json_loadb(text, n, 0, NULL) : NULL;
    if (epochs == NULL || json_object_set_new(state->train_json, "epochs", epochs) != 0)
        return wn_fail(WN_IO, "the checkpoint's epochs cannot be read");
    return WN_OK;
}

/* The state as the checkpoint has it; the trainer takes its own part. */
static wn_status restore(wn_run_state *state, const wn_checkpoint *checkpoint)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_agree(state->ranks, restore_epochs(state, checkpoint)));
    if (state->background != NULL)
        TRY(wn_background_restore(state->background, checkpoint));
done:
    return status;
}

static wn_status train_network(wn_run_state *state, const wn_dataset *train, const wn_dataset *validation)
{
    wn_status status = WN_OK;
    const wn_job *job = state->job;
    wn_checkpoint *resume = NULL;
    TRY(wn_checkpoint_store_find(state->checkpoints, "train", state->train_key, &resume));
    state->train_json =
        json_pack("{s:[], s:I, s:[]}", "epochs", "parameters", (json_int_t)state->network->n_parameters, "trials");
    if (resume != NULL)
        TRY(restore(state, resume));
    wn_trainer_options options = {
        .optimizer = job->train.optimizer,
        .n_epochs = job->train.epochs,
        .seed = (uint64_t)job->seed,
        .stage = "train",
        .hooks = {.before_step = before_step, .after_epoch = after_epoch, .save = save, .context = state},
        .checkpoints = wn_checkpoint_store_sink(state->checkpoints, "train", state->train_key),
        .keeps_end = state->background != NULL, /* its decisions lie in no other file */
        .resume = &resume};
    TRY(wn_trainer_run(state->ranks, &state->lanes, train, validation, &state->recipe->labels, &options,
                       state->network));
done:
    wn_checkpoint_free(resume);
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
    double rank0_share = in_background(state->job) ? WN_BUSY_RANK_SHARE : 1.0;
    return wn_lanes_deal(state->ranks, state->recipe->ledger.train, state->job->train.batch, state->job->train.lanes,
                         rank0_share, &state->lanes);
}

/* Collective. What no row teaches cannot be learnt: classes that only other rows have are told. */
static wn_status warn_of_classes(const wn_run_state *state, const wn_dataset *train)
{
    wn_status status = WN_OK;
    const wn_labels *labels = &state->recipe->labels;
    int64_t *n_rows = NULL;
    char text[WN_CLASS_TEXT_SIZE];
    size_t n_taught = 0, taught = 0, other = 0;
    if (labels->n_classes == 0)
        return WN_OK;
    TRY(wn_ranks_agree(state->ranks, wn_new(&n_rows, labels->n_classes)));
    for (size_t i = 0; i < train->n_rows; i++)
        n_rows[(size_t)train->targets[i]]++;
    TRY(wn_ranks_sum(state->ranks, n_rows, labels->n_classes));
    for (size_t k = labels->n_classes; k-- > 0;) {
        n_taught += n_rows[k] > 0;
        *(n_rows[k] > 0 ? &taught : &other) = k;
    }
    wn_labels_text(labels, n_taught == 1 ? taught : other, text);
    if (n_taught == 1)
        wn_log_warning("train: all training rows are of class %s, and no other can be learnt", text);
    else if (n_taught < labels->n_classes)
        wn_log_warning("train: %zu of %zu classes have no training rows and cannot be learnt, the first is %s",
                       labels->n_classes - n_taught, labels->n_classes, text);
done:
    wn_free(n_rows);
    return status;
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
    TRY(warn_of_classes(state, train));
    TRY(wn_ranks_agree(state->ranks, new_network(state)));
    if (in_background(state->job))
        TRY(wn_run_open_background(state, &meter));
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
    TRY(wn_ranks_agree(state->ranks, wn_stage_reuse(state, "train", result)));
    state->train_json = json_incref(json_object_get(result, "train"));
    json_object_set(state->fingerprints, "model", json_object_get(result, "model"));
done:
    return status;
}

/* A compression that works beside training needs what the background stage found then: the model is reused where
 * compression is done, or has a checkpoint of its own to go on from. */
static wn_status find_result(wn_run_state *state, json_t **result, const char **why)
{
    wn_status status = WN_OK;
    json_t *compressed = NULL;
    bool is_under_way = false;
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, "train", state->train_key, result, why));
    if (*result == NULL || !in_background(state->job))
        goto done;
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, "compress", state->compress_key, &compressed, why));
    if (compressed == NULL)
        TRY(wn_checkpoint_store_has(state->checkpoints, "compress", state->compress_key, &is_under_way));
    if (compressed == NULL && !is_under_way) {
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
