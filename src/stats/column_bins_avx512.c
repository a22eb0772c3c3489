/* Bins by halving, as the plain kernel does it, for as many cells as a vector has: the last 32 places of a search lie
 * in registers. Where there are more, 32 places of groups come first, and then memory. */
#include "column_bins.h"

#ifdef __x86_64__

#include <immintrin.h>

/* Without optimization gathers are macros of GCC, whose masks of all ones are of another sign than it then takes. */
#pragma GCC diagnostic ignored "-Wsign-conversion"

#define AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,popcnt,bmi")))

/* Sixteen floats among groups of n_places / 32 edges: the place of the group. */
typedef struct {
    __m512 middle, low, high;
} float_groups;

AVX512 static inline float_groups groups_of_floats(const wn_bin_edges *edges)
{
    _Alignas(64) float last[WN_BIN_PLACES];
    size_t group = edges->n_places / WN_BIN_PLACES;
    for (size_t k = 0; k < WN_BIN_PLACES; k++)
        last[k] = edges->floats[(k + 1) * group - 1];
    return (float_groups){_mm512_set1_ps(last[WN_BIN_PLACES / 2 - 1]), _mm512_load_ps(last), _mm512_load_ps(last + 16)};
}

AVX512 static inline __m512i find_float_groups(const float_groups *groups, __m512 x)
{
    __m512i place = _mm512_maskz_set1_epi32(_mm512_cmp_ps_mask(groups->middle, x, _CMP_LE_OQ), WN_BIN_PLACES / 2);
    for (int half = WN_BIN_PLACES / 4; half > 0; half /= 2) {
        __m512i at = _mm512_add_epi32(place, _mm512_set1_epi32(half - 1));
        __m512 edge = _mm512_permutex2var_ps(groups->low, at, groups->high);
        place = _mm512_mask_add_epi32(place, _mm512_cmp_ps_mask(edge, x, _CMP_LE_OQ), place, _mm512_set1_epi32(half));
    }
    return place;
}

AVX512 static inline __m512i search_floats(const wn_bin_edges *edges, __m512i place, __m512 x)
{
    int group = (int)(edges->n_places / WN_BIN_PLACES);
    place = _mm512_mullo_epi32(place, _mm512_set1_epi32(group));
    for (int half = group / 2; half > 0; half /= 2) {
        __m512i at = _mm512_add_epi32(place, _mm512_set1_epi32(half - 1));
        __m512 edge = _mm512_i32gather_ps(at, edges->floats, sizeof(float));
        place = _mm512_mask_add_epi32(place, _mm512_cmp_ps_mask(edge, x, _CMP_LE_OQ), place, _mm512_set1_epi32(half));
    }
    return place;
}

AVX512 static size_t bins_of_floats(const wn_bin_edges *edges, const float *run, size_t n, uint16_t *bins)
{
    const float_groups groups = groups_of_floats(edges);
    bool has_groups = edges->n_places > WN_BIN_PLACES;
    size_t n_there = 0;
    for (size_t i = 0; i < n; i += 16) {
        __m512 x = _mm512_load_ps(run + i);
        __m512i place = find_float_groups(&groups, x);
        if (has_groups)
            place = search_floats(edges, place, x);
        _mm256_storeu_si256((__m256i *)(void *)(bins + i), _mm512_cvtepi32_epi16(place));
        n_there += (size_t)__builtin_popcount(_mm512_cmp_ps_mask(x, x, _CMP_ORD_Q));
    }
    return n_there;
}

/* The same for eight doubles. */
typedef struct {
    __m512d middle, part[4];
} double_groups;

AVX512 static inline double_groups groups_of_doubles(const wn_bin_edges *edges)
{
    _Alignas(64) double last[WN_BIN_PLACES];
    double_groups groups;
    size_t group = edges->n_places / WN_BIN_PLACES;
    for (size_t k = 0; k < WN_BIN_PLACES; k++)
        last[k] = edges->edges[(k + 1) * group - 1];
    groups.middle = _mm512_set1_pd(last[WN_BIN_PLACES / 2 - 1]);
    for (size_t k = 0; k < 4; k++)
        groups.part[k] = _mm512_load_pd(last + 8 * k);
    return groups;
}

/* Of the lower and the upper sixteen places those that a cell is among are known from the first step on. */
AVX512 static inline __m512i find_double_groups(const double_groups *groups, __m512d x)
{
    __mmask8 is_upper = _mm512_cmp_pd_mask(groups->middle, x, _CMP_LE_OQ);
    __m512i place = _mm512_maskz_set1_epi64(is_upper, WN_BIN_PLACES / 2);
    for (int half = WN_BIN_PLACES / 4; half > 0; half /= 2) {
        __m512i at = _mm512_add_epi64(place, _mm512_set1_epi64(half - 1));
        __m512d lower = _mm512_permutex2var_pd(groups->part[0], at, groups->part[1]);
        __m512d upper = _mm512_permutex2var_pd(groups->part[2], at, groups->part[3]);
        __mmask8 is_beyond = _mm512_cmp_pd_mask(_mm512_mask_blend_pd(is_upper, lower, upper), x, _CMP_LE_OQ);
        place = _mm512_mask_add_epi64(place, is_beyond, place, _mm512_set1_epi64(half));
    }
    return place;
}

AVX512 static inline __m512i search_doubles(const wn_bin_edges *edges, __m512i place, __m512d x)
{
    int group = (int)(edges->n_places / WN_BIN_PLACES);
    place = _mm512_mullo_epi64(place, _mm512_set1_epi64(group));
    for (int half = group / 2; half > 0; half /= 2) {
        __m512i at = _mm512_add_epi64(place, _mm512_set1_epi64(half - 1));
        __m512d edge = _mm512_i64gather_pd(at, edges->edges, sizeof(double));
        place = _mm512_mask_add_epi64(place, _mm512_cmp_pd_mask(edge, x, _CMP_LE_OQ), place, _mm512_set1_epi64(half));
    }
    return place;
}

AVX512 static size_t bins_of_doubles(const wn_bin_edges *edges, const double *run, size_t n, uint16_t *bins)
{
    const double_groups groups = groups_of_doubles(edges);
    bool has_groups = edges->n_places > WN_BIN_PLACES;
    size_t n_there = 0;
    for (size_t i = 0; i < n; i += 8) {
        __m512d x = _mm512_load_pd(run + i);
        __m512i place = find_double_groups(&groups, x);
        if (has_groups)
            place = search_doubles(edges, place, x);
        _mm_storeu_si128((__m128i *)(void *)(bins + i), _mm512_cvtepi64_epi16(place));
        n_there += (size_t)__builtin_popcount(_mm512_cmp_pd_mask(x, x, _CMP_ORD_Q));
    }
    return n_there;
}

size_t wn_column_bins_avx512(const wn_bin_edges *edges, wn_cells run, size_t n, uint16_t *bins)
{
    return run.is_float32 ? bins_of_floats(edges, run.data, n, bins) : bins_of_doubles(edges, run.data, n, bins);
}

#endif
