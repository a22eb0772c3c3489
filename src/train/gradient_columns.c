/* Gradients of the weights of some columns: what sparse rows have. */
#include "gradient_state.h"

#include "winnow/memory.h"

#include "fixed_point.h"

#include <string.h>

wn_status wn_gradient_columns_init(wn_gradient_columns *sparse, const wn_layer *layer, size_t n_lanes)
{
    wn_status status = WN_OK;
    sparse->n_out = layer->n_out;
    sparse->n_weights = layer->n_in * layer->n_out;
    TRY(wn_column_set_init(&sparse->columns, layer->n_in));
    TRY(wn_memory_new((void **)&sparse->of_lanes, n_lanes, layer->n_in * sizeof *sparse->of_lanes, __func__));
    TRY(wn_new(&sparse->n_of_lanes, n_lanes));
    TRY(wn_new(&sparse->room, WN_SPREAD_COLUMNS * layer->n_out));
done:
    return status;
}

void wn_gradient_columns_clear(wn_gradient_columns *sparse)
{
    wn_column_set_clear(&sparse->columns);
    wn_free(sparse->of_lanes);
    wn_free(sparse->n_of_lanes);
    wn_free(sparse->room);
    *sparse = (wn_gradient_columns){0};
}

void wn_gradient_columns_set(wn_gradient_columns *sparse, size_t i, const wn_column_set *columns)
{
    sparse->n_of_lanes[i] = columns->n;
    if (columns->n > 0)
        memcpy(sparse->of_lanes + i * sparse->columns.n_all, columns->columns, columns->n * sizeof *columns->columns);
}

wn_status wn_gradient_columns_agree(const wn_ranks *ranks, wn_gradient_columns *sparse, size_t n_lanes,
                                    size_t *n_values)
{
    wn_column_set *columns = &sparse->columns;
    wn_column_set_empty(columns);
    for (size_t i = 0; i < n_lanes; i++)
        for (size_t c = 0; c < sparse->n_of_lanes[i]; c++)
            wn_column_set_add(columns, sparse->of_lanes[i * columns->n_all + c]);
    if (MPI_Allreduce(MPI_IN_PLACE, columns->bits, (int)columns->n_words, MPI_UINT64_T, MPI_BOR, ranks->comm) !=
        MPI_SUCCESS)
        return wn_fail(WN_INTERNAL, "MPI_Allreduce of a batch's columns failed");
    wn_column_set_list(columns);
    *n_values = columns->n * sparse->n_out;
    return WN_OK;
}

void wn_gradient_columns_add(const wn_gradient_columns *sparse, size_t i, const float *gradient, int shift,
                             int32_t *sums)
{
    size_t n_out = sparse->n_out;
    const uint32_t *columns = sparse->of_lanes + i * sparse->columns.n_all;
    for (size_t c = 0; c < sparse->n_of_lanes[i]; c++)
        wn_fixed_add(sums + sparse->columns.place[columns[c]] * n_out, gradient + c * n_out, shift, n_out);
}

void wn_gradient_columns_mean(const wn_gradient_columns *sparse, const int32_t *sums, double factor, float *mean)
{
    size_t n_out = sparse->n_out;
    memset(mean, 0, sparse->n_weights * sizeof *mean);
    for (size_t first = 0; first < sparse->columns.n; first += WN_SPREAD_COLUMNS) {
        size_t left = sparse->columns.n - first, n = left < WN_SPREAD_COLUMNS ? left : WN_SPREAD_COLUMNS;
        wn_fixed_values(sums + first * n_out, factor, sparse->room, n * n_out);
        wn_column_set_spread(&sparse->columns, first, n, sparse->room, n_out, mean);
    }
}
