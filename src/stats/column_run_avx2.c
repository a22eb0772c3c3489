/* The kernels of column_run.h for processors with AVX2: the same operations on the same lanes as the plain ones. */
#include "column_run.h"

#ifdef __x86_64__

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,popcnt")))

/* Eight columns of n rows (a multiple of 8), eight rows at a time. */
AVX2 void wn_strip_fill8_avx2(const float *cells, size_t row_cells, size_t n, float *runs)
{
    for (size_t i = 0; i < n; i += 8) {
        __m256 r[8], a[8], b[8];
        for (size_t k = 0; k < 8; k++)
            r[k] = _mm256_loadu_ps(cells + (i + k) * row_cells);
        for (size_t k = 0; k < 8; k += 2) { /* pairs of rows */
            a[k] = _mm256_unpacklo_ps(r[k], r[k + 1]);
            a[k + 1] = _mm256_unpackhi_ps(r[k], r[k + 1]);
        }
        for (size_t k = 0; k < 8; k += 4) { /* fours of rows */
            b[k] = _mm256_shuffle_ps(a[k], a[k + 2], 0x44);
            b[k + 1] = _mm256_shuffle_ps(a[k], a[k + 2], 0xee);
            b[k + 2] = _mm256_shuffle_ps(a[k + 1], a[k + 3], 0x44);
            b[k + 3] = _mm256_shuffle_ps(a[k + 1], a[k + 3], 0xee);
        }
        for (size_t k = 0; k < 4; k++) {
            _mm256_store_ps(runs + k * WN_RUN_STRIDE + i, _mm256_permute2f128_ps(b[k], b[k + 4], 0x20));
            _mm256_store_ps(runs + (k + 4) * WN_RUN_STRIDE + i, _mm256_permute2f128_ps(b[k], b[k + 4], 0x31));
        }
    }
}

/* Four columns of n rows (a multiple of 4). */
AVX2 void wn_strip_fill4_avx2(const double *cells, size_t row_cells, size_t n, double *runs)
{
    for (size_t i = 0; i < n; i += 4) {
        __m256d r0 = _mm256_loadu_pd(cells + i * row_cells), r1 = _mm256_loadu_pd(cells + (i + 1) * row_cells),
                r2 = _mm256_loadu_pd(cells + (i + 2) * row_cells), r3 = _mm256_loadu_pd(cells + (i + 3) * row_cells);
        __m256d a0 = _mm256_unpacklo_pd(r0, r1), a1 = _mm256_unpackhi_pd(r0, r1), a2 = _mm256_unpacklo_pd(r2, r3),
                a3 = _mm256_unpackhi_pd(r2, r3);
        _mm256_store_pd(runs + i, _mm256_permute2f128_pd(a0, a2, 0x20));
        _mm256_store_pd(runs + WN_RUN_STRIDE + i, _mm256_permute2f128_pd(a1, a3, 0x20));
        _mm256_store_pd(runs + 2 * WN_RUN_STRIDE + i, _mm256_permute2f128_pd(a0, a2, 0x31));
        _mm256_store_pd(runs + 3 * WN_RUN_STRIDE + i, _mm256_permute2f128_pd(a1, a3, 0x31));
    }
}

#endif
