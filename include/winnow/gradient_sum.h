/* gradient_sum.h - the sum of the lanes' gradients over all ranks, the same bits however lanes lie on ranks.
 * A tensor (a layer's weights, or its biases) is summed as int32 at a unit that all ranks agree on first: one small
 * MPI_MAX of the largest magnitude of each tensor over all lanes, then one MPI_SUM. A lane's value takes 31 - ceil(log2
 * lanes) bits with its sign, so sums cannot overflow and nothing saturates. The first message also carries errors, stop
 * requests and whether a value was not finite.
 * Where rows are sparse, the first layer's weights have gradients for the columns of the batch's rows alone: which
 * these are the ranks tell each other by one message of bits, and only theirs are added and sent. Zeros add nothing:
 * the sum is that of whole gradients, bit by bit. */
#ifndef WINNOW_GRADIENT_SUM_H
#define WINNOW_GRADIENT_SUM_H

#include "winnow/lanes.h"
#include "winnow/network.h"

#include <stdbool.h>

typedef struct wn_gradient_sum wn_gradient_sum;

/* Local. Buffers for this rank's lanes of gradients of a network's shape, of sparse rows or dense ones, which is the
 * same on all ranks. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_gradient_sum_new(wn_gradient_sum **sum, const wn_network *network, const wn_lanes *lanes,
                                          bool is_sparse);
void wn_gradient_sum_free(wn_gradient_sum *sum);

/* Local. The gradient buffer (n_parameters) of this rank's lane number i (from 0); borrowed. */
float *wn_gradient_sum_lane(wn_gradient_sum *sum, size_t i);

/* Local. Lane i's gradient is made, from n_rows rows of that summed loss. Before each reduce, for each lane. columns:
 * of sparse rows, which the gradient was made for (wn_network_gradient_sparse); else NULL. Returns whether loss and
 * gradient are finite. */
bool wn_gradient_sum_set(wn_gradient_sum *sum, size_t i, int64_t n_rows, double loss, const wn_column_set *columns);

/* Local. Where training is, for messages: epoch and batch, from 1. */
void wn_gradient_sum_locate(wn_gradient_sum *sum, int64_t epoch, int64_t batch);

/* Local. The first layer whose outputs were not finite in a lane (wn_network_not_finite), and the least row, numbered
 * over the table, whose own loss or gradient is not (is_alone), or of the lane's rows where only their sum is not. The
 * next reduce names the first of all lanes, a row that is bad alone before any other, and forgets them. */
void wn_gradient_sum_blame(wn_gradient_sum *sum, size_t layer, int64_t row, bool is_alone);

/* Collective. mean (n_parameters): the sum over all lanes divided by all rows; *loss the summed loss and *n_rows the
 * rows. `status` is what this rank brings (agreed as by wn_ranks_agree). Fails: that; WN_STOPPED where a rank wants to
 * stop; WN_BAD_DATA where a loss or gradient is not finite: "loss is not finite in epoch E, batch B, layer L, row R of
 * the table", or "layer L, in the sum over row R of the table and others" where each row is finite alone. */
WN_MUST_USE wn_status wn_gradient_sum_reduce(const wn_ranks *ranks, wn_gradient_sum *sum, wn_status status, float *mean,
                                             double *loss, int64_t *n_rows);

/* Collective. After a reduce whose mean cannot be stepped with: what was blamed since then, of all ranks, in the same
 * words. Fails always: WN_BAD_DATA, "WHAT is not finite in epoch E, ...". */
WN_MUST_USE wn_status wn_gradient_sum_refuse(const wn_ranks *ranks, wn_gradient_sum *sum, const char *what);

#endif
