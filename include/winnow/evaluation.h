/* evaluation.h - predictions held against labels, row by row: counts and exact sums, from which metrics.h follow.
 * All of it is integers, which ranks add: neither the order of rows nor the number of ranks shows in a metric. */
#ifndef WINNOW_EVALUATION_H
#define WINNOW_EVALUATION_H

#include "winnow/agreement.h"
#include "winnow/metrics.h"

typedef struct wn_evaluation wn_evaluation;

/* Rows that go through a network at once. */
enum { WN_EVALUATION_ROWS = 1024 };

/* Local. An empty evaluation. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_evaluation_new(wn_evaluation **evaluation, const wn_labels *labels);
void wn_evaluation_free(wn_evaluation *evaluation);

/* Local. Adds rows: outputs (n_rows, n_outputs) against targets (n_rows). Of equal logits the first class is predicted.
 * A loss that is not finite makes the sums so. */
void wn_evaluation_add(wn_evaluation *evaluation, const float *outputs, const float *targets, size_t n_rows);

/* Local. Adds all rows of a dataset through a network, piece by piece, in runs of at most WN_EVALUATION_ROWS from the
 * piece's start. With an agreement (else NULL) it is polled after every piece: where it tells of a fault elsewhere, the
 * rest is left out. Fails: WN_NO_MEMORY; WN_STOPPED on a stop request, with an agreement only. */
WN_MUST_USE wn_status wn_evaluation_add_dataset(wn_evaluation *evaluation, const wn_network *network,
                                                const wn_dataset *dataset, wn_agreement *agreement);

/* Collective. Sums over ranks. Fails: as wn_ranks_sum. */
WN_MUST_USE wn_status wn_evaluation_sum(const wn_ranks *ranks, wn_evaluation *evaluation);

/* Local. Metrics of what was added. The caller clears them. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_evaluation_finish(const wn_evaluation *evaluation, wn_metrics *metrics);

#endif
