#include "sections.h"

#include "winnow/memory.h"

#include <string.h>

enum { RELU = 1, PROJECTION = 2, INT8 = 4, ALL_FLAGS = 7, SYMBOL_ZERO = 128, SYMBOLS = 256 };

static size_t count_stored(const unsigned char *mask, size_t n)
{
    size_t n_stored = 0;
    for (size_t i = 0; i < n; i++)
        n_stored += mask[i] != 0;
    return n_stored;
}

static wn_status pack_int8(wn_bytes *out, const wn_coded_layer *coded, size_t n_out, size_t n)
{
    wn_status status = WN_OK;
    uint16_t *symbols = NULL;
    size_t n_stored = 0;
    TRY(wn_new(&symbols, n));
    for (size_t i = 0; i < n; i++)
        if (coded->mask[i] != 0)
            symbols[n_stored++] = (uint16_t)(coded->symbol[i] + SYMBOL_ZERO);
    TRY(wn_pack_floats(out, coded->scale, n_out));
    TRY(wn_pack_floats(out, coded->bias, n_out));
    TRY(wn_huffman_encode(out, symbols, n_stored, SYMBOLS));
done:
    wn_free(symbols);
    return status;
}

static wn_status pack_float32(wn_bytes *out, const wn_coded_layer *coded, const float *weight, const float *bias,
                              size_t n_out, size_t n)
{
    wn_status status = WN_OK;
    float *stored = NULL;
    size_t n_stored = 0;
    TRY(wn_new(&stored, n));
    for (size_t i = 0; i < n; i++)
        if (coded->mask[i] != 0)
            stored[n_stored++] = weight[i];
    TRY(wn_pack_floats(out, bias, n_out));
    TRY(wn_pack_floats(out, stored, n_stored));
done:
    wn_free(stored);
    return status;
}

wn_status wn_section_pack_layer(wn_bytes *out, const wn_artefact *artefact, size_t layer)
{
    wn_status status = WN_OK;
    const wn_layer *shape = &artefact->network->layers[layer];
    const wn_coded_layer *coded = &artefact->coding->layers[layer];
    const float *parameters = artefact->network->parameters;
    bool is_int8 = coded->code == WN_CODE_INT8;
    unsigned flags = (shape->activation == WN_ACTIVATION_RELU ? RELU : 0u) | (is_int8 ? INT8 : 0u) |
                     (strcmp(shape->name, "projection") == 0 ? PROJECTION : 0u);
    size_t n = shape->n_in * shape->n_out;
    TRY(wn_pack_count(out, flags));
    TRY(wn_pack_count(out, shape->n_out));
    TRY(wn_pack_mask(out, coded->mask, shape->n_out, shape->n_in));
    if (is_int8)
        TRY(pack_int8(out, coded, shape->n_out, n));
    else
        TRY(pack_float32(out, coded, parameters + shape->weight, parameters + shape->bias, shape->n_out, n));
done:
    return status;
}

static wn_status unpack_int8(wn_cursor *cursor, wn_read_layer *layer, size_t n)
{
    wn_status status = WN_OK;
    wn_coded_layer *coded = &layer->coded;
    uint16_t *symbols = NULL;
    size_t n_stored = count_stored(coded->mask, n);
    coded->code = WN_CODE_INT8;
    TRY(wn_new(&symbols, n_stored));
    TRY(wn_new(&coded->scale, layer->n_out));
    TRY(wn_new(&coded->bias, layer->n_out));
    TRY(wn_new(&coded->symbol, n));
    TRY(wn_unpack_floats(cursor, coded->scale, layer->n_out));
    TRY(wn_unpack_floats(cursor, coded->bias, layer->n_out));
    TRY(wn_unpack_symbols(cursor, symbols, n_stored, SYMBOLS));
    for (size_t i = 0, at = 0; i < n; i++)
        if (coded->mask[i] != 0)
            coded->symbol[i] = (int8_t)(symbols[at++] - SYMBOL_ZERO);
done:
    wn_free(symbols);
    return status;
}

static wn_status unpack_float32(wn_cursor *cursor, wn_read_layer *layer, size_t n)
{
    wn_status status = WN_OK;
    float *stored = NULL;
    size_t n_stored = count_stored(layer->coded.mask, n);
    TRY(wn_new(&stored, n_stored));
    TRY(wn_new(&layer->bias, layer->n_out));
    TRY(wn_new(&layer->weight, n));
    TRY(wn_unpack_floats(cursor, layer->bias, layer->n_out));
    TRY(wn_unpack_floats(cursor, stored, n_stored));
    for (size_t i = 0, at = 0; i < n; i++)
        if (layer->coded.mask[i] != 0)
            layer->weight[i] = stored[at++];
done:
    wn_free(stored);
    return status;
}

wn_status wn_section_unpack_layer(wn_cursor *cursor, size_t n_in, wn_read_layer *layer)
{
    wn_status status = WN_OK;
    uint64_t flags = 0, n_out = 0;
    TRY(wn_unpack_count(cursor, ALL_FLAGS, &flags));
    TRY(wn_unpack_count(cursor, WN_MAX_WIDTH, &n_out));
    if (n_out == 0 || n_in > WN_MAX_WEIGHTS / n_out)
        TRY(wn_unpack_damaged());
    layer->n_in = n_in;
    layer->n_out = n_out;
    layer->is_projection = (flags & PROJECTION) != 0;
    layer->activation = (flags & RELU) != 0 ? WN_ACTIVATION_RELU : WN_ACTIVATION_NONE;
    TRY(wn_new(&layer->coded.mask, n_in * n_out));
    TRY(wn_unpack_mask(cursor, layer->coded.mask, n_out, n_in));
    if ((flags & INT8) != 0)
        TRY(unpack_int8(cursor, layer, n_in * n_out));
    else
        TRY(unpack_float32(cursor, layer, n_in * n_out));
    if (cursor->n != 0)
        TRY(wn_unpack_damaged());
done:
    return status;
}

void wn_read_layer_clear(wn_read_layer *layer)
{
    wn_free(layer->bias);
    wn_free(layer->weight);
    wn_free(layer->coded.bias);
    wn_free(layer->coded.symbol);
    wn_free(layer->coded.scale);
    wn_free(layer->coded.mask);
    *layer = (wn_read_layer){0};
}
