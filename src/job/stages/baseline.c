/* What is predicted without looking at a feature: how good a model must be to be worth anything. */
#include "run_state.h"

#include "winnow/agreement.h"
#include "winnow/exact_sum.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include <math.h>

/* Labels of training rows: their sum, or how many of each class. */
typedef struct {
    wn_exact_sum sum;
    int64_t counts[WN_MAX_CLASSES], n;
} label_sums;

static void add_labels(const wn_run_state *state, const wn_block_extent *extent, const double *values, label_sums *sums)
{
    const wn_labels *labels = &state->recipe->labels;
    for (size_t i = 0; i < extent->n_rows; i++) {
        if (*wn_rows_status(state->rows, extent->first_row + (int64_t)i) != WN_ROW_TRAIN)
            continue;
        sums->n++;
        if (labels->task == WN_TASK_CLASSIFICATION)
            sums->counts[wn_labels_class(labels, values[i])]++;
        else
            wn_exact_sum_add(&sums->sum, values[i]);
    }
}

/* Local, but that it polls the agreement: it ends early on a stop request, or where another rank tells of a fault. */
static wn_status sum_labels(const wn_run_state *state, wn_agreement *agreement, label_sums *sums)
{
    wn_status status = WN_OK;
    double *values = NULL;
    TRY(wn_new(&values, wn_reader_block_capacity(state->reader)));
    for (int64_t b = state->pass.blocks.first; b < state->pass.blocks.last && !wn_agreement_poll(agreement); b++) {
        wn_block_extent extent = wn_catalog_block(state->catalog, b);
        if (wn_stop_requested())
            TRY(wn_stop_fail("an evaluation"));
        TRY(wn_reader_read_labels(state->reader, b, values));
        add_labels(state, &extent, values, sums);
    }
done:
    wn_free(values);
    return status;
}

/* The biases of a network without weights: log shares of the training classes, or the mean training label. */
static wn_status training_bias(const wn_run_state *state, float *bias)
{
    wn_status status = WN_OK;
    const wn_labels *labels = &state->recipe->labels;
    label_sums sums = {0};
    wn_agreement agreement;
    TRY(wn_agreement_begin(&agreement, state->ranks));
    TRY(wn_agreement_finish(&agreement, sum_labels(state, &agreement, &sums)));
    wn_exact_sum_normalize(&sums.sum);
    TRY(wn_ranks_sum(state->ranks, sums.counts, WN_MAX_CLASSES));
    TRY(wn_ranks_sum(state->ranks, sums.sum.digit, WN_EXACT_SUM_SIZE));
    TRY(wn_ranks_sum(state->ranks, &sums.n, 1));
    bias[0] = (float)(wn_exact_sum_round(&sums.sum) / (double)sums.n);
    for (size_t k = 0; k < labels->n_classes; k++)
        bias[k] = (float)log(((double)sums.counts[k] + 1e-12) / (double)sums.n);
done:
    return status;
}

wn_status wn_run_baseline(const wn_run_state *state, const wn_dataset *inputs, json_t **json)
{
    wn_status status = WN_OK;
    const wn_labels *labels = &state->recipe->labels;
    wn_network *network = NULL;
    wn_metrics metrics = {0};
    size_t widths[] = {state->network->n_inputs, state->network->n_outputs};
    TRY(wn_ranks_agree(state->ranks, wn_network_new(&network, labels->task, widths, 1)));
    TRY(training_bias(state, network->parameters + network->layers[0].bias));
    TRY(wn_metrics_of(state->ranks, network, labels, inputs, &metrics));
    *json = wn_json_metrics(&metrics);
done:
    wn_metrics_clear(&metrics);
    wn_network_free(network);
    return status;
}
