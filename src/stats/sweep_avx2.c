/* The kernels of sweep.h for processors with AVX2: eight slots of floats at once, four of doubles. */
#include "sweep.h"

#ifdef __x86_64__

#include "sweep_list.h"

#include <immintrin.h>
#include <math.h>

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))
#define AVX2_INLINE AVX2 __attribute__((always_inline)) static inline

/* Four slots' sums. */
typedef struct {
    __m256d rest, squares;
} sums4;

/* Cells that are missing add zeros. */
AVX2_INLINE sums4 add_cells(sums4 sums, __m256d x, __m256d centre)
{
    __m256d gap = _mm256_and_pd(_mm256_sub_pd(x, centre), _mm256_cmp_pd(x, x, _CMP_ORD_Q));
    sums.rest = _mm256_add_pd(sums.rest, gap);
    sums.squares = _mm256_add_pd(sums.squares, _mm256_mul_pd(gap, gap));
    return sums;
}

AVX2_INLINE void store_sums(wn_swept *swept, size_t slot, sums4 sums)
{
    _mm256_store_pd(swept->rest + slot, sums.rest);
    _mm256_store_pd(swept->squares + slot, sums.squares);
}

AVX2_INLINE void store_words(void *words, __m256i found)
{
    _mm256_store_si256(words, found);
}

AVX2_INLINE void store_widened(double *to, __m256 found)
{
    _mm256_store_pd(to, _mm256_cvtps_pd(_mm256_castps256_ps128(found)));
    _mm256_store_pd(to + 4, _mm256_cvtps_pd(_mm256_extractf128_ps(found, 1)));
}

/* Eight slots of floats. min and max give their second operand where the first is NaN; of floats they are those of
 * their doubles. */
AVX2_INLINE void sweep_floats(const wn_sweep *sweep, wn_swept *swept, size_t slot, const size_t n_windows)
{
    const wn_strip *strip = sweep->strip;
    const size_t stride = strip->n_vectors * WN_SLOTS, ahead = strip->ahead;
    const float *cell = (const float *)wn_strip_vector(strip, sweep->vector).data + slot;
    const __m256d centre[2] = {_mm256_load_pd(sweep->centre + slot), _mm256_load_pd(sweep->centre + slot + 4)};
    sums4 sums[2] = {{_mm256_setzero_pd(), _mm256_setzero_pd()}, {_mm256_setzero_pd(), _mm256_setzero_pd()}};
    __m256 least = _mm256_set1_ps(INFINITY), most = _mm256_set1_ps(-INFINITY);
    __m256i count = _mm256_setzero_si256(), reached[WN_SWEEP_WINDOWS], inside[WN_SWEEP_WINDOWS];
    for (size_t k = 0; k < n_windows; k++)
        reached[k] = inside[k] = _mm256_setzero_si256();
    for (size_t t = 0; t < strip->n_periods; t++, cell += stride) {
        __m256 x = _mm256_loadu_ps(cell);
        __builtin_prefetch(cell + ahead, 0, 2);
        count = _mm256_sub_epi32(count, _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_ORD_Q)));
        sums[0] = add_cells(sums[0], _mm256_cvtps_pd(_mm256_castps256_ps128(x)), centre[0]);
        sums[1] = add_cells(sums[1], _mm256_cvtps_pd(_mm256_extractf128_ps(x, 1)), centre[1]);
        least = _mm256_min_ps(x, least);
        most = _mm256_max_ps(x, most);
        for (size_t k = 0; k < n_windows; k++) {
            const wn_slot_windows *w = &sweep->windows[k];
            __m256 is_reached = _mm256_cmp_ps(x, _mm256_load_ps(w->least_inside + slot), _CMP_GE_OQ);
            __m256 is_inside = _mm256_cmp_ps(x, _mm256_load_ps(w->most_inside + slot), _CMP_LE_OQ);
            is_inside = _mm256_and_ps(is_reached, is_inside);
            reached[k] = _mm256_sub_epi32(reached[k], _mm256_castps_si256(is_reached));
            inside[k] = _mm256_sub_epi32(inside[k], _mm256_castps_si256(is_inside));
            ((unsigned char *)&swept->windows[k].inside[t])[slot / 8] = (unsigned char)_mm256_movemask_ps(is_inside);
        }
    }
    for (size_t k = 0; k < n_windows; k++) {
        store_words(swept->windows[k].n_reached + slot, reached[k]);
        store_words(swept->windows[k].n_inside + slot, inside[k]);
    }
    store_words(swept->count + slot, count);
    store_sums(swept, slot, sums[0]);
    store_sums(swept, slot + 4, sums[1]);
    store_widened(swept->least + slot, least);
    store_widened(swept->most + slot, most);
}

/* The low halves of four words. */
AVX2_INLINE void store_low(void *to, __m256i found)
{
    __m256i packed = _mm256_permutevar8x32_epi32(found, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6));
    _mm_store_si128(to, _mm256_castsi256_si128(packed));
}

/* Four slots' bits, beside those of the slots before them. */
AVX2_INLINE void put_bits(uint16_t *inside, size_t slot, int bits)
{
    unsigned char *byte = (unsigned char *)inside + slot / 8;
    *byte = (unsigned char)(slot % 8 == 0 ? bits : *byte | bits << 4);
}

/* The same for four slots of doubles. */
AVX2_INLINE void sweep_doubles(const wn_sweep *sweep, wn_swept *swept, size_t slot, const size_t n_windows)
{
    const wn_strip *strip = sweep->strip;
    const size_t stride = strip->n_vectors * WN_SLOTS, ahead = strip->ahead;
    const double *cell = (const double *)wn_strip_vector(strip, sweep->vector).data + slot;
    const __m256d centre = _mm256_load_pd(sweep->centre + slot);
    sums4 sums = {_mm256_setzero_pd(), _mm256_setzero_pd()};
    __m256d least = _mm256_set1_pd((double)INFINITY), most = _mm256_set1_pd(-(double)INFINITY);
    __m256i count = _mm256_setzero_si256(), reached[WN_SWEEP_WINDOWS], inside[WN_SWEEP_WINDOWS];
    for (size_t k = 0; k < n_windows; k++)
        reached[k] = inside[k] = _mm256_setzero_si256();
    for (size_t t = 0; t < strip->n_periods; t++, cell += stride) {
        __m256d x = _mm256_loadu_pd(cell);
        __builtin_prefetch(cell + ahead, 0, 2);
        count = _mm256_sub_epi64(count, _mm256_castpd_si256(_mm256_cmp_pd(x, x, _CMP_ORD_Q)));
        sums = add_cells(sums, x, centre);
        least = _mm256_min_pd(x, least);
        most = _mm256_max_pd(x, most);
        for (size_t k = 0; k < n_windows; k++) {
            const wn_slot_windows *w = &sweep->windows[k];
            __m256d is_reached = _mm256_cmp_pd(x, _mm256_load_pd(w->low + slot), _CMP_GE_OQ);
            __m256d is_inside = _mm256_cmp_pd(x, _mm256_load_pd(w->high + slot), _CMP_LE_OQ);
            is_inside = _mm256_and_pd(is_reached, is_inside);
            reached[k] = _mm256_sub_epi64(reached[k], _mm256_castpd_si256(is_reached));
            inside[k] = _mm256_sub_epi64(inside[k], _mm256_castpd_si256(is_inside));
            put_bits(&swept->windows[k].inside[t], slot, _mm256_movemask_pd(is_inside));
        }
    }
    for (size_t k = 0; k < n_windows; k++) {
        store_low(swept->windows[k].n_reached + slot, reached[k]);
        store_low(swept->windows[k].n_inside + slot, inside[k]);
    }
    store_low(swept->count + slot, count);
    store_sums(swept, slot, sums);
    _mm256_store_pd(swept->least + slot, least);
    _mm256_store_pd(swept->most + slot, most);
}

/* Inlined for every number of windows, whose counts and bits then stay in registers. */
AVX2_INLINE void sweep_cells(const wn_sweep *sweep, wn_swept *swept, const size_t n_windows)
{
    for (size_t slot = 0; slot < WN_SLOTS; slot += 8)
        if (sweep->strip->cells.is_float32) {
            sweep_floats(sweep, swept, slot, n_windows);
        } else {
            sweep_doubles(sweep, swept, slot, n_windows);
            sweep_doubles(sweep, swept, slot + 4, n_windows);
        }
}

AVX2 void wn_sweep_run_avx2(const wn_sweep *sweep, wn_swept *swept)
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

AVX2 size_t wn_sweep_list_avx2(const uint16_t inside[WN_STRIP_PERIODS], size_t n_periods, uint16_t wanted,
                               uint16_t *list)
{
    return wn_list_bits(inside, n_periods, wanted, list);
}

#endif
