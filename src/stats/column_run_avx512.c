/* The kernels of column_run.h for processors with AVX-512: the same operations on the same lanes as the plain ones, all
 * eight of a run in one vector. */
#include "column_run.h"

#ifdef __x86_64__

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,popcnt,bmi")))

/* Sixteen rows of four columns: row 4 q + k lies in quarter q of r[k]. */
AVX512 static inline void load_quarters(const float *cells, size_t row_cells, __m512 r[4])
{
    for (size_t k = 0; k < 4; k++, cells += row_cells) {
        r[k] = _mm512_castps128_ps512(_mm_loadu_ps(cells));
        r[k] = _mm512_mask_broadcast_f32x4(r[k], 0x00f0, _mm_loadu_ps(cells + 4 * row_cells));
        r[k] = _mm512_mask_broadcast_f32x4(r[k], 0x0f00, _mm_loadu_ps(cells + 8 * row_cells));
        r[k] = _mm512_mask_broadcast_f32x4(r[k], 0xf000, _mm_loadu_ps(cells + 12 * row_cells));
    }
}

/* Eight columns of n rows (a multiple of 16). */
AVX512 void wn_strip_fill8_avx512(const float *cells, size_t row_cells, size_t n, float *runs)
{
    for (size_t i = 0; i < n; i += 16, cells += 16 * row_cells)
        for (size_t col = 0; col < 8; col += 4) {
            __m512 r[4];
            float *to = runs + col * WN_RUN_STRIDE + i;
            load_quarters(cells + col, row_cells, r);
            __m512 low01 = _mm512_unpacklo_ps(r[0], r[1]), high01 = _mm512_unpackhi_ps(r[0], r[1]);
            __m512 low23 = _mm512_unpacklo_ps(r[2], r[3]), high23 = _mm512_unpackhi_ps(r[2], r[3]);
            _mm512_store_ps(to, _mm512_shuffle_ps(low01, low23, 0x44));
            _mm512_store_ps(to + WN_RUN_STRIDE, _mm512_shuffle_ps(low01, low23, 0xee));
            _mm512_store_ps(to + 2 * WN_RUN_STRIDE, _mm512_shuffle_ps(high01, high23, 0x44));
            _mm512_store_ps(to + 3 * WN_RUN_STRIDE, _mm512_shuffle_ps(high01, high23, 0xee));
        }
}

#endif
