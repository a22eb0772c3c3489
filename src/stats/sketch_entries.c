#include "sketch_entries.h"

#include "kernels.h"

#include <math.h>

/* Inlined into a function for each kind of vectors, which the compiler then makes of it. */
__attribute__((always_inline)) static inline void score(const wn_sketch_entries *entries,
                                                        const double *restrict directions, size_t width,
                                                        double *restrict scores)
{
    for (size_t k = 0; k < entries->n; k++) {
        const double *direction = directions + entries->place[entries->first + entries->column[k]] * width;
        double value = entries->value[k];
        for (size_t j = 0; j < width; j++)
            scores[j] += value * direction[j];
    }
}

static void add_plain(const wn_sketch_entries *entries, const double *weight, const double *scores, size_t width,
                      int64_t *sums)
{
    for (size_t k = 0; k < entries->n; k++) {
        size_t s = entries->place[entries->first + entries->column[k]];
        double units = entries->value[k] * weight[s];
        int64_t *to = sums + s * width;
        for (size_t j = 0; j < width; j++)
            to[j] += (int64_t)llrint(scores[j] * units);
    }
}

#ifdef __x86_64__

#include <immintrin.h>

__attribute__((target("avx2"))) static void score_avx2(const wn_sketch_entries *entries, const double *directions,
                                                       size_t width, double *scores)
{
    score(entries, directions, width, scores);
}

#define AVX512 __attribute__((target("avx512f,avx512dq")))

/* Which of eight numbers from number j on there are. */
static inline __mmask8 those_there(size_t j, size_t n)
{
    return (__mmask8)(j >= n ? 0 : n - j < 8 ? (1u << (n - j)) - 1 : 0xff);
}

/* As many scores at once as registers hold while the entries go by. */
AVX512 static void score_avx512(const wn_sketch_entries *entries, const double *directions, size_t width,
                                double *scores)
{
    enum { VECTORS = 4 };
    for (size_t j = 0; j < width; j += 8 * VECTORS) {
        __mmask8 there[VECTORS];
        __m512d sums[VECTORS];
        for (size_t v = 0; v < VECTORS; v++) {
            there[v] = those_there(j + 8 * v, width);
            sums[v] = _mm512_maskz_loadu_pd(there[v], scores + j + 8 * v);
        }
        for (size_t k = 0; k < entries->n; k++) {
            const double *direction = directions + entries->place[entries->first + entries->column[k]] * width + j;
            const __m512d value = _mm512_set1_pd(entries->value[k]);
            for (size_t v = 0; v < VECTORS; v++)
                sums[v] =
                    _mm512_add_pd(sums[v], _mm512_mul_pd(value, _mm512_maskz_loadu_pd(there[v], direction + 8 * v)));
        }
        for (size_t v = 0; v < VECTORS; v++)
            _mm512_mask_storeu_pd(scores + j + 8 * v, there[v], sums[v]);
    }
}

/* Eight at a time: no vectors before AVX-512 convert to int64. */
AVX512 static void add_avx512(const wn_sketch_entries *entries, const double *weight, const double *scores,
                              size_t width, int64_t *sums)
{
    for (size_t k = 0; k < entries->n; k++) {
        size_t s = entries->place[entries->first + entries->column[k]];
        const __m512d units = _mm512_set1_pd(entries->value[k] * weight[s]);
        int64_t *to = sums + s * width;
        for (size_t j = 0; j < width; j += 8) {
            __mmask8 there = those_there(j, width);
            __m512i units_of = _mm512_cvtpd_epi64(_mm512_mul_pd(_mm512_maskz_loadu_pd(there, scores + j), units));
            __m512i sum = _mm512_add_epi64(_mm512_maskz_loadu_epi64(there, to + j), units_of);
            _mm512_mask_storeu_epi64(to + j, there, sum);
        }
    }
}

#endif

void wn_sketch_entries_score(const wn_sketch_entries *entries, const double *directions, size_t width, double *scores)
{
#ifdef __x86_64__
    if (wn_kernels_used() == WN_KERNELS_AVX512) {
        score_avx512(entries, directions, width, scores);
        return;
    }
    if (wn_kernels_used() == WN_KERNELS_AVX2) {
        score_avx2(entries, directions, width, scores);
        return;
    }
#endif
    score(entries, directions, width, scores);
}

void wn_sketch_entries_add(const wn_sketch_entries *entries, const double *weight, const double *scores, size_t width,
                           int64_t *sums)
{
#ifdef __x86_64__
    if (wn_kernels_used() == WN_KERNELS_AVX512) {
        add_avx512(entries, weight, scores, width, sums);
        return;
    }
#endif
    add_plain(entries, weight, scores, width, sums);
}
