/* workspace.h - scratch of forward and backward, shared by network_forward.c and network_backward.c. */
#ifndef WINNOW_MODEL_WORKSPACE_H
#define WINNOW_MODEL_WORKSPACE_H

#include "winnow/network.h"

struct wn_workspace {
    size_t n_rows;   /* rows that it holds */
    float **output;  /* (n_layers) each (n_rows, n_out of the layer) */
    float *delta[2]; /* each (n_rows, widest n_out): the gradient by a layer's outputs, and the one below it */
    float *data;     /* what all of them point into */
};

/* Local. As wn_network_forward; with a draw, hidden ReLU units are silenced by the network's dropout. Every layer's
 * outputs stay in the workspace. */
float *wn_workspace_forward(const wn_network *network, wn_workspace *workspace, const float *x, size_t n_rows,
                            const wn_dropout_draw *draw);

#endif
