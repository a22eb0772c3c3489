#include "winnow/gradient_sum.h"

#include "winnow/memory.h"
#include "winnow/stop.h"

#include "fixed_point.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    PIECE = 1 << 24, /* int32 values of one message: 64 MiB */
    TAIL_BYTES = 8,  /* rows, and the loss: two int64 numbers sent as bytes, each byte a value of its own */
    TAIL = 2 * TAIL_BYTES,
    CHUNK = 4096, /* values whose int32 sums stay in the nearest cache while the lanes are added */
    SUM_BITS = 30,
    LOSS_BITS = 61
};

/* The message of maxima: a head, then the bits of each tensor's largest magnitude. */
enum {
    MAX_STATUS,
    MAX_STOP,
    MAX_BLAME,
    MAX_ROW_ALONE,
    MAX_ROW_IN_SUM,
    MAX_LOSS_EXPONENT,
    MAX_LOSS_NOT_FINITE,
    MAX_HEAD
};
enum { LEAST_EXPONENT = -1100 }; /* below that of any double */

typedef struct {
    size_t first, n;
    size_t layer;
} tensor;

struct wn_gradient_sum {
    size_t n_parameters, n_layers, n_tensors, n_lanes; /* lanes of this rank */
    int lane_bits;                                     /* ceil(log2 of all lanes) */
    tensor *tensors;
    char (*layer_names)[sizeof(((wn_layer *)0)->name)];
    float *gradients; /* (n_lanes, stride) */
    size_t stride;
    int64_t *rows; /* (n_lanes) */
    double *losses;
    int32_t *largest;     /* (n_lanes, n_tensors) bits of each tensor's largest magnitude */
    int64_t *maxima;      /* (MAX_HEAD + n_tensors) */
    int32_t *sums;        /* (n_parameters + TAIL) */
    size_t blamed;        /* the first layer whose outputs were not finite on this rank; n_layers: none */
    int64_t row_alone;    /* the least row that is not finite by itself; INT64_MAX: none */
    int64_t row_in_sum;   /* the least of the rows of lanes whose sum alone is not; INT64_MAX: none */
    int64_t epoch, batch; /* for messages */
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
        sum->tensors[2 * i] = (tensor){layer->weight, layer->n_in * layer->n_out, i};
        sum->tensors[2 * i + 1] = (tensor){layer->bias, layer->n_out, i};
        memcpy(sum->layer_names[i], layer->name, sizeof layer->name);
    }
}

wn_status wn_gradient_sum_new(wn_gradient_sum **sum, const wn_network *network, const wn_lanes *lanes)
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
    TRY(wn_new(&made->maxima, MAX_HEAD + made->n_tensors));
    TRY(wn_new(&made->sums, made->n_parameters + TAIL));
    copy_tensors(made, network);
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
bool wn_gradient_sum_set(wn_gradient_sum *sum, size_t i, int64_t n_rows, double loss)
{
    const float *gradient = wn_gradient_sum_lane(sum, i);
    sum->rows[i] = n_rows;
    sum->losses[i] = loss;
    bool is_finite = isfinite(loss);
    for (size_t t = 0; t < sum->n_tensors; t++) {
        int32_t bits = wn_fixed_largest_bits(gradient + sum->tensors[t].first, sum->tensors[t].n);
        sum->largest[i * sum->n_tensors + t] = bits;
        is_finite = is_finite && bits < WN_FLOAT_NOT_FINITE;
    }
    return is_finite;
}

void wn_gradient_sum_blame(wn_gradient_sum *sum, size_t layer, int64_t row, bool is_alone)
{
    int64_t *least = is_alone ? &sum->row_alone : &sum->row_in_sum;
    sum->blamed = layer < sum->blamed ? layer : sum->blamed;
    *least = row < *least ? row : *least;
}

/* The larger, the less the row: what MPI_MAX makes the least of all. 0 stands for none. */
static int64_t key_of_row(int64_t row)
{
    return INT64_MAX - row;
}

void wn_gradient_sum_locate(wn_gradient_sum *sum, int64_t epoch, int64_t batch)
{
    sum->epoch = epoch;
    sum->batch = batch;
}

static void fill_loss_maxima(wn_gradient_sum *sum)
{
    sum->maxima[MAX_LOSS_EXPONENT] = LEAST_EXPONENT;
    for (size_t i = 0; i < sum->n_lanes; i++) {
        int exponent = LEAST_EXPONENT;
        if (!isfinite(sum->losses[i]))
            sum->maxima[MAX_LOSS_NOT_FINITE] = 1;
        else if (sum->losses[i] > 0.0)
            (void)frexp(sum->losses[i], &exponent); /* loss < 2^exponent */
        if (exponent > sum->maxima[MAX_LOSS_EXPONENT])
            sum->maxima[MAX_LOSS_EXPONENT] = exponent;
    }
}

static void fill_blame(wn_gradient_sum *sum)
{
    sum->maxima[MAX_BLAME] = (int64_t)(sum->n_layers - sum->blamed);
    sum->maxima[MAX_ROW_ALONE] = key_of_row(sum->row_alone);
    sum->maxima[MAX_ROW_IN_SUM] = key_of_row(sum->row_in_sum);
}

static void fill_maxima(wn_gradient_sum *sum, wn_status status)
{
    memset(sum->maxima, 0, (MAX_HEAD + sum->n_tensors) * sizeof *sum->maxima);
    sum->maxima[MAX_STATUS] = status;
    sum->maxima[MAX_STOP] = wn_stop_requested() ? 1 : 0;
    if (status != WN_OK)
        return; /* the lanes may not be filled */
    fill_blame(sum);
    fill_loss_maxima(sum);
    for (size_t i = 0; i < sum->n_lanes; i++)
        for (size_t t = 0; t < sum->n_tensors; t++) {
            int64_t bits = sum->largest[i * sum->n_tensors + t];
            if (bits > sum->maxima[MAX_HEAD + t])
                sum->maxima[MAX_HEAD + t] = bits;
        }
}

/* The last layer whose gradient is not finite, where going backward it began; n_layers if there is none. */
static size_t last_bad_gradient(const wn_gradient_sum *sum)
{
    for (size_t t = sum->n_tensors; t-- > 0;)
        if (sum->maxima[MAX_HEAD + t] >= WN_FLOAT_NOT_FINITE)
            return sum->tensors[t].layer;
    return sum->n_layers;
}

/* Which row to look at, for the message. */
static void format_row(const wn_gradient_sum *sum, char *text, size_t size)
{
    int64_t alone = sum->maxima[MAX_ROW_ALONE], in_sum = sum->maxima[MAX_ROW_IN_SUM];
    text[0] = '\0';
    if (alone > 0)
        snprintf(text, size, ", row %lld of the table", (long long)(INT64_MAX - alone));
    else if (in_sum > 0)
        snprintf(text, size, ", in the sum over row %lld of the table and others", (long long)(INT64_MAX - in_sum));
}

static wn_status fail_not_finite(const wn_gradient_sum *sum, const char *what, size_t layer)
{
    char row[96];
    format_row(sum, row, sizeof row);
    return wn_fail(WN_BAD_DATA, "%s is not finite in epoch %lld, batch %lld, layer %s%s", what, (long long)sum->epoch,
                   (long long)sum->batch, sum->layer_names[layer], row);
}

/* The same on every rank: it follows from the maxima alone. */
static wn_status check_finite(const wn_gradient_sum *sum)
{
    size_t layer = last_bad_gradient(sum);
    bool loss_is_bad = sum->maxima[MAX_LOSS_NOT_FINITE] != 0;
    if (layer == sum->n_layers && !loss_is_bad)
        return WN_OK;
    if (sum->maxima[MAX_BLAME] > 0)
        layer = sum->n_layers - (size_t)sum->maxima[MAX_BLAME];
    else if (layer == sum->n_layers)
        layer = sum->n_layers - 1;
    return fail_not_finite(sum, loss_is_bad ? "loss" : "gradient", layer);
}

wn_status wn_gradient_sum_refuse(const wn_ranks *ranks, wn_gradient_sum *sum, const char *what)
{
    memset(sum->maxima, 0, MAX_HEAD * sizeof *sum->maxima);
    fill_blame(sum);
    wn_status sent = wn_ranks_max(ranks, sum->maxima, MAX_HEAD);
    size_t from_last = (size_t)sum->maxima[MAX_BLAME]; /* 0: no rank blamed a layer */
    return sent != WN_OK ? sent : fail_not_finite(sum, what, sum->n_layers - (from_last > 0 ? from_last : 1));
}

/* One small message: what every rank must know before values can be sent. */
static wn_status agree_maxima(const wn_ranks *ranks, wn_gradient_sum *sum, wn_status status)
{
    fill_maxima(sum, status);
    sum->blamed = sum->n_layers;
    sum->row_alone = sum->row_in_sum = INT64_MAX;
    wn_status sent = wn_ranks_max(ranks, sum->maxima, MAX_HEAD + sum->n_tensors);
    if (sent != WN_OK)
        return sent;
    if (sum->maxima[MAX_STATUS] != WN_OK)
        return wn_ranks_agree(ranks, status);
    if (sum->maxima[MAX_STOP] != 0)
        return wn_stop_fail("training");
    return check_finite(sum);
}

static int tensor_shift(const wn_gradient_sum *sum, size_t t)
{
    return wn_fixed_shift((int32_t)sum->maxima[MAX_HEAD + t], SUM_BITS - sum->lane_bits);
}

static void add_lanes(wn_gradient_sum *sum)
{
    memset(sum->sums, 0, (sum->n_parameters + TAIL) * sizeof *sum->sums);
    for (size_t t = 0; t < sum->n_tensors; t++) {
        int shift = tensor_shift(sum, t);
        size_t end = sum->tensors[t].first + sum->tensors[t].n;
        for (size_t first = sum->tensors[t].first; first < end; first += CHUNK) {
            size_t n = end - first < CHUNK ? end - first : CHUNK;
            for (size_t i = 0; i < sum->n_lanes; i++)
                wn_fixed_add(sum->sums + first, wn_gradient_sum_lane(sum, i) + first, shift, n);
        }
    }
}

static int loss_shift(const wn_gradient_sum *sum)
{
    return LOSS_BITS - sum->lane_bits - (int)sum->maxima[MAX_LOSS_EXPONENT];
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
    put_bytes(sum->sums + sum->n_parameters, rows);
    put_bytes(sum->sums + sum->n_parameters + TAIL_BYTES, loss);
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
        size_t first = sum->tensors[t].first;
        double factor = n_rows > 0 ? ldexp(1.0, -tensor_shift(sum, t)) / (double)n_rows : 0.0;
        wn_fixed_values(sum->sums + first, factor, mean + first, sum->tensors[t].n);
    }
}

wn_status wn_gradient_sum_reduce(const wn_ranks *ranks, wn_gradient_sum *sum, wn_status status, float *mean,
                                 double *loss, int64_t *n_rows)
{
    status = agree_maxima(ranks, sum, status);
    if (status != WN_OK)
        return status;
    add_lanes(sum);
    put_tail(sum);
    status = sum_over_ranks(ranks, sum->sums, sum->n_parameters + TAIL);
    if (status != WN_OK)
        return status;
    *n_rows = (int64_t)take_bytes(sum->sums + sum->n_parameters);
    *loss = ldexp((double)take_bytes(sum->sums + sum->n_parameters + TAIL_BYTES), -loss_shift(sum));
    take_mean(sum, *n_rows, mean);
    return WN_OK;
}
