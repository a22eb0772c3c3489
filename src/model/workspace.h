/* workspace.h - scratch of forward and backward, shared by network_forward.c and network_backward.c. */
#ifndef WINNOW_MODEL_WORKSPACE_H
#define WINNOW_MODEL_WORKSPACE_H

#include "winnow/network.h"

/* Rows (n_rows, n_in) that a layer sees: dense ones, or sparse ones. */
typedef struct {
    const float *dense;            /* NULL where they are sparse */
    const wn_sparse_batch *sparse; /* NULL where they are dense; only the first layer's are not */
    size_t n_rows;
} wn_layer_input;

struct wn_workspace {
    size_t n_rows;   /* rows that it holds */
    float **output;  /* (n_layers) each (n_rows, n_out of the layer) */
    float *delta[2]; /* each (n_rows, widest n_out): the gradient by a layer's outputs, and the one below it */
    float *data;     /* what all of them point into */
    float *weights;  /* (columns of a sparse batch, n_out of the first layer) */
};

/* Local. As wn_network_forward; with a draw, hidden ReLU units are silenced by the network's dropout. Every layer's
 * outputs stay in the workspace. */
float *wn_workspace_forward(const wn_network *network, wn_workspace *workspace, wn_layer_input x,
                            const wn_dropout_draw *draw);

/* Local. z (n_rows, n_out): products of sparse rows and the weights of their columns (columns, n_out). */
void wn_sparse_products(const wn_sparse_batch *x, const float *weights, size_t n_out, float *z);

/* Local. gradient (columns, n_out) = x' delta, delta (n_rows, n_out). */
void wn_sparse_gradient(const wn_sparse_batch *x, const float *delta, size_t n_out, float *gradient);

#endif
