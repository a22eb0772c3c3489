#include "pack.h"

#include "winnow/memory.h"

#include <string.h>

wn_status wn_unpack_damaged(void)
{
    return wn_fail(WN_BAD_DATA, "the bytes are damaged");
}

wn_status wn_unpack_raw(wn_cursor *cursor, void *data, size_t n)
{
    if (n > cursor->n)
        return wn_unpack_damaged();
    if (n > 0)
        memcpy(data, cursor->data, n);
    cursor->data += n;
    cursor->n -= n;
    return WN_OK;
}

wn_status wn_unpack_count(wn_cursor *cursor, uint64_t limit, uint64_t *value)
{
    uint64_t found = 0;
    unsigned char byte = 128;
    for (unsigned shift = 0; byte >= 128; shift += 7) {
        wn_status status = wn_unpack_raw(cursor, &byte, 1);
        if (status != WN_OK)
            return status;
        if (shift > 56)
            return wn_unpack_damaged();
        found |= (uint64_t)(byte & 127) << shift;
    }
    if (found > limit)
        return wn_unpack_damaged();
    *value = found;
    return WN_OK;
}

wn_status wn_unpack_symbols(wn_cursor *cursor, uint16_t *symbols, size_t n, size_t n_alphabet)
{
    size_t n_used = 0;
    wn_status status = wn_huffman_decode(cursor->data, cursor->n, symbols, n, n_alphabet, &n_used);
    if (status != WN_OK)
        return status;
    cursor->data += n_used;
    cursor->n -= n_used;
    return WN_OK;
}

static wn_status unpack_planes(wn_cursor *cursor, void *data, size_t n, size_t size)
{
    wn_status status = WN_OK;
    uint16_t *symbols = NULL;
    TRY(wn_new(&symbols, n));
    for (size_t plane = 0; plane < size; plane++) {
        TRY(wn_unpack_symbols(cursor, symbols, n, 256));
        for (size_t i = 0; i < n; i++)
            ((unsigned char *)data)[i * size + plane] = (unsigned char)symbols[i];
    }
done:
    wn_free(symbols);
    return status;
}

wn_status wn_unpack_bytes(wn_cursor *cursor, unsigned char *data, size_t n)
{
    return unpack_planes(cursor, data, n, 1);
}

wn_status wn_unpack_floats(wn_cursor *cursor, float *values, size_t n)
{
    return unpack_planes(cursor, values, n, sizeof *values);
}

static wn_status unpack_predicted(wn_cursor *cursor, double *values, size_t n, const double *prediction)
{
    wn_status status = WN_OK;
    uint64_t *bits = NULL;
    TRY(wn_new(&bits, n));
    TRY(unpack_planes(cursor, bits, n, sizeof *bits));
    wn_pack_take_away(bits, prediction, n);
    memcpy(values, bits, n * sizeof *values);
done:
    wn_free(bits);
    return status;
}

wn_status wn_unpack_doubles(wn_cursor *cursor, double *values, size_t n, double usual, const double *prediction)
{
    unsigned char way = 0;
    double value = usual;
    wn_status status = wn_unpack_raw(cursor, &way, 1);
    if (status != WN_OK)
        return status;
    if (way == WN_PACK_PLANES)
        return unpack_planes(cursor, values, n, sizeof *values);
    if (way == WN_PACK_PREDICTED && prediction != NULL)
        return unpack_predicted(cursor, values, n, prediction);
    if (way > WN_PACK_EQUAL)
        return wn_unpack_damaged();
    if (way == WN_PACK_EQUAL)
        status = wn_unpack_raw(cursor, &value, sizeof value);
    for (size_t i = 0; i < n; i++)
        values[i] = value;
    return status;
}
