#include "element.h"

#include <string.h>

typedef struct {
    hid_t little, big;
    wn_element_kind kind;
} named_type;

static wn_element plain_element(hid_t type)
{
    const named_type types[] = {
        {H5T_STD_I8LE, H5T_STD_I8BE, WN_ELEMENT_INT8},        {H5T_STD_I16LE, H5T_STD_I16BE, WN_ELEMENT_INT16},
        {H5T_STD_I32LE, H5T_STD_I32BE, WN_ELEMENT_INT32},     {H5T_STD_I64LE, H5T_STD_I64BE, WN_ELEMENT_INT64},
        {H5T_STD_U8LE, H5T_STD_U8BE, WN_ELEMENT_UINT8},       {H5T_STD_U16LE, H5T_STD_U16BE, WN_ELEMENT_UINT16},
        {H5T_STD_U32LE, H5T_STD_U32BE, WN_ELEMENT_UINT32},    {H5T_STD_U64LE, H5T_STD_U64BE, WN_ELEMENT_UINT64},
        {H5T_IEEE_F32LE, H5T_IEEE_F32BE, WN_ELEMENT_FLOAT32}, {H5T_IEEE_F64LE, H5T_IEEE_F64BE, WN_ELEMENT_FLOAT64},
    };
    bool is_big_here = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        bool is_little = H5Tequal(type, types[i].little) > 0;
        if (is_little || H5Tequal(type, types[i].big) > 0)
            return (wn_element){types[i].kind, is_little == is_big_here, H5Tget_size(type)};
    }
    return (wn_element){0};
}

/* binary16 has no name in the library. */
static bool is_float16(hid_t type)
{
    size_t sign, exponent_at, exponent, mantissa_at, mantissa;
    return H5Tget_class(type) == H5T_FLOAT && H5Tget_size(type) == 2 &&
           H5Tget_fields(type, &sign, &exponent_at, &exponent, &mantissa_at, &mantissa) >= 0 && sign == 15 &&
           exponent_at == 10 && exponent == 5 && mantissa_at == 0 && mantissa == 10 && H5Tget_ebias(type) == 15 &&
           H5Tget_norm(type) == H5T_NORM_IMPLIED;
}

wn_element wn_element_of(hid_t type)
{
    if (H5Tget_class(type) == H5T_ENUM) {
        hid_t base = H5Tget_super(type);
        wn_element element = plain_element(base);
        H5Tclose(base);
        return element;
    }
    if (!is_float16(type))
        return plain_element(type);
    bool is_big = H5Tget_order(type) == H5T_ORDER_BE;
    return (wn_element){WN_ELEMENT_FLOAT16, is_big == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__), 2};
}

bool wn_element_is_cell(wn_element element, bool is_float32)
{
    return !element.is_swapped && element.kind == (is_float32 ? WN_ELEMENT_FLOAT32 : WN_ELEMENT_FLOAT64);
}

static float float_of_half(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000u) << 16, exponent = half >> 10 & 31u, mantissa = half & 1023u, bits;
    float value;
    if (exponent == 0) { /* zero and what is below the least normal number: exact multiples of 2^-24 */
        value = (float)mantissa * 0x1p-24f;
        return sign != 0 ? -value : value;
    }
    bits = sign | (exponent == 31 ? 255u : exponent + 112u) << 23 | mantissa << 13;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint8_t swap8(uint8_t x)
{
    return x;
}

/* Elements may lie at any address. */
#define CONVERT(kind, word, swap, type, value_of)                                                                      \
    case WN_ELEMENT_##kind:                                                                                            \
        for (size_t i = 0; i < n; i++) {                                                                               \
            word bits;                                                                                                 \
            type number;                                                                                               \
            memcpy(&bits, from + i * sizeof bits, sizeof bits);                                                        \
            bits = is_swapped ? swap(bits) : bits;                                                                     \
            memcpy(&number, &bits, sizeof number);                                                                     \
            to[i] = value_of(number);                                                                                  \
        }                                                                                                              \
        break;

#define CONVERT_NARROW(as)                                                                                             \
    CONVERT(INT8, uint8_t, swap8, int8_t, (as))                                                                        \
    CONVERT(UINT8, uint8_t, swap8, uint8_t, (as))                                                                      \
    CONVERT(INT16, uint16_t, __builtin_bswap16, int16_t, (as))                                                         \
    CONVERT(UINT16, uint16_t, __builtin_bswap16, uint16_t, (as))                                                       \
    CONVERT(FLOAT16, uint16_t, __builtin_bswap16, uint16_t, float_of_half)                                             \
    CONVERT(FLOAT32, uint32_t, __builtin_bswap32, float, (as))

/* What a catalog calls float32: every value is one, for wider types never are. */
static void to_float(wn_element element, const unsigned char *from, size_t n, float *to)
{
    const bool is_swapped = element.is_swapped;
    switch (element.kind) {
        CONVERT_NARROW(float)
    default:
        break;
    }
}

static void to_double(wn_element element, const unsigned char *from, size_t n, double *to)
{
    const bool is_swapped = element.is_swapped;
    switch (element.kind) {
        CONVERT_NARROW(double)
        CONVERT(INT32, uint32_t, __builtin_bswap32, int32_t, (double))
        CONVERT(UINT32, uint32_t, __builtin_bswap32, uint32_t, (double))
        CONVERT(INT64, uint64_t, __builtin_bswap64, int64_t, (double))
        CONVERT(UINT64, uint64_t, __builtin_bswap64, uint64_t, (double))
        CONVERT(FLOAT64, uint64_t, __builtin_bswap64, double, (double))
    default:
        break;
    }
}

void wn_element_convert(wn_element element, const void *bytes, size_t n, wn_cells cells)
{
    if (wn_element_is_cell(element, cells.is_float32))
        memcpy(cells.data, bytes, n * element.n_bytes);
    else if (cells.is_float32)
        to_float(element, bytes, n, cells.data);
    else
        to_double(element, bytes, n, cells.data);
}
