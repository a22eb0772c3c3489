/* Bins by comparing with every edge: without AVX-512 no vectors are looked up in registers, and few edges are counted
 * sooner than they are searched. */
#include "column_bins.h"

#ifdef __x86_64__

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,popcnt")))

/* Sixteen numbers of edges, in the order of their cells. */
AVX2 static inline void store_counts(__m256i low, __m256i high, uint16_t *bins)
{
    __m256i mixed = _mm256_packus_epi32(low, high);
    _mm256_storeu_si256((__m256i *)(void *)bins, _mm256_permute4x64_epi64(mixed, 0xd8));
}

AVX2 static inline size_t n_there(__m256 x)
{
    return (size_t)__builtin_popcount((unsigned)_mm256_movemask_ps(_mm256_cmp_ps(x, x, _CMP_ORD_Q)));
}

AVX2 static size_t bins_of_floats(const wn_bin_edges *edges, const float *run, size_t n, uint16_t *bins)
{
    size_t there = 0;
    for (size_t i = 0; i < n; i += 16) {
        __m256 x = _mm256_load_ps(run + i), y = _mm256_load_ps(run + i + 8);
        __m256i low = _mm256_setzero_si256(), high = low;
        for (size_t k = 0; k < edges->n_edges; k++) {
            __m256 edge = _mm256_broadcast_ss(edges->floats + k);
            low = _mm256_sub_epi32(low, _mm256_castps_si256(_mm256_cmp_ps(edge, x, _CMP_LE_OQ)));
            high = _mm256_sub_epi32(high, _mm256_castps_si256(_mm256_cmp_ps(edge, y, _CMP_LE_OQ)));
        }
        store_counts(low, high, bins + i);
        there += n_there(x) + n_there(y);
    }
    return there;
}

/* The lower halves of eight 64-bit numbers. */
AVX2 static inline __m256i halves(__m256i a, __m256i b)
{
    __m256 mixed = _mm256_shuffle_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), 0x88);
    return _mm256_permute4x64_epi64(_mm256_castps_si256(mixed), 0xd8);
}

AVX2 static size_t bins_of_doubles(const wn_bin_edges *edges, const double *run, size_t n, uint16_t *bins)
{
    size_t there = 0;
    for (size_t i = 0; i < n; i += 16) {
        __m256d x[4];
        __m256i count[4];
        for (size_t k = 0; k < 4; k++) {
            x[k] = _mm256_load_pd(run + i + 4 * k);
            count[k] = _mm256_setzero_si256();
            there += (size_t)__builtin_popcount((unsigned)_mm256_movemask_pd(_mm256_cmp_pd(x[k], x[k], _CMP_ORD_Q)));
        }
        for (size_t e = 0; e < edges->n_edges; e++) {
            __m256d edge = _mm256_broadcast_sd(edges->edges + e);
            for (size_t k = 0; k < 4; k++)
                count[k] = _mm256_sub_epi64(count[k], _mm256_castpd_si256(_mm256_cmp_pd(edge, x[k], _CMP_LE_OQ)));
        }
        store_counts(halves(count[0], count[1]), halves(count[2], count[3]), bins + i);
    }
    return there;
}

size_t wn_column_bins_avx2(const wn_bin_edges *edges, wn_cells run, size_t n, uint16_t *bins)
{
    return run.is_float32 ? bins_of_floats(edges, run.data, n, bins) : bins_of_doubles(edges, run.data, n, bins);
}

#endif
