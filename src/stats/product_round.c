#include "product_round.h"

#include "kernels.h"

#include <math.h>

void wn_product_round_plain(const double *products, size_t n, double factor, int64_t *sums)
{
    for (size_t i = 0; i < n; i++)
        sums[i] += (int64_t)llrint(products[i] * factor);
}

#ifdef __x86_64__
#include <immintrin.h>

/* Eight at a time: no vectors before AVX-512 convert to int64. */
__attribute__((target("avx512f,avx512dq"))) static void round_avx512(const double *products, size_t n, double factor,
                                                                     int64_t *sums)
{
    const __m512d factors = _mm512_set1_pd(factor);
    for (size_t i = 0; i < n; i += 8) {
        __mmask8 there = (__mmask8)(n - i < 8 ? (1u << (n - i)) - 1 : 0xff);
        __m512i rounded = _mm512_cvtpd_epi64(_mm512_mul_pd(_mm512_maskz_loadu_pd(there, products + i), factors));
        __m512i sum = _mm512_add_epi64(_mm512_maskz_loadu_epi64(there, sums + i), rounded);
        _mm512_mask_storeu_epi64(sums + i, there, sum);
    }
}
#endif

void wn_product_round(const double *products, size_t n, double factor, int64_t *sums)
{
#ifdef __x86_64__
    if (wn_kernels_used() == WN_KERNELS_AVX512) {
        round_avx512(products, n, factor, sums);
        return;
    }
#endif
    wn_product_round_plain(products, n, factor, sums);
}
