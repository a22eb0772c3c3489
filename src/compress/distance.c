#include "winnow/compress.h"

#include "winnow/exact_sum.h"
#include "winnow/memory.h"

#include <math.h>

static void add_rows(wn_exact_sum *sum, const float *full, const float *small, size_t n_rows, size_t n_outputs)
{
    for (size_t i = 0; i < n_rows; i++) {
        double square = 0;
        for (size_t k = 0; k < n_outputs; k++) {
            double difference = (double)full[i * n_outputs + k] - (double)small[i * n_outputs + k];
            square += difference * difference;
        }
        wn_exact_sum_add(sum, square);
    }
}

/* Runs of rows start at a piece's start, so that their shapes do not depend on the ranks. */
static void add_pieces(wn_exact_sum *sum, const wn_network *full, wn_workspace *full_space, const wn_dataset *full_rows,
                       const wn_network *small, wn_workspace *small_space, const wn_dataset *small_rows)
{
    for (size_t p = 0; p < full_rows->n_pieces; p++) {
        size_t last = full_rows->piece_first[p + 1];
        for (size_t i = full_rows->piece_first[p]; i < last; i += WN_EVALUATION_ROWS) {
            size_t n = last - i < WN_EVALUATION_ROWS ? last - i : WN_EVALUATION_ROWS;
            const float *a = wn_network_forward(full, full_space, full_rows->features + i * full_rows->n_features, n);
            const float *b =
                wn_network_forward(small, small_space, small_rows->features + i * small_rows->n_features, n);
            add_rows(sum, a, b, n, full->n_outputs);
        }
    }
}

static wn_status add_local(wn_exact_sum *sum, const wn_network *full, const wn_dataset *full_rows,
                           const wn_network *small, const wn_dataset *small_rows)
{
    wn_status status = WN_OK;
    wn_workspace *full_space = NULL, *small_space = NULL;
    if (full_rows->n_rows != small_rows->n_rows || full->n_outputs != small->n_outputs)
        return wn_fail(WN_INTERNAL, "two networks are compared on different rows or outputs");
    TRY(wn_workspace_new(&full_space, full, WN_EVALUATION_ROWS));
    TRY(wn_workspace_new(&small_space, small, WN_EVALUATION_ROWS));
    add_pieces(sum, full, full_space, full_rows, small, small_space, small_rows);
done:
    wn_workspace_free(small_space);
    wn_workspace_free(full_space);
    return status;
}

wn_status wn_compress_distance(const wn_ranks *ranks, const wn_network *full, const wn_dataset *full_rows,
                               const wn_network *small, const wn_dataset *small_rows, double *distance)
{
    wn_status status = WN_OK;
    wn_exact_sum sum = {0};
    int64_t n_rows = (int64_t)full_rows->n_rows;
    TRY(wn_ranks_agree(ranks, add_local(&sum, full, full_rows, small, small_rows)));
    wn_exact_sum_normalize(&sum);
    TRY(wn_ranks_sum(ranks, sum.digit, WN_EXACT_SUM_SIZE));
    TRY(wn_ranks_sum(ranks, &n_rows, 1));
    *distance = n_rows > 0 ? wn_exact_sum_round(&sum) / (double)n_rows : 0;
done:
    return status;
}
