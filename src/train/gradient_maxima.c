/* The message of maxima: units, stop requests, errors, and who is to blame for what is not finite. */
#include "gradient_state.h"

#include "winnow/stop.h"

#include "fixed_point.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LEAST_EXPONENT = -1100 }; /* below that of any double */

void wn_gradient_sum_locate(wn_gradient_sum *sum, int64_t epoch, int64_t batch)
{
    sum->epoch = epoch;
    sum->batch = batch;
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

static void fill_loss_maxima(wn_gradient_sum *sum)
{
    sum->maxima[WN_MAX_LOSS_EXPONENT] = LEAST_EXPONENT;
    for (size_t i = 0; i < sum->n_lanes; i++) {
        int exponent = LEAST_EXPONENT;
        if (!isfinite(sum->losses[i]))
            sum->maxima[WN_MAX_LOSS_NOT_FINITE] = 1;
        else if (sum->losses[i] > 0.0)
            (void)frexp(sum->losses[i], &exponent); /* loss < 2^exponent */
        if (exponent > sum->maxima[WN_MAX_LOSS_EXPONENT])
            sum->maxima[WN_MAX_LOSS_EXPONENT] = exponent;
    }
}

static void fill_blame(wn_gradient_sum *sum)
{
    sum->maxima[WN_MAX_BLAME] = (int64_t)(sum->n_layers - sum->blamed);
    sum->maxima[WN_MAX_ROW_ALONE] = key_of_row(sum->row_alone);
    sum->maxima[WN_MAX_ROW_IN_SUM] = key_of_row(sum->row_in_sum);
}

static void fill_maxima(wn_gradient_sum *sum, wn_status status)
{
    memset(sum->maxima, 0, (WN_MAX_HEAD + sum->n_tensors) * sizeof *sum->maxima);
    sum->maxima[WN_MAX_STATUS] = status;
    sum->maxima[WN_MAX_STOP] = wn_stop_requested() ? 1 : 0;
    if (status != WN_OK)
        return; /* the lanes may not be filled */
    fill_blame(sum);
    fill_loss_maxima(sum);
    for (size_t i = 0; i < sum->n_lanes; i++)
        for (size_t t = 0; t < sum->n_tensors; t++) {
            int64_t bits = sum->largest[i * sum->n_tensors + t];
            if (bits > sum->maxima[WN_MAX_HEAD + t])
                sum->maxima[WN_MAX_HEAD + t] = bits;
        }
}

/* The last layer whose gradient is not finite, where going backward it began; n_layers if there is none. */
static size_t last_bad_gradient(const wn_gradient_sum *sum)
{
    for (size_t t = sum->n_tensors; t-- > 0;)
        if (sum->maxima[WN_MAX_HEAD + t] >= WN_FLOAT_NOT_FINITE)
            return sum->tensors[t].layer;
    return sum->n_layers;
}

/* Which row to look at, for the message. */
static void format_row(const wn_gradient_sum *sum, char *text, size_t size)
{
    int64_t alone = sum->maxima[WN_MAX_ROW_ALONE], in_sum = sum->maxima[WN_MAX_ROW_IN_SUM];
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
    bool loss_is_bad = sum->maxima[WN_MAX_LOSS_NOT_FINITE] != 0;
    if (layer == sum->n_layers && !loss_is_bad)
        return WN_OK;
    if (sum->maxima[WN_MAX_BLAME] > 0)
        layer = sum->n_layers - (size_t)sum->maxima[WN_MAX_BLAME];
    else if (layer == sum->n_layers)
        layer = sum->n_layers - 1;
    return fail_not_finite(sum, loss_is_bad ? "loss" : "gradient", layer);
}

wn_status wn_gradient_sum_refuse(const wn_ranks *ranks, wn_gradient_sum *sum, const char *what)
{
    memset(sum->maxima, 0, WN_MAX_HEAD * sizeof *sum->maxima);
    fill_blame(sum);
    wn_status sent = wn_ranks_max(ranks, sum->maxima, WN_MAX_HEAD);
    size_t from_last = (size_t)sum->maxima[WN_MAX_BLAME]; /* 0: no rank blamed a layer */
    return sent != WN_OK ? sent : fail_not_finite(sum, what, sum->n_layers - (from_last > 0 ? from_last : 1));
}

wn_status wn_gradient_maxima_agree(const wn_ranks *ranks, wn_gradient_sum *sum, wn_status status)
{
    fill_maxima(sum, status);
    sum->blamed = sum->n_layers;
    sum->row_alone = sum->row_in_sum = INT64_MAX;
    wn_status sent = wn_ranks_max(ranks, sum->maxima, WN_MAX_HEAD + sum->n_tensors);
    if (sent != WN_OK)
        return sent;
    if (sum->maxima[WN_MAX_STATUS] != WN_OK)
        return wn_ranks_agree(ranks, status);
    if (sum->maxima[WN_MAX_STOP] != 0)
        return wn_stop_fail("training");
    return check_finite(sum);
}
