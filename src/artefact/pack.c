#include "pack.h"

#include "winnow/memory.h"

#include <string.h>

wn_status wn_pack_count(wn_bytes *out, uint64_t value)
{
    unsigned char bytes[10];
    size_t n = 0;
    for (; value >= 128; value >>= 7)
        bytes[n++] = (unsigned char)(value | 128);
    bytes[n++] = (unsigned char)value;
    return wn_bytes_append(out, bytes, n);
}

/* Byte `first` of every element, elements `stride` bytes apart. */
static wn_status pack_plane(wn_bytes *out, const unsigned char *data, size_t n, size_t stride, uint16_t *symbols)
{
    for (size_t i = 0; i < n; i++)
        symbols[i] = data[i * stride];
    return wn_huffman_encode(out, symbols, n, 256);
}

static wn_status pack_planes(wn_bytes *out, const void *data, size_t n, size_t size)
{
    wn_status status = WN_OK;
    uint16_t *symbols = NULL;
    TRY(wn_new(&symbols, n));
    for (size_t plane = 0; plane < size; plane++)
        TRY(pack_plane(out, (const unsigned char *)data + plane, n, size, symbols));
done:
    wn_free(symbols);
    return status;
}

wn_status wn_pack_bytes(wn_bytes *out, const unsigned char *data, size_t n)
{
    return pack_planes(out, data, n, 1);
}

wn_status wn_pack_floats(wn_bytes *out, const float *values, size_t n)
{
    return pack_planes(out, values, n, sizeof *values);
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static bool all_equal(const double *values, size_t n, double to)
{
    for (size_t i = 0; i < n; i++)
        if (bits_of(values[i]) != bits_of(to))
            return false;
    return true;
}

void wn_pack_take_away(uint64_t *bits, const double *prediction, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bits[i] ^= bits_of(prediction[i]);
}

static wn_status pack_predicted(wn_bytes *out, const double *values, size_t n, const double *prediction)
{
    wn_status status = WN_OK;
    uint64_t *bits = NULL;
    TRY(wn_new(&bits, n));
    memcpy(bits, values, n * sizeof *bits);
    wn_pack_take_away(bits, prediction, n);
    TRY(wn_bytes_append(out, &(unsigned char){WN_PACK_PREDICTED}, 1));
    TRY(pack_planes(out, bits, n, sizeof *bits));
done:
    wn_free(bits);
    return status;
}

wn_status wn_pack_doubles(wn_bytes *out, const double *values, size_t n, double usual, const double *prediction)
{
    wn_status status = WN_OK;
    wn_bytes other = {0};
    if (all_equal(values, n, usual))
        return wn_bytes_append(out, &(unsigned char){WN_PACK_USUAL}, 1);
    if (all_equal(values, n, values[0])) {
        TRY(wn_bytes_append(out, &(unsigned char){WN_PACK_EQUAL}, 1));
        TRY(wn_bytes_append(out, values, sizeof *values));
        goto done;
    }
    size_t first = out->n;
    TRY(wn_bytes_append(out, &(unsigned char){WN_PACK_PLANES}, 1));
    TRY(pack_planes(out, values, n, sizeof *values));
    if (prediction == NULL)
        goto done;
    TRY(pack_predicted(&other, values, n, prediction));
    if (other.n < out->n - first) {
        out->n = first;
        TRY(wn_bytes_append(out, other.data, other.n));
    }
done:
    wn_bytes_clear(&other);
    return status;
}
