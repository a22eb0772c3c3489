#include "unshuffle.h"

#ifdef __x86_64__

#include <emmintrin.h>
#include <string.h>

enum { WIDTH = 16 };

static __m128i load(const unsigned char *in)
{
    return _mm_loadu_si128((const __m128i *)(const void *)in);
}

static void store(unsigned char *out, int i, __m128i v)
{
    _mm_storeu_si128((__m128i *)(void *)out + i, v);
}

static void unshuffle_2(const unsigned char *in, unsigned char *out, size_t n)
{
    __m128i a = load(in), b = load(in + n);
    store(out, 0, _mm_unpacklo_epi8(a, b));
    store(out, 1, _mm_unpackhi_epi8(a, b));
}

/* Four planes of 16 bytes become 16 elements of four bytes. */
static void merge_4(const unsigned char *in, size_t n, __m128i v[4])
{
    __m128i a = load(in), b = load(in + n), c = load(in + 2 * n), d = load(in + 3 * n);
    __m128i ab_low = _mm_unpacklo_epi8(a, b), ab_high = _mm_unpackhi_epi8(a, b);
    __m128i cd_low = _mm_unpacklo_epi8(c, d), cd_high = _mm_unpackhi_epi8(c, d);
    v[0] = _mm_unpacklo_epi16(ab_low, cd_low);
    v[1] = _mm_unpackhi_epi16(ab_low, cd_low);
    v[2] = _mm_unpacklo_epi16(ab_high, cd_high);
    v[3] = _mm_unpackhi_epi16(ab_high, cd_high);
}

static void unshuffle_4(const unsigned char *in, unsigned char *out, size_t n)
{
    __m128i v[4];
    merge_4(in, n, v);
    for (int i = 0; i < 4; i++)
        store(out, i, v[i]);
}

static void unshuffle_8(const unsigned char *in, unsigned char *out, size_t n)
{
    __m128i low[4], high[4];
    merge_4(in, n, low);
    merge_4(in + 4 * n, n, high);
    for (int i = 0; i < 4; i++) {
        store(out, 2 * i, _mm_unpacklo_epi32(low[i], high[i]));
        store(out, 2 * i + 1, _mm_unpackhi_epi32(low[i], high[i]));
    }
}

/* Elements of any size: four planes at a time make four bytes of each, the last planes one. */
static void unshuffle_any(const unsigned char *in, unsigned char *out, size_t n, size_t size)
{
    unsigned char quads[WIDTH * 4];
    size_t k = 0;
    for (; k + 4 <= size; k += 4) {
        unshuffle_4(in + k * n, quads, n);
        for (size_t i = 0; i < WIDTH; i++)
            memcpy(out + i * size + k, quads + i * 4, 4);
    }
    for (; k < size; k++)
        for (size_t i = 0; i < WIDTH; i++)
            out[i * size + k] = in[k * n + i];
}

size_t wn_unshuffle_sse2(const unsigned char *in, unsigned char *out, size_t n, size_t size)
{
    size_t i = 0;
    if (size == 2)
        for (; i + WIDTH <= n; i += WIDTH)
            unshuffle_2(in + i, out + i * 2, n);
    if (size == 4)
        for (; i + WIDTH <= n; i += WIDTH)
            unshuffle_4(in + i, out + i * 4, n);
    if (size == 8)
        for (; i + WIDTH <= n; i += WIDTH)
            unshuffle_8(in + i, out + i * 8, n);
    for (; i + WIDTH <= n; i += WIDTH)
        unshuffle_any(in + i, out + i * size, n, size);
    return i;
}

#endif
