#include "unshuffle.h"

#ifdef __x86_64__

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

enum { WIDTH = 32 };

AVX2 static __m256i load(const unsigned char *in)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)in);
}

/* Interleaving works within the halves of a vector: the low halves of two neighbours come before their high halves,
 * which lie `half` vectors further on. */
AVX2 static void store_halves(unsigned char *out, int i, int half, __m256i first, __m256i second)
{
    __m256i *to = (__m256i *)(void *)out + i;
    _mm256_storeu_si256(to, _mm256_permute2x128_si256(first, second, 0x20));
    _mm256_storeu_si256(to + half, _mm256_permute2x128_si256(first, second, 0x31));
}

AVX2 static void unshuffle_2(const unsigned char *in, unsigned char *out, size_t n)
{
    __m256i a = load(in), b = load(in + n);
    store_halves(out, 0, 1, _mm256_unpacklo_epi8(a, b), _mm256_unpackhi_epi8(a, b));
}

/* Four planes of 32 bytes become 32 elements of four bytes, each half of a vector by itself. */
AVX2 static void merge_4(const unsigned char *in, size_t n, __m256i v[4])
{
    __m256i a = load(in), b = load(in + n), c = load(in + 2 * n), d = load(in + 3 * n);
    __m256i ab_low = _mm256_unpacklo_epi8(a, b), ab_high = _mm256_unpackhi_epi8(a, b);
    __m256i cd_low = _mm256_unpacklo_epi8(c, d), cd_high = _mm256_unpackhi_epi8(c, d);
    v[0] = _mm256_unpacklo_epi16(ab_low, cd_low);
    v[1] = _mm256_unpackhi_epi16(ab_low, cd_low);
    v[2] = _mm256_unpacklo_epi16(ab_high, cd_high);
    v[3] = _mm256_unpackhi_epi16(ab_high, cd_high);
}

AVX2 static void unshuffle_4(const unsigned char *in, unsigned char *out, size_t n)
{
    __m256i v[4];
    merge_4(in, n, v);
    store_halves(out, 0, 2, v[0], v[1]);
    store_halves(out, 1, 2, v[2], v[3]);
}

AVX2 static void unshuffle_8(const unsigned char *in, unsigned char *out, size_t n)
{
    __m256i low[4], high[4];
    merge_4(in, n, low);
    merge_4(in + 4 * n, n, high);
    for (int i = 0; i < 4; i++)
        store_halves(out, i, 4, _mm256_unpacklo_epi32(low[i], high[i]), _mm256_unpackhi_epi32(low[i], high[i]));
}

AVX2 size_t wn_unshuffle_avx2(const unsigned char *in, unsigned char *out, size_t n, size_t size)
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
    return i;
}

#endif
