#include "winnow/trainer.h"

#include "winnow/clock.h"
#include "winnow/log.h"
#include "winnow/memory.h"

#include "fixed_point.h"
#include "trainer_state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static wn_status check_inputs(const wn_trainer *t)
{
    if (t->lanes->n_rows < 1)
        return wn_fail(WN_BAD_DATA, "there are no training rows");
    if (t->train->n_rows > 0 && t->train->n_features != t->network->n_inputs)
        return wn_fail(WN_INTERNAL, "rows of %zu features for a network of %zu inputs", t->train->n_features,
                       t->network->n_inputs);
    return WN_OK;
}

/* Room for one lane's part of a batch. */
static wn_status open_batch(wn_trainer *t, size_t share)
{
    wn_status status = WN_OK;
    TRY(wn_workspace_new(&t->workspace, t->network, share));
    TRY(wn_new(&t->targets, share));
    TRY(wn_new(&t->picked, share));
    TRY(wn_new(&t->places, share));
    if (t->train->sparse == NULL) {
        TRY(wn_memory_new((void **)&t->rows, share, t->network->n_inputs * sizeof *t->rows, __func__));
    } else {
        TRY(wn_sparse_batch_new(&t->batch, t->train, share));
        TRY(wn_workspace_reserve_columns(t->workspace, t->network, wn_sparse_batch_most_columns(t->batch)));
    }
done:
    return status;
}

static wn_status open_buffers(wn_trainer *t)
{
    wn_status status = WN_OK;
    t->n_lanes = (size_t)(t->lanes->mine.last - t->lanes->mine.first);
    t->share = (size_t)t->lanes->share;
    TRY(check_inputs(t));
    TRY(wn_optimizer_new(&t->optimizer, &t->options->optimizer, t->network->n_parameters,
                         t->options->n_epochs * t->lanes->n_steps));
    TRY(wn_gradient_sum_new(&t->sum, t->network, t->lanes, t->train->sparse != NULL));
    TRY(wn_new(&t->mean, t->network->n_parameters));
    TRY(open_batch(t, t->n_lanes > 0 ? t->share : 0));
    TRY(wn_new(&t->order, t->train->n_rows));
    TRY(wn_new(&t->order_first, t->n_lanes + 1));
done:
    return status;
}

static void close_buffers(wn_trainer *t)
{
    wn_free(t->order_first);
    wn_free(t->order);
    wn_free(t->places);
    wn_free(t->picked);
    wn_free(t->targets);
    wn_free(t->rows);
    wn_sparse_batch_free(t->batch);
    wn_free(t->mean);
    wn_workspace_free(t->workspace);
    wn_gradient_sum_free(t->sum);
    wn_optimizer_free(t->optimizer);
}

/* Whether any rank has validation rows. */
static wn_status find_validation(wn_trainer *t)
{
    int64_t n_rows = t->validation != NULL ? (int64_t)t->validation->n_rows : 0;
    wn_status status = wn_ranks_sum(t->ranks, &n_rows, 1);
    t->has_validation = n_rows > 0;
    return status;
}

/* The order of this rank's lanes in an epoch (from 0). */
static wn_status shuffle(wn_trainer *t, int64_t epoch)
{
    for (size_t i = 0; i < t->n_lanes; i++) {
        int64_t lane = t->lanes->mine.first + (int64_t)i;
        size_t n = 0;
        wn_status status = wn_lanes_order(t->train, lane, t->options->seed, epoch, t->order + t->order_first[i], &n);
        if (status != WN_OK)
            return status;
        t->order_first[i + 1] = t->order_first[i] + n;
    }
    return WN_OK;
}

static void lay_out_dense(wn_trainer *t)
{
    size_t n_inputs = t->network->n_inputs;
    for (size_t i = 0; i < t->share; i++)
        if (t->picked[i] >= 0)
            wn_dataset_copy_row(t->train, (size_t)t->picked[i], t->rows + i * n_inputs);
        else
            memset(t->rows + i * n_inputs, 0, n_inputs * sizeof *t->rows);
}

static void lay_out_sparse(wn_trainer *t)
{
    wn_sparse_batch_begin(t->batch);
    for (size_t i = 0; i < t->share; i++)
        if (t->picked[i] >= 0)
            wn_sparse_batch_add(t->batch, t->train, (size_t)t->picked[i]);
        else
            wn_sparse_batch_add_zeros(t->batch);
    wn_sparse_batch_end(t->batch);
}

void wn_trainer_lay_out(wn_trainer *t)
{
    for (size_t i = 0; i < t->share; i++)
        t->targets[i] = t->picked[i] >= 0 ? t->train->targets[t->picked[i]] : 0;
    if (t->batch != NULL)
        lay_out_sparse(t);
    else
        lay_out_dense(t);
}

double wn_trainer_gradient(wn_trainer *t, size_t n_valid, wn_dropout_draw draw, float *gradient)
{
    if (t->batch != NULL)
        return wn_network_gradient_sparse(t->network, t->workspace, t->batch, t->targets, n_valid, draw, gradient);
    return wn_network_gradient(t->network, t->workspace, t->rows, t->targets, t->share, n_valid, draw, gradient);
}

size_t wn_trainer_gather(wn_trainer *t, size_t lane, int64_t s)
{
    size_t first = t->order_first[lane] + (size_t)s * t->share;
    size_t left = first < t->order_first[lane + 1] ? t->order_first[lane + 1] - first : 0;
    size_t n = left < t->share ? left : t->share;
    for (size_t i = 0; i < t->share; i++)
        t->picked[i] = i < n ? t->order[first + i] : -1;
    wn_trainer_lay_out(t);
    return n;
}

static void make_gradients(wn_trainer *t, int64_t step, int64_t s)
{
    for (size_t i = 0; i < t->n_lanes; i++) {
        wn_dropout_draw draw = {t->options->seed, step, t->lanes->mine.first + (int64_t)i};
        size_t n = wn_trainer_gather(t, i, s);
        double loss = wn_trainer_gradient(t, n, draw, wn_gradient_sum_lane(t->sum, i));
        if (!wn_gradient_sum_set(t->sum, i, (int64_t)n, loss, t->batch != NULL ? &t->batch->columns : NULL))
            wn_trainer_blame(t, i, s, n, draw);
    }
}

/* The hook is called on every rank, whatever failed on this one. */
static void before_step(wn_trainer *t, int64_t step)
{
    const wn_trainer_hooks *hooks = &t->options->hooks;
    if (hooks->before_step == NULL)
        return;
    wn_status status = hooks->before_step(hooks->context, step, t->network);
    if (t->pending == WN_OK)
        t->pending = status;
    if (t->options->mask != NULL)
        wn_optimizer_mask(t->options->mask, t->network->parameters, t->network->n_parameters);
}

/* Counted over all epochs, from 0. */
static int64_t step_of(const wn_trainer *t)
{
    return t->place.epoch * t->lanes->n_steps + t->place.batch;
}

/* On rank 0. Parameters that are not finite are no state to go on from: the next loss tells, or
 * wn_trainer_check_end. */
static wn_status save(const wn_trainer *t)
{
    wn_status status = WN_OK;
    wn_checkpoint *checkpoint = NULL;
    const wn_trainer_options *options = t->options;
    if (!wn_fixed_are_finite(t->network->parameters, t->network->n_parameters) || !wn_optimizer_is_finite(t->optimizer))
        return WN_OK;
    TRY(wn_checkpoint_new(&checkpoint));
    TRY(wn_training_save(&t->place, t->network, t->optimizer, checkpoint));
    if (options->hooks.save != NULL)
        TRY(options->hooks.save(options->hooks.context, checkpoint));
    double start = wn_clock_seconds();
    TRY(options->checkpoints->write(options->checkpoints->context, checkpoint));
    wn_event("checkpoint", "{s:s, s:I, s:I, s:f}", "stage", options->stage, "epoch", (json_int_t)t->place.epoch + 1,
             "step", (json_int_t)step_of(t), "seconds", wn_clock_seconds() - start);
done:
    wn_checkpoint_free(checkpoint);
    return status;
}

static bool writes_checkpoints(const wn_trainer *t)
{
    return t->options->checkpoints != NULL && t->ranks->rank == 0;
}

static void save_when_due(wn_trainer *t)
{
    if (writes_checkpoints(t) && t->pending == WN_OK &&
        t->options->checkpoints->is_due(t->options->checkpoints->context))
        t->pending = save(t);
}

static wn_status run_step(wn_trainer *t)
{
    int64_t step = step_of(t), n_rows;
    double loss;
    before_step(t, step);
    save_when_due(t);
    if (t->pending == WN_OK)
        make_gradients(t, step, t->place.batch);
    wn_gradient_sum_locate(t->sum, t->place.epoch + 1, t->place.batch + 1);
    wn_status status = wn_gradient_sum_reduce(t->ranks, t->sum, t->pending, t->mean, &loss, &n_rows);
    if (status == WN_OK)
        status = wn_trainer_check_step(t, step, n_rows);
    if (status != WN_OK)
        return status;
    wn_optimizer_step(t->optimizer, t->mean, t->options->mask, t->network->parameters);
    t->place.batch++;
    t->place.loss += loss;
    t->place.n_rows += n_rows;
    return WN_OK;
}

/* The steps of the epoch that are to come. */
static wn_status run_steps(wn_trainer *t)
{
    double n_epoch = (double)t->lanes->n_rows, total = (double)t->options->n_epochs * n_epoch;
    t->pending = shuffle(t, t->place.epoch);
    while (t->place.batch < t->lanes->n_steps) {
        wn_status status = run_step(t);
        if (status != WN_OK)
            return status;
        wn_log_progress(t->options->stage, "rows", (double)t->place.epoch * n_epoch + (double)t->place.n_rows, total);
    }
    return WN_OK;
}

static void tell(const wn_trainer *t, const wn_epoch *epoch)
{
    bool is_regression = t->network->task == WN_TASK_REGRESSION;
    double value = is_regression ? epoch->validation.r2 : epoch->validation.accuracy;
    const char *name = is_regression ? "validation_r2" : "validation_accuracy";
    if (epoch->has_validation && isfinite(value) && isfinite(epoch->validation.loss))
        wn_event("epoch", "{s:s, s:I, s:f, s:f, s:f, s:f}", "stage", t->options->stage, "epoch",
                 (json_int_t)epoch->epoch, "loss", epoch->loss, "validation_loss", epoch->validation.loss, name, value,
                 "seconds", epoch->seconds);
    else
        wn_event("epoch", "{s:s, s:I, s:f, s:f}", "stage", t->options->stage, "epoch", (json_int_t)epoch->epoch, "loss",
                 epoch->loss, "seconds", epoch->seconds);
}

static wn_status run_epoch(wn_trainer *t)
{
    wn_status status = WN_OK;
    const wn_trainer_hooks *hooks = &t->options->hooks;
    double start = wn_clock_seconds();
    wn_epoch epoch = {.epoch = t->place.epoch + 1, .has_validation = t->has_validation};

    TRY(run_steps(t));
    epoch.loss = t->place.loss / (double)t->place.n_rows;
    if (t->has_validation)
        TRY(wn_metrics_of(t->ranks, t->network, t->labels, t->validation, &epoch.validation));
    epoch.seconds = wn_clock_seconds() - start;
    tell(t, &epoch);
    if (hooks->after_epoch != NULL)
        TRY(wn_ranks_agree(t->ranks, hooks->after_epoch(hooks->context, &epoch)));
    t->place = (wn_training_place){.epoch = epoch.epoch};
done:
    wn_metrics_clear(&epoch.validation);
    return status;
}

static wn_status open_training(wn_trainer *t)
{
    wn_checkpoint **resume = t->options->resume;
    bool goes_on = resume != NULL && *resume != NULL;
    wn_status status = open_buffers(t);
    if (status == WN_OK && goes_on)
        status = wn_training_restore(*resume, &t->place, t->network, t->optimizer);
    if (goes_on) { /* training needs its memory */
        wn_checkpoint_free(*resume);
        *resume = NULL;
    }
    status = wn_ranks_agree(t->ranks, status);
    if (status == WN_OK && goes_on) {
        wn_log_info("%s: goes on from a checkpoint: epoch %lld, batch %lld", t->options->stage,
                    (long long)t->place.epoch + 1, (long long)t->place.batch + 1);
        wn_event("resumed", "{s:s, s:I, s:I}", "stage", t->options->stage, "epoch", (json_int_t)t->place.epoch + 1,
                 "step", (json_int_t)step_of(t));
    }
    return status;
}

/* Collective. All ranks have stopped before the same step, or are through. */
static wn_status save_last(wn_trainer *t, wn_status outcome)
{
    char cause[WN_MESSAGE_SIZE];
    bool is_end = outcome == WN_OK && t->options->keeps_end;
    if (t->options->checkpoints == NULL || (outcome != WN_STOPPED && !is_end))
        return outcome;
    snprintf(cause, sizeof cause, "%s", wn_status_message());
    wn_status status = wn_ranks_agree(t->ranks, writes_checkpoints(t) ? save(t) : WN_OK);
    return status == WN_OK && outcome != WN_OK ? wn_fail(outcome, "%s", cause) : status;
}

wn_status wn_trainer_run(const wn_ranks *ranks, const wn_lanes *lanes, const wn_dataset *train,
                         const wn_dataset *validation, const wn_labels *labels, const wn_trainer_options *options,
                         wn_network *network)
{
    wn_status status = WN_OK;
    wn_trainer t = {.ranks = ranks,
                    .lanes = lanes,
                    .train = train,
                    .validation = validation,
                    .labels = labels,
                    .options = options,
                    .network = network};
    TRY(open_training(&t));
    TRY(find_validation(&t));
    if (options->mask != NULL)
        wn_optimizer_mask(options->mask, network->parameters, network->n_parameters);
    while (status == WN_OK && t.place.epoch < options->n_epochs)
        status = run_epoch(&t);
    if (status == WN_OK)
        status = wn_trainer_check_end(&t);
    status = save_last(&t, status);
done:
    close_buffers(&t);
    return status;
}
