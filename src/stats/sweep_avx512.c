/* The kernels of sweep.h for processors with AVX-512: all slots of floats at once, half of them of doubles. */
#include "sweep.h"

#ifdef __x86_64__

#include <immintrin.h>
#include <math.h>

#define AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl")))
#define AVX512_INLINE AVX512 __attribute__((always_inline)) static inline

/* Eight slots' sums. */
typedef struct {
    __m512d rest, squares;
} sums8;

/* Cells that are missing add zeros. */
AVX512_INLINE sums8 add_cells(sums8 sums, __m512d x, __mmask8 is_there, __m512d centre)
{
    __m512d gap = _mm512_maskz_sub_pd(is_there, x, centre);
    sums.rest = _mm512_add_pd(sums.rest, gap);
    sums.squares = _mm512_add_pd(sums.squares, _mm512_mul_pd(gap, gap));
    return sums;
}

AVX512_INLINE void store_sums(wn_swept *swept, size_t slot, sums8 sums)
{
    _mm512_store_pd(swept->rest + slot, sums.rest);
    _mm512_store_pd(swept->squares + slot, sums.squares);
}

/* Inlined for every number of windows, whose counts and bits then stay in registers. min and max give their second
 * operand where the first is NaN; of floats they are those of their doubles. */
AVX512_INLINE void sweep_floats(const wn_sweep *sweep, wn_swept *swept, const size_t n_windows)
{
    const wn_strip *strip = sweep->strip;
    const size_t stride = strip->n_vectors * WN_SLOTS, ahead = strip->ahead;
    const float *cell = wn_strip_vector(strip, sweep->vector).data;
    const __m512d centre[2] = {_mm512_load_pd(sweep->centre), _mm512_load_pd(sweep->centre + 8)};
    const __m512i one = _mm512_set1_epi32(1);
    sums8 sums[2] = {{_mm512_setzero_pd(), _mm512_setzero_pd()}, {_mm512_setzero_pd(), _mm512_setzero_pd()}};
    __m512 least = _mm512_set1_ps(INFINITY), most = _mm512_set1_ps(-INFINITY), low[WN_SWEEP_WINDOWS],
           high[WN_SWEEP_WINDOWS];
    __m512i count = _mm512_setzero_si512(), reached[WN_SWEEP_WINDOWS], inside[WN_SWEEP_WINDOWS];
    for (size_t k = 0; k < n_windows; k++) {
        low[k] = _mm512_load_ps(sweep->windows[k].least_inside);
        high[k] = _mm512_load_ps(sweep->windows[k].most_inside);
        reached[k] = inside[k] = _mm512_setzero_si512();
    }
    for (size_t t = 0; t < strip->n_periods; t++, cell += stride) {
        __m512 x = _mm512_loadu_ps(cell);
        __mmask16 is_there = _mm512_cmp_ps_mask(x, x, _CMP_ORD_Q);
        __builtin_prefetch(cell + ahead, 0, 2);
        count = _mm512_mask_add_epi32(count, is_there, count, one);
        sums[0] = add_cells(sums[0], _mm512_cvtps_pd(_mm256_loadu_ps(cell)), (__mmask8)is_there, centre[0]);
        sums[1] = add_cells(sums[1], _mm512_cvtps_pd(_mm256_loadu_ps(cell + 8)), (__mmask8)(is_there >> 8), centre[1]);
        least = _mm512_min_ps(x, least);
        most = _mm512_max_ps(x, most);
        for (size_t k = 0; k < n_windows; k++) {
            __mmask16 is_reached = _mm512_cmp_ps_mask(x, low[k], _CMP_GE_OQ);
            __mmask16 is_inside = _mm512_mask_cmp_ps_mask(is_reached, x, high[k], _CMP_LE_OQ);
            reached[k] = _mm512_mask_add_epi32(reached[k], is_reached, reached[k], one);
            inside[k] = _mm512_mask_add_epi32(inside[k], is_inside, inside[k], one);
            _store_mask16((__mmask16 *)&swept->windows[k].inside[t], is_inside);
        }
    }
    for (size_t k = 0; k < n_windows; k++) {
        _mm512_store_si512(swept->windows[k].n_reached, reached[k]);
        _mm512_store_si512(swept->windows[k].n_inside, inside[k]);
    }
    _mm512_store_si512(swept->count, count);
    store_sums(swept, 0, sums[0]);
    store_sums(swept, 8, sums[1]);
    _mm512_store_pd(swept->least, _mm512_cvtps_pd(_mm512_castps512_ps256(least)));
    _mm512_store_pd(swept->least + 8, _mm512_cvtps_pd(_mm512_extractf32x8_ps(least, 1)));
    _mm512_store_pd(swept->most, _mm512_cvtps_pd(_mm512_castps512_ps256(most)));
    _mm512_store_pd(swept->most + 8, _mm512_cvtps_pd(_mm512_extractf32x8_ps(most, 1)));
}

/* Counts of eight slots. */
AVX512_INLINE void store_counts(void *counts, __m512i found)
{
    _mm256_store_si256(counts, _mm512_cvtepi64_epi32(found));
}

/* The same for eight slots of doubles. */
AVX512_INLINE void sweep_doubles(const wn_sweep *sweep, wn_swept *swept, size_t slot, const size_t n_windows)
{
    const wn_strip *strip = sweep->strip;
    const size_t stride = strip->n_vectors * WN_SLOTS, ahead = strip->ahead;
    const double *cell = (const double *)wn_strip_vector(strip, sweep->vector).data + slot;
    const __m512d centre = _mm512_load_pd(sweep->centre + slot);
    const __m512i one = _mm512_set1_epi64(1);
    sums8 sums = {_mm512_setzero_pd(), _mm512_setzero_pd()};
    __m512d least = _mm512_set1_pd((double)INFINITY), most = _mm512_set1_pd(-(double)INFINITY), low[WN_SWEEP_WINDOWS],
            high[WN_SWEEP_WINDOWS];
    __m512i count = _mm512_setzero_si512(), reached[WN_SWEEP_WINDOWS], inside[WN_SWEEP_WINDOWS];
    for (size_t k = 0; k < n_windows; k++) {
        low[k] = _mm512_load_pd(sweep->windows[k].low + slot);
        high[k] = _mm512_load_pd(sweep->windows[k].high + slot);
        reached[k] = inside[k] = _mm512_setzero_si512();
    }
    for (size_t t = 0; t < strip->n_periods; t++, cell += stride) {
        __m512d x = _mm512_loadu_pd(cell);
        __mmask8 is_there = _mm512_cmp_pd_mask(x, x, _CMP_ORD_Q);
        __builtin_prefetch(cell + ahead, 0, 2);
        count = _mm512_mask_add_epi64(count, is_there, count, one);
        sums = add_cells(sums, x, is_there, centre);
        least = _mm512_min_pd(x, least);
        most = _mm512_max_pd(x, most);
        for (size_t k = 0; k < n_windows; k++) {
            __mmask8 is_reached = _mm512_cmp_pd_mask(x, low[k], _CMP_GE_OQ);
            __mmask8 is_inside = _mm512_mask_cmp_pd_mask(is_reached, x, high[k], _CMP_LE_OQ);
            reached[k] = _mm512_mask_add_epi64(reached[k], is_reached, reached[k], one);
            inside[k] = _mm512_mask_add_epi64(inside[k], is_inside, inside[k], one);
            ((unsigned char *)&swept->windows[k].inside[t])[slot / 8] = is_inside;
        }
    }
    for (size_t k = 0; k < n_windows; k++) {
        store_counts(swept->windows[k].n_reached + slot, reached[k]);
        store_counts(swept->windows[k].n_inside + slot, inside[k]);
    }
    store_counts(swept->count + slot, count);
    store_sums(swept, slot, sums);
    _mm512_store_pd(swept->least + slot, least);
    _mm512_store_pd(swept->most + slot, most);
}

AVX512_INLINE void sweep_cells(const wn_sweep *sweep, wn_swept *swept, const size_t n_windows)
{
    if (sweep->strip->cells.is_float32) {
        sweep_floats(sweep, swept, n_windows);
    } else {
        sweep_doubles(sweep, swept, 0, n_windows);
        sweep_doubles(sweep, swept, 8, n_windows);
    }
}

AVX512 void wn_sweep_run_avx512(const wn_sweep *sweep, wn_swept *swept)
{
    switch (sweep->n_windows) {
    case 0:
        sweep_cells(sweep, swept, 0);
        return;
    case 1:
        sweep_cells(sweep, swept, 1);
        return;
    case 2:
        sweep_cells(sweep, swept, 2);
        return;
    default:
        sweep_cells(sweep, swept, WN_SWEEP_WINDOWS);
    }
}

#endif
