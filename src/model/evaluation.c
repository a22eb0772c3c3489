#include "evaluation_sums.h"

#include "winnow/feed.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include "kernels.h"

#include <math.h>

wn_status wn_evaluation_new(wn_evaluation **evaluation, const wn_labels *labels)
{
    wn_status status = WN_OK;
    wn_evaluation *made = NULL;

    TRY(wn_new(&made, 1));
    made->task = labels->task;
    made->n_classes = labels->task == WN_TASK_REGRESSION ? 0 : labels->n_classes;
    made->n_exact = labels->task == WN_TASK_REGRESSION ? WN_N_REGRESSION_SUMS : 1;
    made->n_integers = 1 + made->n_classes * made->n_classes + made->n_exact * WN_EXACT_SUM_SIZE;
    TRY(wn_new(&made->integers, made->n_integers));
    *evaluation = made;
    made = NULL;
done:
    wn_evaluation_free(made);
    return status;
}

void wn_evaluation_free(wn_evaluation *evaluation)
{
    if (evaluation == NULL)
        return;
    wn_free(evaluation->integers);
    wn_free(evaluation);
}

static size_t predicted_class(const float *logits, size_t n)
{
    size_t best = 0;
    for (size_t j = 1; j < n; j++)
        if (logits[j] > logits[best])
            best = j;
    return best;
}

static void add_classified(wn_evaluation *evaluation, const float *logits, float target)
{
    size_t n = evaluation->n_classes, class = (size_t)target;
    wn_evaluation_confusion(evaluation)[class * n + predicted_class(logits, n)]++;
    wn_exact_sum_add(wn_evaluation_exact(evaluation, WN_SUM_LOSS), wn_kernel_row_loss(logits, n, class));
}

static void add_regressed(wn_evaluation *evaluation, float output, float target)
{
    double label = (double)target, error = (double)output - label;
    wn_exact_sum_add(wn_evaluation_exact(evaluation, WN_SUM_LOSS), error * error);
    wn_exact_sum_add(wn_evaluation_exact(evaluation, WN_SUM_ABSOLUTE), fabs(error));
    wn_exact_sum_add(wn_evaluation_exact(evaluation, WN_SUM_LABEL), label);
    wn_exact_sum_add_product(wn_evaluation_exact(evaluation, WN_SUM_LABEL_SQUARE), label, label);
}

void wn_evaluation_add(wn_evaluation *evaluation, const float *outputs, const float *targets, size_t n_rows)
{
    for (size_t i = 0; i < n_rows; i++)
        if (evaluation->task == WN_TASK_REGRESSION)
            add_regressed(evaluation, outputs[i], targets[i]);
        else
            add_classified(evaluation, outputs + i * evaluation->n_classes, targets[i]);
    evaluation->integers[0] += (int64_t)n_rows;
}

static size_t longest_run(const wn_dataset *dataset)
{
    size_t longest = 0;
    for (size_t p = 0; p < dataset->n_pieces; p++) {
        size_t n = dataset->piece_first[p + 1] - dataset->piece_first[p];
        longest = n > longest ? n : longest;
    }
    return longest < WN_EVALUATION_ROWS ? longest : WN_EVALUATION_ROWS;
}

/* A run of at most WN_EVALUATION_ROWS rows from `first` on; how many there were. */
static size_t add_run(wn_evaluation *evaluation, wn_feed *feed, size_t first, size_t end)
{
    size_t n = end - first < WN_EVALUATION_ROWS ? end - first : WN_EVALUATION_ROWS;
    wn_evaluation_add(evaluation, wn_feed_run(feed, first, n), feed->dataset->targets + first, n);
    return n;
}

wn_status wn_evaluation_add_dataset(wn_evaluation *evaluation, const wn_network *network, const wn_dataset *dataset,
                                    wn_agreement *agreement)
{
    wn_feed feed;
    wn_status status = wn_feed_init(&feed, network, dataset, longest_run(dataset));
    for (size_t p = 0; status == WN_OK && p < dataset->n_pieces; p++) {
        size_t end = dataset->piece_first[p + 1];
        for (size_t first = dataset->piece_first[p]; first < end;)
            first += add_run(evaluation, &feed, first, end);
        if (agreement != NULL && wn_stop_requested())
            status = wn_stop_fail("an evaluation");
        if (agreement != NULL && wn_agreement_poll(agreement))
            break;
    }
    wn_feed_clear(&feed);
    return status;
}

wn_status wn_evaluation_sum(const wn_ranks *ranks, wn_evaluation *evaluation)
{
    for (size_t i = 0; i < evaluation->n_exact; i++)
        wn_exact_sum_normalize(wn_evaluation_exact(evaluation, i));
    return wn_ranks_sum(ranks, evaluation->integers, evaluation->n_integers);
}
