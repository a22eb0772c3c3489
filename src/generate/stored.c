#include "stored.h"

#include "truth.h"

#include <math.h>
#include <string.h>

static void store_singles(const float *restrict z, const float *restrict centre, const float *restrict scale, size_t n,
                          float *restrict out)
{
    for (size_t j = 0; j < n; j++)
        out[j] = centre[j] + scale[j] * z[j];
}

static void store_doubles(const float *restrict z, const float *restrict centre, const float *restrict scale, size_t n,
                          double *restrict out)
{
    for (size_t j = 0; j < n; j++)
        out[j] = (double)centre[j] + (double)scale[j] * (double)z[j];
}

static int64_t integer(float z, float centre, float scale, float least, float most, int64_t gap)
{
    if (isnan(z))
        return gap;
    float x = centre + scale * z;
    x = x < least ? least : x > most ? most : x;
    return llrintf(x);
}

#define STORE_INTEGERS(ctype, least, most)                                                                             \
    do {                                                                                                               \
        ctype *to = out;                                                                                               \
        for (size_t j = 0; j < n; j++)                                                                                 \
            to[j] = (ctype)integer(z[j], centre[j], scale[j], least, most, gap);                                       \
    } while (0)

void wn_stored_numbers(wn_store_type type, const float *z, const float *centre, const float *scale, size_t n, void *out)
{
    int64_t gap = wn_truth_gap(type);
    switch (type) {
    case WN_STORE_FLOAT32:
        store_singles(z, centre, scale, n, out);
        return;
    case WN_STORE_FLOAT64:
        store_doubles(z, centre, scale, n, out);
        return;
    case WN_STORE_UINT8:
        STORE_INTEGERS(uint8_t, 0.0f, UINT8_MAX - 1.0f);
        return;
    case WN_STORE_INT8:
        STORE_INTEGERS(int8_t, INT8_MIN + 1.0f, (float)INT8_MAX);
        return;
    case WN_STORE_INT16:
        STORE_INTEGERS(int16_t, INT16_MIN + 1.0f, (float)INT16_MAX);
        return;
    case WN_STORE_INT32:
        STORE_INTEGERS(int32_t, -0x1p30f, 0x1p30f);
        return;
    case WN_STORE_INT64:
        STORE_INTEGERS(int64_t, -0x1p30f, 0x1p30f);
        return;
    case WN_STORE_UINT64: /* no types of made tables */
    case WN_STORE_BOOL:
        return;
    }
}

void wn_stored_code(wn_store_type type, void *out, size_t at, int32_t code)
{
    if (type == WN_STORE_INT8)
        ((int8_t *)out)[at] = (int8_t)code;
    else if (type == WN_STORE_INT16)
        ((int16_t *)out)[at] = (int16_t)code;
    else
        ((int32_t *)out)[at] = code;
}

void wn_stored_text(size_t n_bytes, void *out, size_t at, int32_t code)
{
    char digits[16], *text = (char *)out + at * n_bytes;
    size_t n = 0;
    memset(text, 0, n_bytes);
    if (code < 0)
        return;
    do
        digits[n++] = (char)('0' + code % 10);
    while ((code /= 10) > 0);
    *text++ = 'c';
    while (n > 0)
        *text++ = digits[--n];
}
