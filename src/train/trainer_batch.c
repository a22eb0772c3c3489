/* One lane's part of a batch: its rows laid out, dense or sparse, and their gradient. */
#include "trainer_state.h"

#include "winnow/memory.h"

#include <string.h>

wn_status wn_trainer_open_batch(wn_trainer *t, size_t share)
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

void wn_trainer_close_batch(wn_trainer *t)
{
    wn_free(t->places);
    wn_free(t->picked);
    wn_free(t->targets);
    wn_free(t->rows);
    wn_sparse_batch_free(t->batch);
    wn_workspace_free(t->workspace);
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
