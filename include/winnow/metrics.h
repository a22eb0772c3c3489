/* metrics.h - how good predictions are: counts and exact sums over rows, and what follows from them.
 * Definitions are scikit-learn's; precision, recall and F1 are macro averages over the classes that occur among labels
 * or predictions, a class counting 0 where its value is undefined. */
#ifndef WINNOW_METRICS_H
#define WINNOW_METRICS_H

#include "winnow/dataset.h"
#include "winnow/network.h"

/* Integers only: ranks add them. */
typedef struct wn_evaluation wn_evaluation;

typedef struct {
    wn_task task;
    int64_t n_rows;
    double loss; /* mean; NaN without rows */
    /* classification */
    double accuracy, precision, recall, f1;
    size_t n_classes;
    double *class_precision, *class_recall, *class_f1; /* (n_classes) */
    int64_t *confusion;                                /* (n_classes, n_classes): [true][predicted] */
    /* regression */
    double mse, rmse, mae, r2; /* r2 is NaN where the labels do not vary; all are NaN without rows */
} wn_metrics;

/* Local. An empty evaluation. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_evaluation_new(wn_evaluation **evaluation, const wn_labels *labels);
void wn_evaluation_free(wn_evaluation *evaluation);

/* Local. Adds rows: outputs (n_rows, n_outputs) against targets (n_rows). Of equal logits the first class is predicted.
 * A loss that is not finite makes the sums so. */
void wn_evaluation_add(wn_evaluation *evaluation, const float *outputs, const float *targets, size_t n_rows);

/* Local. Adds all rows of a dataset through a network, piece by piece, in runs of at most WN_EVALUATION_ROWS from the
 * piece's start. */
enum { WN_EVALUATION_ROWS = 1024 };
WN_MUST_USE wn_status wn_evaluation_add_dataset(wn_evaluation *evaluation, const wn_network *network,
                                                const wn_dataset *dataset);

/* Collective. Sums over ranks. */
WN_MUST_USE wn_status wn_evaluation_sum(const wn_ranks *ranks, wn_evaluation *evaluation);

/* Local. Metrics of what was added. The caller clears them. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_evaluation_finish(const wn_evaluation *evaluation, wn_metrics *metrics);
void wn_metrics_clear(wn_metrics *metrics);

/* Collective. All of the above for a dataset spread over ranks. Fails: WN_NO_MEMORY; WN_STOPPED on a stop request,
 * within a piece. */
WN_MUST_USE wn_status wn_metrics_of(const wn_ranks *ranks, const wn_network *network, const wn_labels *labels,
                                    const wn_dataset *dataset, wn_metrics *metrics);

/* What a decision is judged by: larger is better. */
typedef enum { WN_METRIC_ACCURACY, WN_METRIC_RECALL, WN_METRIC_F1, WN_METRIC_R2 } wn_metric;
/* Local. The value of one metric. */
double wn_metrics_value(const wn_metrics *metrics, wn_metric metric);

#endif
