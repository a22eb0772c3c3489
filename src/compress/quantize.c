#include "winnow/quantize.h"

#include "winnow/memory.h"

#include <float.h>
#include <math.h>

enum { LARGEST = 127, SCALE_BITS = 8, BIAS_BITS = 12 };

/* A power of two: the unit of the last of `bits` significant bits. */
static double unit_of(double value, int bits)
{
    return ldexp(1.0, ilogb(value) - bits + 1);
}

/* Rounded up, so that no symbol exceeds the largest. */
static float scale_of(const float *weight, const unsigned char *mask, size_t n)
{
    float most = 0.0f;
    for (size_t i = 0; i < n; i++)
        if (mask[i] != 0)
            most = fmaxf(most, fabsf(weight[i]));
    double exact = (double)most / LARGEST;
    if (exact < (double)FLT_MIN || !isfinite(exact))
        return 1.0f;
    double unit = unit_of(exact, SCALE_BITS);
    float scale = (float)(ceil(exact / unit) * unit);
    return isfinite(scale) ? scale : 1.0f;
}

static float round_bias(float bias)
{
    if (bias == 0.0f || !isfinite(bias))
        return bias;
    double unit = unit_of((double)bias, BIAS_BITS);
    float rounded = (float)(nearbyint((double)bias / unit) * unit);
    return isfinite(rounded) ? rounded : bias;
}

static void quantize_row(const float *weight, const unsigned char *mask, size_t n, float scale, int8_t *symbol)
{
    for (size_t i = 0; i < n; i++) {
        double nearest = nearbyint((double)weight[i] / (double)scale);
        nearest = nearest > LARGEST ? LARGEST : nearest < -LARGEST ? -LARGEST : nearest;
        symbol[i] = mask[i] != 0 && !isnan(nearest) ? (int8_t)nearest : 0;
    }
}

static wn_status quantize_layer(const wn_network *network, const wn_layer *layer, wn_coded_layer *coded)
{
    wn_status status = WN_OK;
    const float *weight = network->parameters + layer->weight, *bias = network->parameters + layer->bias;
    TRY(wn_new(&coded->scale, layer->n_out));
    TRY(wn_new(&coded->bias, layer->n_out));
    TRY(wn_new(&coded->symbol, layer->n_in * layer->n_out));
    coded->code = WN_CODE_INT8;
    for (size_t o = 0; o < layer->n_out; o++) {
        size_t first = o * layer->n_in;
        coded->scale[o] = scale_of(weight + first, coded->mask + first, layer->n_in);
        coded->bias[o] = round_bias(bias[o]);
        quantize_row(weight + first, coded->mask + first, layer->n_in, coded->scale[o], coded->symbol + first);
    }
done:
    return status;
}

wn_status wn_quantize_int8(const wn_network *network, const unsigned char *mask, wn_coding **coding)
{
    wn_status status = WN_OK;
    wn_coding *made = NULL;
    TRY(wn_coding_new(&made, network, mask));
    for (size_t l = 0; l < network->n_layers; l++)
        TRY(quantize_layer(network, &network->layers[l], &made->layers[l]));
    *coding = made;
    made = NULL;
done:
    wn_coding_free(made);
    return status;
}
