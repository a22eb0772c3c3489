#include "winnow/compress.h"

#include "winnow/evaluation.h"
#include "winnow/exact_sum.h"
#include "winnow/feed.h"
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

/* Runs of rows start at a piece's start, so that their shapes do not depend on the ranks. */
static void add_piece(wn_exact_sum *sum, wn_feed *full, wn_feed *small, size_t piece)
{
    size_t last = full->dataset->piece_first[piece + 1];
    for (size_t i = full->dataset->piece_first[piece]; i < last; i += WN_EVALUATION_ROWS) {
        size_t n = last - i < WN_EVALUATION_ROWS ? last - i : WN_EVALUATION_ROWS;
        add_rows(sum, wn_feed_run(full, i, n), wn_feed_run(small, i, n), n, full->network->n_outputs);
    }
}

/* Two networks, each with its rows. */
typedef struct {
    const wn_network *network;
    const wn_dataset *rows;
} side;

/* Ends early on a stop request, or where another rank tells of a fault. */
static wn_status add_local(wn_exact_sum *sum, side full, side small, wn_agreement *agreement)
{
    wn_status status = WN_OK;
    wn_feed a = {0}, b = {0};
    if (full.rows->n_rows != small.rows->n_rows || full.network->n_outputs != small.network->n_outputs)
        return wn_fail(WN_INTERNAL, "two networks are compared on different rows or outputs");
    TRY(wn_feed_init(&a, full.network, full.rows, WN_EVALUATION_ROWS));
    TRY(wn_feed_init(&b, small.network, small.rows, WN_EVALUATION_ROWS));
    for (size_t p = 0; p < full.rows->n_pieces && !wn_agreement_poll(agreement); p++) {
        if (wn_stop_requested())
            TRY(wn_stop_fail("an evaluation"));
        add_piece(sum, &a, &b, p);
    }
done:
    wn_feed_clear(&b);
    wn_feed_clear(&a);
    return status;
}

wn_status wn_compress_distance(const wn_ranks *ranks, const wn_network *full, const wn_dataset *full_rows,
                               const wn_network *small, const wn_dataset *small_rows, double *distance)
{
    wn_status status = WN_OK;
    wn_exact_sum sum = {0};
    wn_agreement agreement;
    int64_t n_rows = (int64_t)full_rows->n_rows;
    TRY(wn_agreement_begin(&agreement, ranks));
    TRY(wn_agreement_finish(&agreement,
                            add_local(&sum, (side){full, full_rows}, (side){small, small_rows}, &agreement)));
    wn_exact_sum_normalize(&sum);
    TRY(wn_ranks_sum(ranks, sum.digit, WN_EXACT_SUM_SIZE));
    TRY(wn_ranks_sum(ranks, &n_rows, 1));
    *distance = n_rows > 0 ? wn_exact_sum_round(&sum) / (double)n_rows : 0;
done:
    return status;
}
