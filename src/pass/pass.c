#include "winnow/pass.h"

#include "prefetch.h"
#include "winnow/agreement.h"
#include "winnow/clock.h"
#include "winnow/log.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

/* One block through the steps and into the accumulators. */
static wn_status use_block(wn_block *block, const wn_block_step *steps, size_t n_steps,
                           const wn_accumulator *accumulators, size_t n_accumulators)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < n_steps && block->n_rows > 0; i++) {
        if (!steps[i].takes_raw)
            wn_block_widen(block);
        TRY(steps[i].apply(steps[i].context, block));
    }
    for (int raw = 1; raw >= 0; raw--) /* what takes raw cells goes first: they are half as many bytes */
        for (size_t i = 0; i < n_accumulators && block->n_rows > 0; i++) {
            if (accumulators[i].ops->takes_raw != raw)
                continue;
            if (!raw)
                wn_block_widen(block);
            TRY(accumulators[i].ops->add(accumulators[i].state, block));
        }
done:
    return status;
}

/* What a rank does on its own between two agreements. */
typedef struct {
    const wn_pass *pass;
    wn_prefetch *prefetch;
    wn_agreement *agreement;
    wn_pass_cost cost;
} local_work;

static wn_status take_block(local_work *work, wn_block **block)
{
    double begin = wn_clock_seconds();
    wn_status status = wn_prefetch_take(work->prefetch, block);
    work->cost.wait_seconds += wn_clock_seconds() - begin;
    return status;
}

/* Local, but that it polls the agreement: it ends early where another rank failed. */
static wn_status stream(local_work *work, const wn_block_step *steps, size_t n_steps,
                        const wn_accumulator *accumulators, size_t n_accumulators)
{
    wn_status status = WN_OK;
    wn_block *block = NULL;
    const wn_pass *pass = work->pass;
    for (;;) {
        if (wn_stop_requested()) /* also where this rank has no blocks */
            return wn_stop_fail(pass->name);
        TRY(take_block(work, &block));
        if (block == NULL)
            break;
        work->cost.rows += (int64_t)block->n_rows;
        TRY(use_block(block, steps, n_steps, accumulators, n_accumulators));
        wn_log_progress(pass->name, "rows", (double)work->cost.rows * pass->ranks->size, (double)pass->total_rows);
        if (wn_agreement_poll(work->agreement))
            break;
    }
done:
    return status;
}

static wn_status reduce(const wn_ranks *ranks, const wn_accumulator *accumulators, size_t n)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < n; i++) {
        wn_span sums = accumulators[i].ops->sums(accumulators[i].state);
        wn_span keys = accumulators[i].ops->keys(accumulators[i].state);
        TRY(wn_ranks_sum(ranks, sums.data, sums.n));
        TRY(wn_ranks_max(ranks, keys.data, keys.n));
    }
done:
    return status;
}

/* Local. What accumulators keep of the last blocks. */
static wn_status settle(const wn_accumulator *accumulators, size_t n)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < n; i++)
        if (accumulators[i].ops->settle != NULL)
            TRY(accumulators[i].ops->settle(accumulators[i].state));
done:
    return status;
}

static wn_status run_local(local_work *work, const int64_t *order, size_t n_blocks, const wn_block_step *steps,
                           size_t n_steps, const wn_accumulator *accumulators, size_t n_accumulators)
{
    wn_status status = WN_OK;
    TRY(wn_prefetch_start(&work->prefetch, work->pass->reader, order, n_blocks));
    TRY(stream(work, steps, n_steps, accumulators, n_accumulators));
    TRY(settle(accumulators, n_accumulators));
done:
    wn_prefetch_stop(work->prefetch);
    return status;
}

wn_status wn_pass_run_blocks(const wn_pass *pass, const int64_t *order, size_t n_blocks, const wn_block_step *steps,
                             size_t n_steps, const wn_accumulator *accumulators, size_t n_accumulators,
                             wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_agreement agreement;
    local_work work = {.pass = pass, .agreement = &agreement};
    double begin = wn_clock_seconds();
    int64_t bytes_before = wn_reader_bytes_read(pass->reader);
    TRY(wn_agreement_begin(&agreement, pass->ranks));
    status = run_local(&work, order, n_blocks, steps, n_steps, accumulators, n_accumulators);
    double alone = wn_clock_seconds();
    TRY(wn_agreement_finish(&agreement, status));
    work.cost.wait_seconds += wn_clock_seconds() - alone;
    TRY(reduce(pass->ranks, accumulators, n_accumulators));
    wn_log_progress(pass->name, "rows", 1, 1);
done:
    if (cost != NULL) {
        cost->rows += work.cost.rows;
        cost->bytes_read += wn_reader_bytes_read(pass->reader) - bytes_before;
        cost->seconds += wn_clock_seconds() - begin;
        cost->wait_seconds += work.cost.wait_seconds;
    }
    return status;
}

wn_status wn_pass_run(const wn_pass *pass, const wn_block_step *steps, size_t n_steps,
                      const wn_accumulator *accumulators, size_t n_accumulators, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    int64_t *order = NULL;
    size_t n = 0;
    TRY(wn_ranks_agree(pass->ranks, wn_new(&order, (size_t)(pass->blocks.last - pass->blocks.first))));
    for (int64_t block = pass->blocks.first; block < pass->blocks.last; block++)
        if (pass->stride <= 0 || block % pass->stride == pass->stride / 2)
            order[n++] = block;
    TRY(wn_pass_run_blocks(pass, order, n, steps, n_steps, accumulators, n_accumulators, cost));
done:
    wn_free(order);
    return status;
}
