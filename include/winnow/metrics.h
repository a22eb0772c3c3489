/* metrics.h - how good predictions are. What rows are added up to before that is in evaluation.h.
 * Definitions are scikit-learn's; precision, recall and F1 are macro averages over the classes that occur among labels
 * or predictions, a class counting 0 where its value is undefined. */
#ifndef WINNOW_METRICS_H
#define WINNOW_METRICS_H

#include "winnow/dataset.h"
#include "winnow/network.h"

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

/* Local. Frees what the metrics hold; they are then all zero. */
void wn_metrics_clear(wn_metrics *metrics);

/* Collective. Of a network on a dataset that is spread over ranks; the caller clears them. Fails: WN_NO_MEMORY;
 * WN_STOPPED on a stop request, within a piece. */
WN_MUST_USE wn_status wn_metrics_of(const wn_ranks *ranks, const wn_network *network, const wn_labels *labels,
                                    const wn_dataset *dataset, wn_metrics *metrics);

/* What a decision is judged by: larger is better. */
typedef enum { WN_METRIC_ACCURACY, WN_METRIC_RECALL, WN_METRIC_F1, WN_METRIC_R2 } wn_metric;

/* Local. The value of one metric; NaN where the task has none of it. */
double wn_metrics_value(const wn_metrics *metrics, wn_metric metric);

#endif
