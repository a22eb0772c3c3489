/* network.h - a model as a chain of dense layers: linear and logistic are one layer, an MLP several. Forward, backward,
 * loss. All parameters lie in one array, so that gradients, optimizers, sums over ranks and snapshots are loops over
 * one run of floats. */
#ifndef WINNOW_NETWORK_H
#define WINNOW_NETWORK_H

#include "winnow/labels.h"
#include "winnow/recipe.h"
#include "winnow/sparse_batch.h"

typedef enum { WN_ACTIVATION_NONE, WN_ACTIVATION_RELU } wn_activation;

/* Where a layer's numbers lie in the parameters: weight (n_out, n_in) row after row, then bias (n_out). */
typedef struct {
    size_t n_in, n_out;
    wn_activation activation;
    size_t weight, bias; /* offsets */
    char name[32];       /* "projection", "layer1", ... */
} wn_layer;

/* Classification: outputs are logits, the loss is softmax cross-entropy. Regression: one output, the loss is (y - f)^2.
 */
typedef struct {
    wn_task task;
    size_t n_layers;
    wn_layer *layers;
    size_t n_inputs, n_outputs, n_parameters;
    float *parameters; /* (n_parameters), owned */
    float dropout;     /* share of hidden units that training silences */
} wn_network;

/* Local. Layers of widths[0] (inputs) to widths[n_layers] (outputs), ReLU between them; parameters zero. The caller
 * frees it. */
WN_MUST_USE wn_status wn_network_new(wn_network **network, wn_task task, const size_t *widths, size_t n_layers);
void wn_network_free(wn_network *network);

/* Local. Initial parameters from (seed, layer, position): zero for a single layer, else weights and biases uniform in
 * +-1/sqrt(n_in), PyTorch's default. (Wider bounds, after He et al. 2015, train worse on principal components, whose
 * variances are far from 1: 0.867 against 0.881 on Fashion-MNIST, in PyTorch too.) */
void wn_network_initialize(wn_network *network, uint64_t seed);

/* Local. A copy with the recipe's projection as a linear first layer "projection" (weight = components, bias =
 * -components . mean; appended features pass), which sees the selected features instead. Without one it is a plain
 * copy. */
WN_MUST_USE wn_status wn_network_with_projection(wn_network **wide, const wn_network *network, const wn_recipe *recipe);

/* Local. A plain copy. */
WN_MUST_USE wn_status wn_network_copy(wn_network **copy, const wn_network *network);

/* Scratch of forward and backward for up to n_rows rows at once. */
typedef struct wn_workspace wn_workspace;

/* Local. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_workspace_new(wn_workspace **workspace, const wn_network *network, size_t n_rows);
void wn_workspace_free(wn_workspace *workspace);

/* Local. Outputs (n_rows, n_outputs) of rows x (n_rows, n_inputs), lying in the workspace until its next use. n_rows <=
 * the workspace's. The bits of a row may depend on n_rows and its place: callers keep both fixed. */
const float *wn_network_forward(const wn_network *network, wn_workspace *workspace, const float *x, size_t n_rows);

/* Local. Room for the first layer's weights of n_columns inputs, which sparse rows need. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_workspace_reserve_columns(wn_workspace *workspace, const wn_network *network,
                                                   size_t n_columns);

/* Local. The same outputs of sparse rows, to rounding: the first layer adds their entries alone, in their order. The
 * workspace has room for the batch's columns. */
const float *wn_network_forward_sparse(const wn_network *network, wn_workspace *workspace, const wn_sparse_batch *x);

/* Which hidden ReLU units dropout silences is a function of (seed, step, lane, layer, unit, row). The units that stay
 * are divided by their expected share; only wn_network_gradient silences. */
typedef struct {
    uint64_t seed;
    int64_t step, lane;
} wn_dropout_draw;

/* Local. Gradient of the summed loss of rows 0 .. n_valid-1 of x (n_rows, n_inputs): gradient (n_parameters) is
 * overwritten. Rows from n_valid on are zero padding and add nothing. targets (n_rows): class indices or real labels.
 * Returns the summed loss (double). */
double wn_network_gradient(const wn_network *network, wn_workspace *workspace, const float *x, const float *targets,
                           size_t n_rows, size_t n_valid, wn_dropout_draw draw, float *gradient);

/* Local. The same of sparse rows, to rounding. Of the first layer's weights, only those of the batch's columns have a
 * gradient that is not 0, and only that is written, column after column: (columns, n_out) from the layer's place on. */
double wn_network_gradient_sparse(const wn_network *network, wn_workspace *workspace, const wn_sparse_batch *x,
                                  const float *targets, size_t n_valid, wn_dropout_draw draw, float *gradient);

/* Local. After a gradient of n_rows rows whose loss is not finite: the first layer whose outputs are not finite;
 * n_layers if there is none. */
size_t wn_network_not_finite(const wn_network *network, const wn_workspace *workspace, size_t n_rows);

/* Local. In place: logits (n_rows, n_outputs) to probabilities. */
void wn_network_softmax(float *outputs, size_t n_rows, size_t n_outputs);

/* Local. Writes and reads model.h5 (INTERFACE.md: /layers/I/{weight, bias, activation}, I from 0; /classes where the
 * labels have some), beside its name, synced, read back, renamed, with a checksum that reading verifies. A
 * classification's labels have a class for every output. Fails: WN_IO, WN_CANT_CREATE; WN_NO_INPUT, WN_BAD_DATA. */
WN_MUST_USE wn_status wn_network_write(const wn_network *network, const wn_labels *labels, const char *path);
WN_MUST_USE wn_status wn_network_read(wn_network **network, const char *path);

/* Local. Hash of shapes and parameters: the fingerprint `model`. */
wn_hash wn_network_hash(const wn_network *network);

#endif
