#include "winnow/artefact.h"
#include "winnow/memory.h"

static wn_status new_layer(wn_coded_layer *coded, const wn_layer *layer, const float *parameters,
                           const unsigned char *mask)
{
    size_t n = layer->n_in * layer->n_out;
    wn_status status = wn_new(&coded->mask, n);
    if (status != WN_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        coded->mask[i] = mask != NULL ? mask[layer->weight + i] != 0 : parameters[layer->weight + i] != 0.0f;
    return WN_OK;
}

wn_status wn_coding_new(wn_coding **coding, const wn_network *network, const unsigned char *mask)
{
    wn_status status = WN_OK;
    wn_coding *made = NULL;
    TRY(wn_new(&made, 1));
    TRY(wn_new(&made->layers, network->n_layers));
    made->n_layers = network->n_layers;
    for (size_t l = 0; l < network->n_layers; l++)
        TRY(new_layer(&made->layers[l], &network->layers[l], network->parameters, mask));
    *coding = made;
    made = NULL;
done:
    wn_coding_free(made);
    return status;
}

void wn_coding_free(wn_coding *coding)
{
    if (coding == NULL)
        return;
    for (size_t l = 0; l < coding->n_layers; l++) {
        wn_free(coding->layers[l].bias);
        wn_free(coding->layers[l].symbol);
        wn_free(coding->layers[l].scale);
        wn_free(coding->layers[l].mask);
    }
    wn_free(coding->layers);
    wn_free(coding);
}

static void decode_layer(const wn_coded_layer *coded, const wn_layer *layer, float *parameters)
{
    for (size_t o = 0; o < layer->n_out; o++) {
        float *weight = parameters + layer->weight + o * layer->n_in;
        const unsigned char *mask = coded->mask + o * layer->n_in;
        for (size_t i = 0; i < layer->n_in; i++) {
            if (mask[i] == 0)
                weight[i] = 0.0f;
            else if (coded->code == WN_CODE_INT8)
                weight[i] = coded->scale[o] * (float)coded->symbol[o * layer->n_in + i];
        }
        if (coded->code == WN_CODE_INT8)
            parameters[layer->bias + o] = coded->bias[o];
    }
}

void wn_coding_decode(const wn_coding *coding, wn_network *network)
{
    for (size_t l = 0; l < network->n_layers; l++)
        decode_layer(&coding->layers[l], &network->layers[l], network->parameters);
}
