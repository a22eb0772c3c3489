/* kernels.h - the loops over rows that are not products of matrices: biases, activations, losses.
 * Plain loops that the compiler turns into vector code for a baseline processor; all are Local and cannot fail. */
#ifndef WINNOW_MODEL_KERNELS_H
#define WINNOW_MODEL_KERNELS_H

#include "winnow/random.h"

#include <stddef.h>

/* Local. z (n_rows, n_cols) += bias (n_cols). */
void wn_kernel_bias(float *z, const float *bias, size_t n_rows, size_t n_cols);

/* Local. z = max(z + bias, 0); NaN stays NaN, so that a loss tells. */
void wn_kernel_bias_relu(float *z, const float *bias, size_t n_rows, size_t n_cols);

/* Local. delta (n) becomes delta x scale where the unit's output (n) is above 0, and 0 elsewhere. */
void wn_kernel_relu_backward(float *delta, const float *output, float scale, size_t n);

/* Local. sums (n_cols) = sums over the rows of delta (n_rows, n_cols). */
void wn_kernel_column_sums(const float *delta, size_t n_rows, size_t n_cols, float *sums);

/* Dropout's share in units of 2^-32, and what the units that stay are multiplied by (inverted dropout: the expectation
 * stays). */
typedef struct {
    uint32_t threshold;
    float scale;
} wn_dropout_rule;

/* Local. Of the share of units that are silenced, in [0, 1). */
wn_dropout_rule wn_dropout_rule_of(float share);

/* Local. Silences units of output (n_rows, n_cols) and scales the rest. Which ones is a function of (stream, row,
 * unit); n_cols < 2^32. */
void wn_kernel_dropout(float *output, size_t n_rows, size_t n_cols, wn_random stream, wn_dropout_rule rule);

/* Local. Rows of logits become rows of probabilities. */
void wn_kernel_softmax(float *logits, size_t n_rows, size_t n_cols);

/* Local. Softmax cross-entropy of the first n_valid rows of logits (n_rows, n_cols) against class indices; the logits
 * become the loss's gradient, 0 in rows from n_valid on. Returns the summed loss. */
double wn_kernel_cross_entropy(float *logits, const float *targets, size_t n_rows, size_t n_valid, size_t n_cols);

/* Local. (f - y)^2 alike, for one output a row. */
double wn_kernel_squared_error(float *outputs, const float *targets, size_t n_rows, size_t n_valid);

/* Local. The cross-entropy of one row, all in double: for evaluation. */
double wn_kernel_row_loss(const float *logits, size_t n_cols, size_t target);

#endif
