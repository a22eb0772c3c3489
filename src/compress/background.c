#include "background_state.h"

#include "winnow/hash.h"
#include "winnow/log.h"
#include "winnow/memory.h"
#include "winnow/prune.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* In the second half of the full model's training: snapshots evenly, the last of which decides the first mask. */
static void plan_dense(wn_background *background)
{
    int64_t n = background->n_dense_steps, half = n - n / 2;
    const wn_compress_options *options = background->options;
    double first = options->is_auto ? WN_SPARSITY_SAFE : wn_prune_schedule(options->sparsity, 1, WN_MAX_ROUNDS);
    int64_t n_scans = half < WN_SCANS ? half : WN_SCANS;
    for (int64_t i = 0; i < n_scans; i++) {
        int64_t step = n / 2 + i * half / n_scans;
        bool is_last = i + 1 == n_scans;
        wn_round round = {step, is_last ? n : -1, is_last ? first : WN_SCAN_ONLY};
        background->progress.rounds[background->progress.n_rounds++] = round;
    }
}

static wn_status open_local(wn_background *background, const wn_recipe *recipe, const wn_network *network)
{
    wn_status status = WN_OK;
    wn_network *wide = NULL;
    const wn_compress_options *options = background->options;
    TRY(wn_network_with_projection(&wide, network, recipe));
    background->n_parameters = wide->n_parameters;
    background->n_narrow = network->n_parameters;
    TRY(wn_new(&background->mask, wide->n_parameters));
    TRY(wn_new(&background->protect, wide->n_parameters));
    memset(background->mask, 1, wide->n_parameters);
    TRY(wn_prune_protect(wide, recipe, options->protect, options->n_protect, background->protect));
    background->bench.scorer.protect = background->protect;
    if (background->ranks->rank == 0) {
        TRY(wn_workbench_open(&background->bench, network, wide));
        TRY(wn_worker_new(&background->worker, wn_workbench_work, &background->bench, options->while_training));
    }
done:
    wn_network_free(wide);
    return status;
}

static void free_all(wn_background *background)
{
    wn_worker_free(background->worker);
    wn_workbench_clear(&background->bench);
    wn_free(background->decisions);
    wn_free(background->protect);
    wn_free(background->mask);
    wn_free(background);
}

wn_status wn_background_open(wn_background **background, const wn_ranks *ranks, const wn_compress_options *options,
                             const wn_recipe *recipe, const wn_labels *labels, const wn_dataset *sample,
                             const wn_network *network, int64_t n_dense_steps)
{
    wn_background *made = NULL;
    wn_status status = wn_new(&made, 1);
    if (status == WN_OK) {
        made->ranks = ranks;
        made->options = options;
        made->n_dense_steps = n_dense_steps;
        made->bench.recipe = recipe;
        made->bench.scorer =
            (wn_scorer){.options = options, .labels = labels, .sample = sample, .is_abandoned = &made->is_abandoned};
        status = open_local(made, recipe, network);
    }
    status = wn_ranks_agree(ranks, status);
    if (status != WN_OK) {
        if (made != NULL)
            free_all(made);
        return status;
    }
    plan_dense(made);
    *background = made;
    return WN_OK;
}

static void keep_failure(wn_background *background, wn_status status)
{
    if (background->failed != WN_OK || status == WN_OK)
        return;
    background->failed = status;
    snprintf(background->message, sizeof background->message, "%s", wn_status_message());
}

wn_status wn_background_failure(const wn_background *background)
{
    return background->failed == WN_OK ? WN_OK : wn_fail(background->failed, "%s", background->message);
}

/* On rank 0: the weights and what is wanted of them. */
static void hand_over(wn_background *background, const wn_network *network, double sparsity, bool scans)
{
    wn_workbench *bench = &background->bench;
    background->progress.n_snapshots++;
    if (background->ranks->rank != 0 || background->failed != WN_OK)
        return;
    keep_failure(background, wn_worker_wait(background->worker));
    if (background->failed == WN_OK)
        keep_failure(background, wn_sensitivity_copy(&bench->before, &bench->sensitivity));
    if (background->failed != WN_OK)
        return;
    bool is_narrow = bench->recipe->projection != NULL && network->n_parameters == background->n_narrow;
    wn_workbench_lay(bench, (wn_work_order){true, is_narrow, scans, sparsity}, network, background->mask);
    wn_worker_begin(background->worker);
}

/* The decision on rank 0, when it is there, on every rank. */
static wn_status share(wn_background *background, wn_taken *next)
{
    wn_status status = WN_OK;
    bool is_root = background->ranks->rank == 0;
    if (is_root && background->failed == WN_OK) {
        status = wn_worker_wait_or_stop(background->worker);
        if (status != WN_STOPPED)
            keep_failure(background, status);
    }
    if (background->failed == WN_OK)
        keep_failure(background, wn_resize(&background->decisions, (size_t)background->progress.n_decisions + 1));
    if (status != WN_STOPPED)
        status = wn_background_failure(background);
    TRY(wn_ranks_agree(background->ranks, status));
    if (is_root) {
        memcpy(background->mask, background->bench.mask, background->n_parameters);
        next->decision = background->bench.decision;
    }
    TRY(wn_ranks_broadcast(background->ranks, 0, &next->decision, sizeof next->decision));
    TRY(wn_ranks_broadcast(background->ranks, 0, background->mask, background->n_parameters));
done:
    return status;
}

static wn_status take(wn_background *background, int64_t step)
{
    wn_status status = WN_OK;
    wn_taken next = {.step = step};
    TRY(share(background, &next));
    next.mask = wn_hash_bytes(background->mask, background->n_parameters, 0);
    background->decisions[background->progress.n_decisions++] = next;
    wn_score score = next.decision.score;
    if (isfinite(score.loss) && isfinite(score.metric))
        wn_event("decision", "{s:I, s:I, s:s, s:f, s:f, s:f}", "decision",
                 (json_int_t)background->progress.n_decisions - 1, "applied_at_step", (json_int_t)step, "method",
                 next.decision.method == WN_BY_SALIENCY ? "saliency" : "magnitude", "sparsity", next.decision.sparsity,
                 "sample_loss", score.loss, "sample_metric", score.metric);
done:
    return status;
}

wn_status wn_background_before_step(wn_background *background, int64_t step, const wn_network *network)
{
    wn_status status = WN_OK;
    wn_progress *at = &background->progress;
    for (;;) {
        const wn_round *next = &at->rounds[at->n_taken];
        bool waits = at->n_taken < at->n_handed;
        if (waits && next->apply < 0) {
            at->n_taken++;
        } else if (waits && next->apply <= step) {
            TRY(take(background, step));
            at->n_taken++;
        } else if (at->n_handed < at->n_rounds && at->rounds[at->n_handed].snapshot == step) {
            const wn_round *round = &at->rounds[at->n_handed++];
            hand_over(background, network, round->sparsity, step < background->n_dense_steps);
        } else {
            break;
        }
    }
done:
    return status;
}

void wn_background_plan(wn_background *background, const wn_round *rounds, size_t n_rounds)
{
    wn_progress *at = &background->progress;
    memcpy(at->rounds, rounds, n_rounds * sizeof *rounds);
    at->n_rounds = n_rounds;
    at->n_handed = at->n_taken = 0;
}

wn_status wn_background_decide(wn_background *background, int64_t step, const wn_network *network, double sparsity)
{
    hand_over(background, network, sparsity, false);
    return take(background, step);
}

const unsigned char *wn_background_mask(const wn_background *background)
{
    return background->mask;
}

void wn_background_go_back(wn_background *background, const unsigned char *mask)
{
    if (mask != NULL)
        memcpy(background->mask, mask, background->n_parameters);
    else
        memset(background->mask, 1, background->n_parameters);
}

int64_t wn_background_first_step(const wn_background *background)
{
    return background->n_dense_steps;
}

int64_t wn_background_n_decisions(const wn_background *background)
{
    return background->progress.n_decisions;
}

wn_decision wn_background_last(const wn_background *background)
{
    return background->decisions[background->progress.n_decisions - 1].decision;
}

size_t wn_background_find(const wn_background *background, wn_hash hash)
{
    for (int64_t i = background->progress.n_decisions; i-- > 0;)
        if (wn_hash_compare(background->decisions[i].mask, hash) == 0)
            return (size_t)i;
    return SIZE_MAX;
}

static wn_status report_local(wn_background *background, wn_compress_report *report)
{
    wn_status status = wn_background_failure(background);
    int64_t *steps = NULL;
    if (background->worker != NULL && status == WN_OK)
        status = wn_worker_wait(background->worker);
    if (status != WN_OK || report == NULL)
        return status;
    TRY(wn_new(&steps, (size_t)background->progress.n_decisions));
    for (int64_t i = 0; i < background->progress.n_decisions; i++)
        steps[i] = background->decisions[i].step;
    wn_free(report->applied_at_step);
    report->applied_at_step = steps;
    report->n_decisions = background->progress.n_decisions;
    report->n_snapshots = background->progress.n_snapshots;
done:
    return status;
}

wn_status wn_background_report(wn_background *background, wn_compress_report *report)
{
    wn_status status = WN_OK;
    double seconds[2] = {0, 0};
    TRY(wn_ranks_agree(background->ranks, report_local(background, report)));
    if (background->worker != NULL)
        wn_background_seconds(background, &seconds[0], &seconds[1]);
    TRY(wn_ranks_broadcast(background->ranks, 0, seconds, sizeof seconds));
    if (report != NULL) {
        report->seconds = seconds[0];
        report->hidden_seconds = fmax(0, seconds[0] - seconds[1]);
    }
done:
    return status;
}

void wn_background_abandon(wn_background *background)
{
    if (background == NULL)
        return;
    atomic_store(&background->is_abandoned, true);
    free_all(background);
}

wn_status wn_background_close(wn_background *background, wn_compress_report *report)
{
    if (background == NULL)
        return WN_OK;
    wn_status status = wn_background_report(background, report);
    free_all(background);
    return status;
}
