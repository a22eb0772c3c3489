/* Which row and layer are to blame for numbers that are not finite: rows are tried again, alone. */
#include "trainer_state.h"

#include "fixed_point.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Into t->mean, by way of a lane's gradient: none is needed any more. */
static double make_sparse(wn_trainer *t, size_t n_valid, wn_dropout_draw draw)
{
    const wn_layer *layer = &t->network->layers[0];
    float *gradient = wn_gradient_sum_lane(t->sum, 0);
    double loss = wn_trainer_gradient(t, n_valid, draw, gradient);
    memcpy(t->mean, gradient, t->network->n_parameters * sizeof *t->mean);
    memset(t->mean + layer->weight, 0, layer->n_in * layer->n_out * sizeof *t->mean);
    wn_column_set_spread(&t->batch->columns, 0, t->batch->columns.n, gradient + layer->weight, layer->n_out,
                         t->mean + layer->weight);
    return loss;
}

/* The loss, and the gradient into t->mean, that the rows at n places of a lane's part of a batch (order: its rows) make
 * when all others are zero. They keep their places, by which dropout draws. */
static double make_of_some(wn_trainer *t, const int64_t *order, const size_t *places, size_t n, wn_dropout_draw draw)
{
    size_t last = 0;
    for (size_t i = 0; i < t->share; i++)
        t->picked[i] = -1;
    for (size_t k = 0; k < n; k++) {
        t->picked[places[k]] = order[places[k]];
        last = places[k] > last ? places[k] : last;
    }
    wn_trainer_lay_out(t);
    return t->batch != NULL ? make_sparse(t, last + 1, draw) : wn_trainer_gradient(t, last + 1, draw, t->mean);
}

static bool is_bad(wn_trainer *t, const int64_t *order, const size_t *places, size_t n, wn_dropout_draw draw)
{
    double loss = make_of_some(t, order, places, n, draw);
    return !isfinite(loss) || !wn_fixed_are_finite(t->mean, t->network->n_parameters);
}

/* For qsort_r: places of rows in the order of their numbers in the table. */
typedef struct {
    const int64_t *order, *rows;
} numbered;

static int by_number(const void *a, const void *b, void *context)
{
    const numbered *of = context;
    int64_t left = of->rows[of->order[*(const size_t *)a]], right = of->rows[of->order[*(const size_t *)b]];
    return (left > right) - (left < right);
}

void wn_trainer_blame(wn_trainer *t, size_t lane, int64_t s, size_t n, wn_dropout_draw draw)
{
    size_t layer = wn_network_not_finite(t->network, t->workspace, t->share), low = 1, high = n;
    const int64_t *order = t->order + t->order_first[lane] + (size_t)s * t->share;
    numbered of = {order, t->train->rows};
    for (size_t i = 0; i < n; i++)
        t->places[i] = i;
    qsort_r(t->places, n, sizeof *t->places, by_number, &of);
    while (low < high) {
        size_t half = low + (high - low) / 2;
        if (is_bad(t, order, t->places, half, draw))
            high = half;
        else
            low = half + 1;
    }
    size_t k = high - 1;
    while (k < n && !is_bad(t, order, t->places + k, 1, draw))
        k++;
    size_t place = t->places[k < n ? k : 0];
    wn_gradient_sum_blame(t->sum, layer, t->train->rows[order[place]], k < n);
}

/* Whether a row of the batch, of n_rows rows in all, carries the optimizer's state out of float32 by itself. */
static bool is_too_steep(wn_trainer *t, const int64_t *order, size_t place, int64_t n_rows, wn_dropout_draw draw)
{
    size_t n = t->network->n_parameters;
    make_of_some(t, order, &place, 1, draw);
    for (size_t i = 0; i < n; i++)
        t->mean[i] /= (float)n_rows;
    return wn_optimizer_overflow(t->optimizer, t->mean, t->network->parameters) < n;
}

/* Blames this rank's rows of the batch for what its mean gradient would do to a layer. Training has ended. */
static void blame_step(wn_trainer *t, size_t layer, int64_t step, int64_t n_rows)
{
    for (size_t i = 0; i < t->n_lanes; i++) {
        wn_dropout_draw draw = {t->options->seed, step, t->lanes->mine.first + (int64_t)i};
        const int64_t *order = t->order + t->order_first[i] + (size_t)t->place.batch * t->share;
        size_t n = wn_trainer_gather(t, i, t->place.batch);
        for (size_t k = 0; k < n; k++)
            wn_gradient_sum_blame(t->sum, layer, t->train->rows[order[k]], is_too_steep(t, order, k, n_rows, draw));
    }
}

wn_status wn_trainer_check_step(wn_trainer *t, int64_t step, int64_t n_rows)
{
    const wn_network *network = t->network;
    size_t layer = network->n_layers - 1;
    size_t last = wn_optimizer_overflow(t->optimizer, t->mean, network->parameters);
    if (last == network->n_parameters)
        return WN_OK;
    while (layer > 0 && network->layers[layer].weight > last)
        layer--;
    blame_step(t, layer, step, n_rows);
    bool is_sgd = t->options->optimizer.type == WN_OPTIMIZER_SGD;
    return wn_gradient_sum_refuse(t->ranks, t->sum, is_sgd ? "momentum" : "squared gradient");
}

wn_status wn_trainer_check_end(const wn_trainer *t)
{
    const wn_network *network = t->network;
    for (size_t i = 0; i < network->n_layers; i++) {
        const wn_layer *layer = &network->layers[i];
        const float *weight = network->parameters + layer->weight, *bias = network->parameters + layer->bias;
        if (!wn_fixed_are_finite(weight, layer->n_in * layer->n_out) || !wn_fixed_are_finite(bias, layer->n_out))
            return wn_fail(WN_BAD_DATA, "a weight is not finite after epoch %lld, batch %lld, layer %s",
                           (long long)t->place.epoch, (long long)t->lanes->n_steps, layer->name);
    }
    return WN_OK;
}
