#include "winnow/compress.h"

#include "winnow/evaluation.h"
#include "winnow/exact_sum.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

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

/* Two networks, each with its rows and scratch. */
typedef struct {
    const wn_network *network;
    const wn_dataset *rows;
    wn_workspace *workspace;
    float *room; /* where sparse rows are laid out */
} side;

static const float *outputs(const side *of, size_t first, size_t n)
{
    return wn_network_forward(of->network, of->workspace, wn_dataset_rows(of->rows, first, n, of->room), n);
}

/* Runs of rows start at a piece's start, so that their shapes do not depend on the ranks. */
static void add_piece(wn_exact_sum *sum, const side *full, const side *small, size_t piece)
{
    size_t last = full->rows->piece_first[piece + 1];
    for (size_t i = full->rows->piece_first[piece]; i < last; i += WN_EVALUATION_ROWS) {
        size_t n = last - i < WN_EVALUATION_ROWS ? last - i : WN_EVALUATION_ROWS;
        add_rows(sum, outputs(full, i, n), outputs(small, i, n), n, full->network->n_outputs);
    }
}

/* Ends early on a stop request, or where another rank tells of a fault. */
static wn_status add_local(wn_exact_sum *sum, side *full, side *small, wn_agreement *agreement)
{
    wn_status status = WN_OK;
    if (full->rows->n_rows != small->rows->n_rows || full->network->n_outputs != small->network->n_outputs)
        return wn_fail(WN_INTERNAL, "two networks are compared on different rows or outputs");
    TRY(wn_workspace_new(&full->workspace, full->network, WN_EVALUATION_ROWS));
    TRY(wn_workspace_new(&small->workspace, small->network, WN_EVALUATION_ROWS));
    TRY(wn_new(&full->room, wn_dataset_room(full->rows, WN_EVALUATION_ROWS)));
    TRY(wn_new(&small->room, wn_dataset_room(small->rows, WN_EVALUATION_ROWS)));
    for (size_t p = 0; p < full->rows->n_pieces && !wn_agreement_poll(agreement); p++) {
        if (wn_stop_requested())
            TRY(wn_stop_fail("an evaluation"));
        add_piece(sum, full, small, p);
    }
done:
    wn_free(small->room);
    wn_free(full->room);
    wn_workspace_free(small->workspace);
    wn_workspace_free(full->workspace);
    return status;
}

wn_status wn_compress_distance(const wn_ranks *ranks, const wn_network *full, const wn_dataset *full_rows,
                               const wn_network *small, const wn_dataset *small_rows, double *distance)
{
    wn_status status = WN_OK;
    wn_exact_sum sum = {0};
    wn_agreement agreement;
    side a = {full, full_rows, NULL, NULL}, b = {small, small_rows, NULL, NULL};
    int64_t n_rows = (int64_t)full_rows->n_rows;
    TRY(wn_agreement_begin(&agreement, ranks));
    TRY(wn_agreement_finish(&agreement, add_local(&sum, &a, &b, &agreement)));
    wn_exact_sum_normalize(&sum);
    TRY(wn_ranks_sum(ranks, sum.digit, WN_EXACT_SUM_SIZE));
    TRY(wn_ranks_sum(ranks, &n_rows, 1));
    *distance = n_rows > 0 ? wn_exact_sum_round(&sum) / (double)n_rows : 0;
done:
    return status;
}
