#include "kernels.h"
#include "workspace.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/* weight gradient (n_out, n_in) = delta' x, bias gradient = column sums of delta. */
static void layer_gradient(const wn_layer *layer, const float *delta, wn_layer_input x, float *gradient)
{
    int rows = (int)x.n_rows, n_in = (int)layer->n_in, n_out = (int)layer->n_out;
    if (x.dense != NULL)
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n_out, n_in, rows, 1.0f, delta, n_out, x.dense, n_in, 0.0f,
                    gradient + layer->weight, n_in);
    else
        wn_sparse_gradient(x.sparse, delta, layer->n_out, gradient + layer->weight);
    wn_kernel_column_sums(delta, x.n_rows, layer->n_out, gradient + layer->bias);
}

/* delta of the layer's inputs (n_rows, n_in) = delta (n_rows, n_out) weight (n_out, n_in). */
static void layer_delta(const wn_layer *layer, const float *parameters, const float *delta, size_t n_rows, float *below)
{
    int rows = (int)n_rows, n_in = (int)layer->n_in, n_out = (int)layer->n_out;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, n_in, n_out, 1.0f, delta, n_out,
                parameters + layer->weight, n_in, 0.0f, below, n_in);
}

/* A unit that dropout silenced has output 0, as one that ReLU did: no mask is kept. */
static void backward(const wn_network *network, wn_workspace *workspace, wn_layer_input x, float *delta,
                     float *gradient)
{
    float scale = network->dropout > 0.0f ? wn_dropout_rule_of(network->dropout).scale : 1.0f;
    for (size_t i = network->n_layers; i-- > 1;) {
        const wn_layer *layer = &network->layers[i];
        const float *input = workspace->output[i - 1];
        layer_gradient(layer, delta, (wn_layer_input){input, NULL, x.n_rows}, gradient);
        float *below = workspace->delta[i % 2];
        layer_delta(layer, network->parameters, delta, x.n_rows, below);
        if (network->layers[i - 1].activation == WN_ACTIVATION_RELU)
            wn_kernel_relu_backward(below, input, scale, x.n_rows * layer->n_in);
        delta = below;
    }
    layer_gradient(&network->layers[0], delta, x, gradient);
}

static double make_gradient(const wn_network *network, wn_workspace *workspace, wn_layer_input x, const float *targets,
                            size_t n_valid, const wn_dropout_draw *draw, float *gradient)
{
    float *outputs = wn_workspace_forward(network, workspace, x, draw);
    double loss = network->task == WN_TASK_REGRESSION
                      ? wn_kernel_squared_error(outputs, targets, x.n_rows, n_valid)
                      : wn_kernel_cross_entropy(outputs, targets, x.n_rows, n_valid, network->n_outputs);
    backward(network, workspace, x, outputs, gradient);
    return loss;
}

double wn_network_gradient(const wn_network *network, wn_workspace *workspace, const float *x, const float *targets,
                           size_t n_rows, size_t n_valid, wn_dropout_draw draw, float *gradient)
{
    if (n_valid == 0) {
        memset(gradient, 0, network->n_parameters * sizeof *gradient);
        return 0.0;
    }
    return make_gradient(network, workspace, (wn_layer_input){x, NULL, n_rows}, targets, n_valid, &draw, gradient);
}

double wn_network_gradient_sparse(const wn_network *network, wn_workspace *workspace, const wn_sparse_batch *x,
                                  const float *targets, size_t n_valid, wn_dropout_draw draw, float *gradient)
{
    if (n_valid == 0) { /* and no columns */
        size_t first = network->layers[0].bias;
        memset(gradient + first, 0, (network->n_parameters - first) * sizeof *gradient);
        return 0.0;
    }
    return make_gradient(network, workspace, (wn_layer_input){NULL, x, x->n_rows}, targets, n_valid, &draw, gradient);
}

size_t wn_network_not_finite(const wn_network *network, const wn_workspace *workspace, size_t n_rows)
{
    for (size_t i = 0; i < network->n_layers; i++) {
        const float *output = workspace->output[i];
        for (size_t j = 0; j < n_rows * network->layers[i].n_out; j++)
            if (!isfinite(output[j]))
                return i;
    }
    return network->n_layers;
}
