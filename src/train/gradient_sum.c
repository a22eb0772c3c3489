#include "gradient_state.h"

#include "winnow/memory.h"

#include "fixed_point.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
    PIECE = 1 << 24, /* int32 values of one message: 64 MiB */
    TAIL_BYTES = 8,  /* rows, and the loss: two int64 numbers sent as bytes, each byte a value of its own */
    TAIL = 2 * TAIL_BYTES,
    CHUNK = 4096, /* values whose int32 sums stay in the nearest cache while the lanes are added */
    SUM_BITS = 30,
    LOSS_BITS = 61
};

static int ceil_log2(int64_t n)
{
    int bits = 0;
    while (((int64_t)1 << bits) < n)
        bits++;
    return bits;
}

static void copy_tensors(wn_gradient_sum *sum, const wn_network *network)
{
    for (size_t i = 0; i < network->n_layers; i++) {
        const wn_layer *layer = &network->layers[i];
        sum->tensors[2 * i] = (wn_tensor){layer->weight, layer->n_in * layer->n_out, i};
        sum->tensors[2 * i + 1] = (wn_tensor){layer->bias, layer->n_out, i};
        memcpy(sum->layer_names[i], layer->name, sizeof layer->name);
    }
}

wn_status wn_gradient_sum_new(wn_gradient_sum **sum, const wn_network *network, const wn_lanes *lanes, bool is_sparse)
{
    wn_status status = WN_OK;
    wn_gradient_sum *made = NULL;

    TRY(wn_new(&made, 1));
    made->n_parameters = network->n_parameters;
    made->n_layers = made->blamed = network->n_layers;
    made->row_alone = made->row_in_sum = INT64_MAX;
    made->n_tensors = 2 * network->n_layers;
    made->n_lanes = (size_t)(lanes->mine.last - lanes->mine.first);
    made->lane_bits = ceil_log2(lanes->n_lanes);
    made->stride = (network->n_parameters + 15) / 16 * 16;
    TRY(wn_new(&made->tensors, made->n_tensors));
    TRY(wn_new(&made->layer_names, made->n_layers));
    TRY(wn_new(&made->gradients, made->n_lanes * made->stride));
    TRY(wn_new(&made->rows, made->n_lanes));
    TRY(wn_new(&made->losses, made->n_lanes));
    TRY(wn_new(&made->largest, made->n_lanes * made->n_tensors));
    TRY(wn_new(&made->maxima, WN_MAX_HEAD + made->n_tensors));
    TRY(wn_new(&made->sums, made->n_parameters + TAIL));
    copy_tensors(made, network);
    if (is_sparse)
        TRY(wn_gradient_columns_init(&made->sparse, &network->layers[0], made->n_lanes));
    *sum = made;
    made = NULL;
done:
    wn_gradient_sum_free(made);
    return status;
}

void wn_gradient_sum_free(wn_gradient_sum *sum)
{
    if (sum == NULL)
        return;
    wn_gradient_columns_clear(&sum->sparse);
    wn_free(sum->sums);
    wn_free(sum->maxima);
    wn_free(sum->largest);
    wn_free(sum->losses);
    wn_free(sum->rows);
    wn_free(sum->gradients);
    wn_free(sum->layer_names);
    wn_free(sum->tensors);
    wn_free(sum);
}

float *wn_gradient_sum_lane(wn_gradient_sum *sum, size_t i)
{
    return sum->gradients + i * sum->stride;
}

/* The magnitudes are looked at now, while the gradient lies in a cache. */
bool wn_gradient_sum_set(wn_gradient_sum *sum, size_t i, int64_t n_rows, double loss, const wn_column_set *columns)
{
    const float *gradient = wn_gradient_sum_lane(sum, i);
    sum->rows[i] = n_rows;
    sum->losses[i] = loss;
    bool is_finite = isfinite(loss);
    if (columns != NULL)
        wn_gradient_columns_set(&sum->sparse, i, columns);
    for (size_t t = 0; t < sum->n_tensors; t++) {
        size_t n = t == 0 && columns != NULL ? columns->n * sum->sparse.n_out : sum->tensors[t].n;
        int32_t bits = wn_fixed_largest_bits(gradient + sum->tensors[t].first, n);
        sum->largest[i * sum->n_tensors + t] = bits;
        is_finite = is_finite && bits < WN_FLOAT_NOT_FINITE;
    }
    return is_finite;
}

static int tensor_shift(const wn_gradient_sum *sum, size_t t)
{
    return wn_fixed_shift((int32_t)sum->maxima[WN_MAX_HEAD + t], SUM_BITS - sum->lane_bits);
}

/* Parameters from the first that is sent for all columns on. */
static size_t n_sent_whole(const wn_gradient_sum *sum)
{
    return sum->n_parameters - sum->sparse.n_weights;
}

static bool is_sparse(const wn_gradient_sum *sum, size_t t)
{
    return t == 0 && sum->sparse.n_weights > 0;
}

/* Where the sums of a tensor are: the message has no gap where the weights of all columns would be. */
static int32_t *sums_of(const wn_gradient_sum *sum, size_t t)
{
    return sum->sums + (is_sparse(sum, t) ? n_sent_whole(sum) + TAIL : sum->tensors[t].first - sum->sparse.n_weights);
}

static void add_tensor(wn_gradient_sum *sum, size_t t)
{
    int shift = tensor_shift(sum, t);
    size_t begin = sum->tensors[t].first, n_all = sum->tensors[t].n;
    for (size_t first = 0; first < n_all; first += CHUNK) {
        size_t n = n_all - first < CHUNK ? n_all - first : CHUNK;
        for (size_t i = 0; i < sum->n_lanes; i++)
            wn_fixed_add(sums_of(sum, t) + first, wn_gradient_sum_lane(sum, i) + begin + first, shift, n);
    }
}

/* n: values of the message. */
static void add_lanes(wn_gradient_sum *sum, size_t n)
{
    memset(sum->sums, 0, n * sizeof *sum->sums);
    for (size_t t = 0; t < sum->n_tensors; t++)
        if (!is_sparse(sum, t))
            add_tensor(sum, t);
    for (size_t i = 0; is_sparse(sum, 0) && i < sum->n_lanes; i++)
        wn_gradient_columns_add(&sum->sparse, i, wn_gradient_sum_lane(sum, i), tensor_shift(sum, 0), sums_of(sum, 0));
}

static int loss_shift(const wn_gradient_sum *sum)
{
    return LOSS_BITS - sum->lane_bits - (int)sum->maxima[WN_MAX_LOSS_EXPONENT];
}

static void put_bytes(int32_t *tail, uint64_t number)
{
    for (size_t i = 0; i < TAIL_BYTES; i++)
        tail[i] = (int32_t)(number >> (8 * i) & 0xff);
}

static uint64_t take_bytes(const int32_t *tail)
{
    uint64_t number = 0;
    for (size_t i = 0; i < TAIL_BYTES; i++)
        number += (uint64_t)tail[i] << (8 * i);
    return number;
}

static void put_tail(wn_gradient_sum *sum)
{
    uint64_t rows = 0, loss = 0;
    for (size_t i = 0; i < sum->n_lanes; i++) {
        rows += (uint64_t)sum->rows[i];
        loss += (uint64_t)llround(ldexp(sum->losses[i], loss_shift(sum)));
    }
    put_bytes(sum->sums + n_sent_whole(sum), rows);
    put_bytes(sum->sums + n_sent_whole(sum) + TAIL_BYTES, loss);
}

static wn_status sum_over_ranks(const wn_ranks *ranks, int32_t *values, size_t n)
{
    for (size_t first = 0; first < n; first += PIECE) {
        int count = (int)(n - first < PIECE ? n - first : PIECE);
        if (MPI_Allreduce(MPI_IN_PLACE, values + first, count, MPI_INT32_T, MPI_SUM, ranks->comm) != MPI_SUCCESS)
            return wn_fail(WN_INTERNAL, "MPI_Allreduce of a gradient failed");
    }
    return WN_OK;
}

static void take_mean(const wn_gradient_sum *sum, int64_t n_rows, float *mean)
{
    for (size_t t = 0; t < sum->n_tensors; t++) {
        double factor = n_rows > 0 ? ldexp(1.0, -tensor_shift(sum, t)) / (double)n_rows : 0.0;
        if (is_sparse(sum, t))
            wn_gradient_columns_mean(&sum->sparse, sums_of(sum, t), factor, mean);
        else
            wn_fixed_values(sums_of(sum, t), factor, mean + sum->tensors[t].first, sum->tensors[t].n);
    }
}

wn_status wn_gradient_sum_reduce(const wn_ranks *ranks, wn_gradient_sum *sum, wn_status status, float *mean,
                                 double *loss, int64_t *n_rows)
{
    size_t n_sparse = 0;
    status = wn_gradient_maxima_agree(ranks, sum, status);
    if (status == WN_OK && is_sparse(sum, 0))
        status = wn_gradient_columns_agree(ranks, &sum->sparse, sum->n_lanes, &n_sparse);
    if (status != WN_OK)
        return status;
    size_t tail = n_sent_whole(sum), n = tail + TAIL + n_sparse;
    add_lanes(sum, n);
    put_tail(sum);
    status = sum_over_ranks(ranks, sum->sums, n);
    if (status != WN_OK)
        return status;
    *n_rows = (int64_t)take_bytes(sum->sums + tail);
    *loss = ldexp((double)take_bytes(sum->sums + tail + TAIL_BYTES), -loss_shift(sum));
    take_mean(sum, *n_rows, mean);
    return WN_OK;
}
