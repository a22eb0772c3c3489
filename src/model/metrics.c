#include "winnow/metrics.h"

#include "winnow/agreement.h"
#include "winnow/exact_sum.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include "kernels.h"

#include <math.h>
#include <string.h>

/* Real-valued sums of an evaluation; classification uses the first alone. y: label, f: output. */
enum { SUM_LOSS, SUM_ABSOLUTE, SUM_LABEL, SUM_LABEL_SQUARE, N_REGRESSION_SUMS };

/* All that ranks add is one array: rows, confusion (n_classes, n_classes), then the exact sums' digits. */
struct wn_evaluation {
    wn_task task;
    size_t n_classes, n_exact;
    size_t n_integers;
    int64_t *integers;
};

static int64_t *confusion_of(const wn_evaluation *evaluation)
{
    return evaluation->integers + 1;
}

static wn_exact_sum *exact_of(const wn_evaluation *evaluation, size_t which)
{
    return (wn_exact_sum *)(evaluation->integers + 1 + evaluation->n_classes * evaluation->n_classes) + which;
}

wn_status wn_evaluation_new(wn_evaluation **evaluation, const wn_labels *labels)
{
    wn_status status = WN_OK;
    wn_evaluation *made = NULL;

    TRY(wn_new(&made, 1));
    made->task = labels->task;
    made->n_classes = labels->task == WN_TASK_REGRESSION ? 0 : labels->n_classes;
    made->n_exact = labels->task == WN_TASK_REGRESSION ? N_REGRESSION_SUMS : 1;
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
    confusion_of(evaluation)[class * n + predicted_class(logits, n)]++;
    wn_exact_sum_add(exact_of(evaluation, SUM_LOSS), wn_kernel_row_loss(logits, n, class));
}

static void add_regressed(wn_evaluation *evaluation, float output, float target)
{
    double label = (double)target, error = (double)output - label;
    wn_exact_sum_add(exact_of(evaluation, SUM_LOSS), error * error);
    wn_exact_sum_add(exact_of(evaluation, SUM_ABSOLUTE), fabs(error));
    wn_exact_sum_add(exact_of(evaluation, SUM_LABEL), label);
    wn_exact_sum_add_product(exact_of(evaluation, SUM_LABEL_SQUARE), label, label);
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
static size_t add_run(wn_evaluation *evaluation, const wn_network *network, wn_workspace *workspace,
                      const wn_dataset *dataset, size_t first, size_t end, float *room)
{
    size_t n = end - first < WN_EVALUATION_ROWS ? end - first : WN_EVALUATION_ROWS;
    const float *x = wn_dataset_rows(dataset, first, n, room);
    wn_evaluation_add(evaluation, wn_network_forward(network, workspace, x, n), dataset->targets + first, n);
    return n;
}

/* Ends early where the agreement (may be NULL) tells of a fault elsewhere. */
static wn_status add_pieces(wn_evaluation *evaluation, const wn_network *network, const wn_dataset *dataset,
                            wn_agreement *agreement)
{
    wn_workspace *workspace = NULL;
    float *room = NULL;
    wn_status status = wn_workspace_new(&workspace, network, longest_run(dataset));
    if (status == WN_OK)
        status = wn_new(&room, wn_dataset_room(dataset, longest_run(dataset)));
    for (size_t p = 0; status == WN_OK && p < dataset->n_pieces; p++) {
        size_t end = dataset->piece_first[p + 1];
        for (size_t first = dataset->piece_first[p]; first < end;)
            first += add_run(evaluation, network, workspace, dataset, first, end, room);
        if (agreement != NULL && wn_stop_requested())
            status = wn_stop_fail("an evaluation");
        if (agreement != NULL && wn_agreement_poll(agreement))
            break;
    }
    wn_free(room);
    wn_workspace_free(workspace);
    return status;
}

wn_status wn_evaluation_add_dataset(wn_evaluation *evaluation, const wn_network *network, const wn_dataset *dataset)
{
    return add_pieces(evaluation, network, dataset, NULL);
}

wn_status wn_evaluation_sum(const wn_ranks *ranks, wn_evaluation *evaluation)
{
    for (size_t i = 0; i < evaluation->n_exact; i++)
        wn_exact_sum_normalize(exact_of(evaluation, i));
    return wn_ranks_sum(ranks, evaluation->integers, evaluation->n_integers);
}

static double mean_of(const wn_evaluation *evaluation, size_t which)
{
    return wn_exact_sum_round(exact_of(evaluation, which)) / (double)evaluation->integers[0];
}

static double ratio(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0.0;
}

/* Precision, recall and F1 of one class; false where it occurs neither among labels nor among predictions. */
static bool finish_class(wn_metrics *metrics, size_t class)
{
    size_t n = metrics->n_classes;
    int64_t hits = metrics->confusion[class * n + class], labelled = 0, predicted = 0;
    for (size_t j = 0; j < n; j++) {
        labelled += metrics->confusion[class * n + j];
        predicted += metrics->confusion[j * n + class];
    }
    metrics->class_precision[class] = ratio(hits, predicted);
    metrics->class_recall[class] = ratio(hits, labelled);
    metrics->class_f1[class] = ratio(2 * hits, labelled + predicted);
    return labelled + predicted > 0;
}

static void finish_classes(wn_metrics *metrics)
{
    int64_t n_occurring = 0, hits = 0;
    double precision = 0.0, recall = 0.0, f1 = 0.0;
    for (size_t c = 0; c < metrics->n_classes; c++) {
        n_occurring += finish_class(metrics, c) ? 1 : 0;
        hits += metrics->confusion[c * metrics->n_classes + c];
        precision += metrics->class_precision[c];
        recall += metrics->class_recall[c];
        f1 += metrics->class_f1[c];
    }
    double n = n_occurring > 0 ? (double)n_occurring : 1.0;
    metrics->precision = precision / n;
    metrics->recall = recall / n;
    metrics->f1 = f1 / n;
    metrics->accuracy = ratio(hits, metrics->n_rows);
}

static wn_status finish_classification(const wn_evaluation *evaluation, wn_metrics *metrics)
{
    wn_status status = WN_OK;
    size_t n = evaluation->n_classes;
    TRY(wn_new(&metrics->class_precision, n));
    TRY(wn_new(&metrics->class_recall, n));
    TRY(wn_new(&metrics->class_f1, n));
    TRY(wn_new(&metrics->confusion, n * n));
    metrics->n_classes = n;
    memcpy(metrics->confusion, confusion_of(evaluation), n * n * sizeof *metrics->confusion);
    finish_classes(metrics);
done:
    return status;
}

/* A sum as head + tail, correct to twice a double's digits. */
static void split_sum(const wn_exact_sum *sum, double *head, double *tail)
{
    wn_exact_sum rest = *sum;
    *head = wn_exact_sum_round(sum);
    wn_exact_sum_add(&rest, -*head);
    *tail = wn_exact_sum_round(&rest);
}

/* n x sum of (y - mean)^2 = n sum y^2 - (sum y)^2, formed in exact sums: labels of large mean lose no digits. */
static double label_spread(const wn_evaluation *evaluation)
{
    double n = (double)evaluation->integers[0], head, tail;
    wn_exact_sum spread = {{0}};
    split_sum(exact_of(evaluation, SUM_LABEL_SQUARE), &head, &tail);
    wn_exact_sum_add_product(&spread, n, head);
    wn_exact_sum_add_product(&spread, n, tail);
    split_sum(exact_of(evaluation, SUM_LABEL), &head, &tail);
    wn_exact_sum_add_product(&spread, -head, head);
    wn_exact_sum_add_product(&spread, -2.0 * head, tail);
    wn_exact_sum_add_product(&spread, -tail, tail);
    return wn_exact_sum_round(&spread);
}

static void finish_regression(const wn_evaluation *evaluation, wn_metrics *metrics)
{
    double spread = label_spread(evaluation), n = (double)metrics->n_rows;
    metrics->mse = metrics->loss;
    metrics->rmse = sqrt(metrics->mse);
    metrics->mae = mean_of(evaluation, SUM_ABSOLUTE);
    metrics->r2 = spread > 0.0 ? 1.0 - metrics->mse / (spread / (n * n)) : (double)NAN;
}

wn_status wn_evaluation_finish(const wn_evaluation *evaluation, wn_metrics *metrics)
{
    wn_status status = WN_OK;
    wn_metrics made = {.task = evaluation->task, .n_rows = evaluation->integers[0]};
    made.loss = made.n_rows > 0 ? mean_of(evaluation, SUM_LOSS) : (double)NAN;
    made.mse = made.rmse = made.mae = made.r2 = (double)NAN;
    if (evaluation->task == WN_TASK_REGRESSION && made.n_rows > 0)
        finish_regression(evaluation, &made);
    if (evaluation->task != WN_TASK_REGRESSION)
        status = finish_classification(evaluation, &made);
    if (status != WN_OK) {
        wn_metrics_clear(&made);
        return status;
    }
    *metrics = made;
    return WN_OK;
}

void wn_metrics_clear(wn_metrics *metrics)
{
    wn_free(metrics->class_precision);
    wn_free(metrics->class_recall);
    wn_free(metrics->class_f1);
    wn_free(metrics->confusion);
    *metrics = (wn_metrics){0};
}

/* Collective. Ranks look at each other's faults and at stop requests after every piece. */
static wn_status evaluate(const wn_ranks *ranks, wn_evaluation *evaluation, const wn_network *network,
                          const wn_dataset *dataset)
{
    wn_agreement agreement;
    wn_status status = wn_agreement_begin(&agreement, ranks);
    if (status != WN_OK)
        return status;
    status = wn_agreement_finish(&agreement, add_pieces(evaluation, network, dataset, &agreement));
    return status == WN_OK ? wn_evaluation_sum(ranks, evaluation) : status;
}

wn_status wn_metrics_of(const wn_ranks *ranks, const wn_network *network, const wn_labels *labels,
                        const wn_dataset *dataset, wn_metrics *metrics)
{
    wn_status status = WN_OK;
    wn_evaluation *evaluation = NULL;
    wn_metrics found = {0};

    TRY(wn_ranks_agree(ranks, wn_evaluation_new(&evaluation, labels)));
    TRY(evaluate(ranks, evaluation, network, dataset));
    TRY(wn_ranks_agree(ranks, wn_evaluation_finish(evaluation, &found)));
    *metrics = found;
    found = (wn_metrics){0};
done:
    wn_metrics_clear(&found);
    wn_evaluation_free(evaluation);
    return status;
}

double wn_metrics_value(const wn_metrics *metrics, wn_metric metric)
{
    switch (metric) {
    case WN_METRIC_ACCURACY:
        return metrics->accuracy;
    case WN_METRIC_RECALL:
        return metrics->recall;
    case WN_METRIC_F1:
        return metrics->f1;
    case WN_METRIC_R2:
        return metrics->r2;
    }
    return (double)NAN;
}
