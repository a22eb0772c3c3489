#include "winnow/memory.h"

#include "kernels.h"
#include "workspace.h"

#include <cblas.h>
#include <limits.h>

enum { ALIGNED_FLOATS = WN_ALIGNMENT / sizeof(float) };

/* Floats of n_rows rows, rounded up so that the next array starts aligned. */
static size_t padded(size_t n_rows, size_t n_cols)
{
    return (n_rows * n_cols + ALIGNED_FLOATS - 1) / ALIGNED_FLOATS * ALIGNED_FLOATS;
}

static void point_into(wn_workspace *workspace, const wn_network *network, size_t delta_size)
{
    float *next = workspace->data;
    for (size_t i = 0; i < network->n_layers; i++) {
        workspace->output[i] = next;
        next += padded(workspace->n_rows, network->layers[i].n_out);
    }
    workspace->delta[0] = next;
    workspace->delta[1] = next + delta_size;
}

wn_status wn_workspace_new(wn_workspace **workspace, const wn_network *network, size_t n_rows)
{
    wn_status status = WN_OK;
    wn_workspace *made = NULL;
    size_t total = 0, widest = 0;

    if (n_rows > INT_MAX)
        return wn_fail(WN_INTERNAL, "%zu rows at once are too many", n_rows);
    for (size_t i = 0; i < network->n_layers; i++) {
        size_t width = network->layers[i].n_out;
        total += padded(n_rows, width);
        widest = width > widest ? width : widest;
    }
    TRY(wn_new(&made, 1));
    made->n_rows = n_rows;
    TRY(wn_new(&made->output, network->n_layers));
    TRY(wn_new(&made->data, total + 2 * padded(n_rows, widest)));
    point_into(made, network, padded(n_rows, widest));
    *workspace = made;
    made = NULL;
done:
    wn_workspace_free(made);
    return status;
}

void wn_workspace_free(wn_workspace *workspace)
{
    if (workspace == NULL)
        return;
    wn_free(workspace->weights);
    wn_free(workspace->data);
    wn_free(workspace->output);
    wn_free(workspace);
}

wn_status wn_workspace_reserve_columns(wn_workspace *workspace, const wn_network *network, size_t n_columns)
{
    wn_free(workspace->weights);
    workspace->weights = NULL;
    return wn_memory_new((void **)&workspace->weights, n_columns, network->layers[0].n_out * sizeof(float), __func__);
}

static void products(const wn_layer *layer, const float *weight, wn_layer_input x, wn_workspace *workspace, float *z)
{
    int rows = (int)x.n_rows, n_in = (int)layer->n_in, n_out = (int)layer->n_out;
    if (x.dense != NULL) {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, n_out, n_in, 1.0f, x.dense, n_in, weight, n_in, 0.0f,
                    z, n_out);
        return;
    }
    wn_column_set_gather(&x.sparse->columns, weight, layer->n_out, workspace->weights);
    wn_sparse_products(x.sparse, workspace->weights, layer->n_out, z);
}

static void affine(const wn_layer *layer, const float *parameters, wn_layer_input x, wn_workspace *workspace, float *z)
{
    products(layer, parameters + layer->weight, x, workspace, z);
    if (layer->activation == WN_ACTIVATION_RELU)
        wn_kernel_bias_relu(z, parameters + layer->bias, x.n_rows, layer->n_out);
    else
        wn_kernel_bias(z, parameters + layer->bias, x.n_rows, layer->n_out);
}

/* A stream of its own for each (seed, step, lane, layer); the kernel counts rows and units. */
static wn_random dropout_stream(const wn_dropout_draw *draw, size_t layer)
{
    uint64_t identity[3] = {(uint64_t)draw->step, (uint64_t)draw->lane, layer};
    return (wn_random){draw->seed, WN_RANDOM_DROPOUT, wn_hash_bytes(identity, sizeof identity, 0).low};
}

float *wn_workspace_forward(const wn_network *network, wn_workspace *workspace, wn_layer_input x,
                            const wn_dropout_draw *draw)
{
    for (size_t i = 0; i < network->n_layers; i++) {
        const wn_layer *layer = &network->layers[i];
        affine(layer, network->parameters, x, workspace, workspace->output[i]);
        if (draw != NULL && network->dropout > 0.0f && layer->activation == WN_ACTIVATION_RELU)
            wn_kernel_dropout(workspace->output[i], x.n_rows, layer->n_out, dropout_stream(draw, i),
                              wn_dropout_rule_of(network->dropout));
        x = (wn_layer_input){workspace->output[i], NULL, x.n_rows};
    }
    return workspace->output[network->n_layers - 1];
}

const float *wn_network_forward(const wn_network *network, wn_workspace *workspace, const float *x, size_t n_rows)
{
    return wn_workspace_forward(network, workspace, (wn_layer_input){x, NULL, n_rows}, NULL);
}

const float *wn_network_forward_sparse(const wn_network *network, wn_workspace *workspace, const wn_sparse_batch *x)
{
    return wn_workspace_forward(network, workspace, (wn_layer_input){NULL, x, x->n_rows}, NULL);
}

void wn_network_softmax(float *outputs, size_t n_rows, size_t n_outputs)
{
    wn_kernel_softmax(outputs, n_rows, n_outputs);
}
