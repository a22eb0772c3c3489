/* The background stage in a checkpoint: what it knew when it handed its last snapshot over, and the snapshot. Work that
 * was under way, or done and not used yet, is done again after a restart: it depends on nothing else. */
#include "background_state.h"

#include "winnow/memory.h"

static const char PROGRESS[] = "background/progress", MASK[] = "background/mask", DECISIONS[] = "background/decisions",
                  ORDER[] = "background/order", PREVIOUS[] = "background/previous", SNAPSHOT[] = "background/snapshot",
                  RISE[] = "background/rise", SECONDS[] = "background/seconds";

void wn_background_seconds(const wn_background *background, double *busy, double *waited)
{
    wn_worker_seconds(background->worker, busy, waited);
    *busy += background->busy;
    *waited += background->waited;
}

static wn_status save_bench(const wn_background *background, wn_checkpoint *checkpoint)
{
    wn_status status = WN_OK;
    const wn_workbench *bench = &background->bench;
    const wn_network *snapshot = wn_workbench_snapshot(bench);
    double seconds[2];
    wn_background_seconds(background, &seconds[0], &seconds[1]);
    TRY(wn_checkpoint_put(checkpoint, SECONDS, seconds, sizeof seconds));
    TRY(wn_checkpoint_put(checkpoint, ORDER, &bench->order, sizeof bench->order));
    TRY(wn_checkpoint_put(checkpoint, PREVIOUS, bench->previous, background->n_parameters));
    TRY(wn_checkpoint_put(checkpoint, SNAPSHOT, snapshot->parameters,
                          snapshot->n_parameters * sizeof *snapshot->parameters));
    if (bench->before.is_known)
        TRY(wn_checkpoint_put(checkpoint, RISE, bench->before.rise,
                              bench->before.n_layers * sizeof *bench->before.rise));
done:
    return status;
}

wn_status wn_background_save(const wn_background *background, wn_checkpoint *checkpoint)
{
    wn_status status = WN_OK;
    const wn_progress *progress = &background->progress;
    TRY(wn_background_failure(background)); /* its rounds went on without it */
    TRY(wn_checkpoint_put(checkpoint, PROGRESS, progress, sizeof *progress));
    TRY(wn_checkpoint_put(checkpoint, MASK, background->mask, background->n_parameters));
    TRY(wn_checkpoint_put(checkpoint, DECISIONS, background->decisions,
                          (size_t)progress->n_decisions * sizeof *background->decisions));
    TRY(save_bench(background, checkpoint));
done:
    return status;
}

static wn_status restore_bench(wn_background *background, const wn_checkpoint *checkpoint)
{
    wn_status status = WN_OK;
    wn_workbench *bench = &background->bench;
    size_t n_rise = 0;
    double seconds[2];
    TRY(wn_worker_wait(background->worker)); /* what it does now belongs to another time */
    TRY(wn_checkpoint_get(checkpoint, SECONDS, seconds, sizeof seconds));
    background->busy = seconds[0];
    background->waited = seconds[1];
    TRY(wn_checkpoint_get(checkpoint, ORDER, &bench->order, sizeof bench->order));
    TRY(wn_checkpoint_get(checkpoint, PREVIOUS, bench->previous, background->n_parameters));
    wn_network *snapshot = wn_workbench_snapshot(bench);
    TRY(wn_checkpoint_get(checkpoint, SNAPSHOT, snapshot->parameters,
                          snapshot->n_parameters * sizeof *snapshot->parameters));
    wn_sensitivity_clear(&bench->before); /* where it has scanned already, for another time */
    if (wn_checkpoint_find(checkpoint, RISE, &n_rise) != NULL) {
        size_t n_layers = n_rise / sizeof *bench->before.rise;
        TRY(wn_new(&bench->before.rise, n_layers));
        TRY(wn_checkpoint_get(checkpoint, RISE, bench->before.rise, n_layers * sizeof *bench->before.rise));
        bench->before.n_layers = n_layers;
        bench->before.is_known = true;
    }
    TRY(wn_sensitivity_copy(&bench->sensitivity, &bench->before));
    if (bench->order.is_there)
        wn_worker_begin(background->worker);
done:
    return status;
}

static wn_status restore(wn_background *background, const wn_checkpoint *checkpoint)
{
    wn_status status = WN_OK;
    wn_progress *progress = &background->progress;
    TRY(wn_checkpoint_get(checkpoint, PROGRESS, progress, sizeof *progress));
    TRY(wn_checkpoint_get(checkpoint, MASK, background->mask, background->n_parameters));
    TRY(wn_resize(&background->decisions, (size_t)progress->n_decisions));
    TRY(wn_checkpoint_get(checkpoint, DECISIONS, background->decisions,
                          (size_t)progress->n_decisions * sizeof *background->decisions));
    if (background->ranks->rank == 0)
        TRY(restore_bench(background, checkpoint));
done:
    return status;
}

wn_status wn_background_restore(wn_background *background, const wn_checkpoint *checkpoint)
{
    return wn_ranks_agree(background->ranks, restore(background, checkpoint));
}
