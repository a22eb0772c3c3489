#include "winnow/evaluation.h"

#include "winnow/memory.h"

#include <math.h>

void wn_metrics_clear(wn_metrics *metrics)
{
    wn_free(metrics->class_precision);
    wn_free(metrics->class_recall);
    wn_free(metrics->class_f1);
    wn_free(metrics->confusion);
    *metrics = (wn_metrics){0};
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

/* Collective. Ranks look at each other's faults and at stop requests after every piece. */
static wn_status evaluate(const wn_ranks *ranks, wn_evaluation *evaluation, const wn_network *network,
                          const wn_dataset *dataset)
{
    wn_agreement agreement;
    wn_status status = wn_agreement_begin(&agreement, ranks);
    if (status != WN_OK)
        return status;
    status = wn_agreement_finish(&agreement, wn_evaluation_add_dataset(evaluation, network, dataset, &agreement));
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
