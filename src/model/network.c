#include "winnow/network.h"

#include "winnow/memory.h"
#include "winnow/random.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static wn_status check_widths(wn_task task, const size_t *widths, size_t n_layers)
{
    if (n_layers == 0)
        return wn_fail(WN_INTERNAL, "a network needs a layer");
    for (size_t i = 0; i <= n_layers; i++)
        if (widths[i] == 0 || widths[i] > INT_MAX)
            return wn_fail(WN_INTERNAL, "a network's layer cannot be %zu wide", widths[i]);
    if (task == WN_TASK_REGRESSION && widths[n_layers] != 1)
        return wn_fail(WN_INTERNAL, "a regression has one output, not %zu", widths[n_layers]);
    return WN_OK;
}

/* Fails where the parameters' number overflows. */
static wn_status lay_out(wn_network *network, const size_t *widths)
{
    size_t offset = 0;
    for (size_t i = 0; i < network->n_layers; i++) {
        wn_layer *layer = &network->layers[i];
        size_t n_weights;
        layer->n_in = widths[i];
        layer->n_out = widths[i + 1];
        layer->activation = i + 1 < network->n_layers ? WN_ACTIVATION_RELU : WN_ACTIVATION_NONE;
        snprintf(layer->name, sizeof layer->name, "layer%zu", i + 1);
        layer->weight = offset;
        if (__builtin_mul_overflow(layer->n_in, layer->n_out, &n_weights) ||
            __builtin_add_overflow(offset, n_weights, &layer->bias) ||
            __builtin_add_overflow(layer->bias, layer->n_out, &offset))
            return wn_fail(WN_NO_MEMORY, "a layer of %zu x %zu is too large", layer->n_out, layer->n_in);
    }
    network->n_parameters = offset;
    return WN_OK;
}

wn_status wn_network_new(wn_network **network, wn_task task, const size_t *widths, size_t n_layers)
{
    wn_status status = WN_OK;
    wn_network *made = NULL;

    TRY(check_widths(task, widths, n_layers));
    TRY(wn_new(&made, 1));
    TRY(wn_new(&made->layers, n_layers));
    made->task = task;
    made->n_layers = n_layers;
    made->n_inputs = widths[0];
    made->n_outputs = widths[n_layers];
    TRY(lay_out(made, widths));
    TRY(wn_new(&made->parameters, made->n_parameters));
    *network = made;
    made = NULL;
done:
    wn_network_free(made);
    return status;
}

void wn_network_free(wn_network *network)
{
    if (network == NULL)
        return;
    wn_free(network->parameters);
    wn_free(network->layers);
    wn_free(network);
}

void wn_network_initialize(wn_network *network, uint64_t seed)
{
    memset(network->parameters, 0, network->n_parameters * sizeof *network->parameters);
    if (network->n_layers == 1)
        return;
    for (size_t l = 0; l < network->n_layers; l++) {
        const wn_layer *layer = &network->layers[l];
        wn_random stream = {seed, WN_RANDOM_WEIGHTS, l};
        double bound = 1.0 / sqrt((double)layer->n_in);
        size_t n_weights = layer->n_in * layer->n_out;
        float *weight = network->parameters + layer->weight, *bias = network->parameters + layer->bias;
        for (size_t i = 0; i < n_weights; i++)
            weight[i] = (float)((2.0 * wn_random_uniform(stream, i) - 1.0) * bound);
        for (size_t i = 0; i < layer->n_out; i++)
            bias[i] = (float)((2.0 * wn_random_uniform(stream, n_weights + i) - 1.0) * bound);
    }
}

/* The widths of a network, with room for one more before them. */
static wn_status copy_widths(size_t **widths, const wn_network *network)
{
    wn_status status = wn_new(widths, network->n_layers + 2);
    if (status != WN_OK)
        return status;
    (*widths)[1] = network->n_inputs;
    for (size_t i = 0; i < network->n_layers; i++)
        (*widths)[i + 2] = network->layers[i].n_out;
    return WN_OK;
}

/* Names, activations and parameters of `from` into the last layers of `to`. */
static void copy_layers(wn_network *to, const wn_network *from)
{
    size_t n_before = to->n_layers - from->n_layers;
    for (size_t i = 0; i < from->n_layers; i++) {
        wn_layer *layer = &to->layers[n_before + i];
        layer->activation = from->layers[i].activation;
        memcpy(layer->name, from->layers[i].name, sizeof layer->name);
    }
    to->dropout = from->dropout;
    memcpy(to->parameters + (to->n_parameters - from->n_parameters), from->parameters,
           from->n_parameters * sizeof *from->parameters);
}

/* Components first; where the features are appended, they pass through weights of 1. */
static void fill_projection(wn_network *network, const wn_projection *projection)
{
    wn_layer *layer = &network->layers[0];
    float *weight = network->parameters + layer->weight, *bias = network->parameters + layer->bias;

    layer->activation = WN_ACTIVATION_NONE;
    snprintf(layer->name, sizeof layer->name, "projection");
    for (size_t k = 0; k < projection->n_components; k++) {
        const double *component = projection->components + k * projection->n_features;
        double shift = 0.0;
        for (size_t j = 0; j < projection->n_features; j++) {
            weight[k * projection->n_features + j] = (float)component[j];
            shift += component[j] * projection->mean[j];
        }
        bias[k] = (float)-shift;
    }
    for (size_t j = 0; projection->appends && j < projection->n_features; j++)
        weight[(projection->n_components + j) * projection->n_features + j] = 1;
}

wn_status wn_network_with_projection(wn_network **wide, const wn_network *network, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    size_t *widths = NULL;
    wn_network *made = NULL;
    const wn_projection *projection = recipe->projection;

    if (projection == NULL)
        return wn_network_copy(wide, network);
    if (wn_recipe_n_inputs(recipe) != network->n_inputs)
        return wn_fail(WN_INTERNAL, "the network has %zu inputs, the recipe gives %zu", network->n_inputs,
                       wn_recipe_n_inputs(recipe));
    TRY(copy_widths(&widths, network));
    widths[0] = projection->n_features;
    TRY(wn_network_new(&made, network->task, widths, network->n_layers + 1));
    copy_layers(made, network);
    fill_projection(made, projection);
    *wide = made;
done:
    wn_free(widths);
    return status;
}

wn_status wn_network_copy(wn_network **copy, const wn_network *network)
{
    wn_status status = WN_OK;
    size_t *widths = NULL;
    wn_network *made = NULL;

    TRY(copy_widths(&widths, network));
    TRY(wn_network_new(&made, network->task, widths + 1, network->n_layers));
    copy_layers(made, network);
    *copy = made;
done:
    wn_free(widths);
    return status;
}

wn_hash wn_network_hash(const wn_network *network)
{
    uint64_t head[2] = {(uint64_t)network->task, network->n_layers};
    wn_hash hash = wn_hash_bytes(head, sizeof head, 0);
    for (size_t i = 0; i < network->n_layers; i++) {
        const wn_layer *layer = &network->layers[i];
        uint64_t part[5] = {hash.low, hash.high, layer->n_in, layer->n_out, (uint64_t)layer->activation};
        hash = wn_hash_bytes(part, sizeof part, 0);
    }
    wn_hash numbers = wn_hash_bytes(network->parameters, network->n_parameters * sizeof *network->parameters, hash.low);
    uint64_t all[4] = {hash.low, hash.high, numbers.low, numbers.high};
    return wn_hash_bytes(all, sizeof all, 0);
}
