/* From the sums of an evaluation to metrics. */
#include "evaluation_sums.h"

#include "winnow/memory.h"

#include <math.h>
#include <string.h>

static double mean_of(const wn_evaluation *evaluation, size_t which)
{
    return wn_exact_sum_round(wn_evaluation_exact(evaluation, which)) / (double)evaluation->integers[0];
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
    memcpy(metrics->confusion, wn_evaluation_confusion(evaluation), n * n * sizeof *metrics->confusion);
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
    split_sum(wn_evaluation_exact(evaluation, WN_SUM_LABEL_SQUARE), &head, &tail);
    wn_exact_sum_add_product(&spread, n, head);
    wn_exact_sum_add_product(&spread, n, tail);
    split_sum(wn_evaluation_exact(evaluation, WN_SUM_LABEL), &head, &tail);
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
    metrics->mae = mean_of(evaluation, WN_SUM_ABSOLUTE);
    metrics->r2 = spread > 0.0 ? 1.0 - metrics->mse / (spread / (n * n)) : (double)NAN;
}

wn_status wn_evaluation_finish(const wn_evaluation *evaluation, wn_metrics *metrics)
{
    wn_status status = WN_OK;
    wn_metrics made = {.task = evaluation->task, .n_rows = evaluation->integers[0]};
    made.loss = made.n_rows > 0 ? mean_of(evaluation, WN_SUM_LOSS) : (double)NAN;
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
