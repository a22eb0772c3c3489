/* The kernels of column_run.h for processors with AVX-512: the same operations on the same lanes as the plain ones, all
 * eight of a run in one vector. */
#include "column_run.h"

#ifdef __x86_64__

#include <immintrin.h>
#include <math.h>

#define AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,popcnt,bmi")))

/* A run's lanes. */
typedef struct {
    __m512d sum, squares;
} lanes8;

/* Cells that are missing add zeros, as they do in the other kernels. */
AVX512 static inline lanes8 add_cells(lanes8 l, __m512d x, __mmask8 is_there, __m512d centre)
{
    __m512d gap = _mm512_maskz_sub_pd(is_there, x, centre);
    l.sum = _mm512_add_pd(l.sum, gap);
    l.squares = _mm512_add_pd(l.squares, _mm512_mul_pd(gap, gap));
    return l;
}

AVX512 static wn_run_moments moments_of(lanes8 l, int64_t count, double least, double most)
{
    _Alignas(64) double sum[WN_RUN_LANES], squares[WN_RUN_LANES];
    _mm512_store_pd(sum, l.sum);
    _mm512_store_pd(squares, l.squares);
    return (wn_run_moments){count, wn_lanes_sum(sum), wn_lanes_sum(squares), least, most};
}

/* min and max give their second operand where the first is NaN; of floats they are those of their doubles. */
AVX512 wn_run_moments wn_run_moments_float_avx512(const float *run, size_t n, double centre)
{
    lanes8 l = {_mm512_setzero_pd(), _mm512_setzero_pd()};
    const __m512d c = _mm512_set1_pd(centre);
    const __m512 nothing = _mm512_set1_ps(NAN);
    __m512 least = _mm512_set1_ps(INFINITY), most = _mm512_set1_ps(-INFINITY);
    int64_t count = 0;
    for (size_t i = 0; i < n; i += 16) {
        bool is_half = n - i < 16;
        __m512 x = is_half ? _mm512_mask_loadu_ps(nothing, 0xff, run + i) : _mm512_load_ps(run + i);
        unsigned is_there = _mm512_cmp_ps_mask(x, x, _CMP_ORD_Q);
        l = add_cells(l, _mm512_cvtps_pd(_mm512_castps512_ps256(x)), (__mmask8)is_there, c);
        if (!is_half)
            l = add_cells(l, _mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1)), (__mmask8)(is_there >> 8), c);
        least = _mm512_min_ps(x, least);
        most = _mm512_max_ps(x, most);
        count += __builtin_popcount(is_there);
    }
    return moments_of(l, count, (double)_mm512_reduce_min_ps(least), (double)_mm512_reduce_max_ps(most));
}

AVX512 wn_run_moments wn_run_moments_double_avx512(const double *run, size_t n, double centre)
{
    lanes8 l = {_mm512_setzero_pd(), _mm512_setzero_pd()};
    const __m512d c = _mm512_set1_pd(centre);
    __m512d least = _mm512_set1_pd((double)INFINITY), most = _mm512_set1_pd(-(double)INFINITY);
    int64_t count = 0;
    for (size_t i = 0; i < n; i += 8) {
        __m512d x = _mm512_load_pd(run + i);
        __mmask8 is_there = _mm512_cmp_pd_mask(x, x, _CMP_ORD_Q);
        l = add_cells(l, x, is_there, c);
        least = _mm512_min_pd(x, least);
        most = _mm512_max_pd(x, most);
        count += __builtin_popcount(is_there);
    }
    return moments_of(l, count, _mm512_reduce_min_pd(least), _mm512_reduce_max_pd(most));
}

/* Where a window's cells go: to one place, four at a time whether there are as many or not; those behind the last are
 * written over. So few cells lie inside that the fifth is rare, and no branch depends on a single one. */
#define KEEP(run, bits, kept, n_kept)                                                                                  \
    do {                                                                                                               \
        uint64_t left = (bits);                                                                                        \
        size_t end = (n_kept);                                                                                         \
        do                                                                                                             \
            for (int k = 0; k < 4; k++, left &= left - 1)                                                              \
                (kept)[end++] = (run)[_tzcnt_u64(left) % 64];                                                          \
        while (left != 0);                                                                                             \
    } while (0)

enum { AT_ONCE = 64 }; /* cells whose places fit into a word of bits */

/* Sixteen cells: `below` counts in its lanes, and the bits of those inside are given. */
AVX512 static inline uint64_t sixteen(__m512 x, __m512 least, __m512 most, __m512i *below)
{
    __mmask16 is_below = _mm512_cmp_ps_mask(x, least, _CMP_LT_OQ);
    *below = _mm512_mask_sub_epi32(*below, is_below, *below, _mm512_set1_epi32(-1));
    return _mm512_mask_cmp_ps_mask(_mm512_knot(is_below), x, most, _CMP_LE_OQ);
}

AVX512 wn_run_counts wn_run_window_float_avx512(const float *run, size_t n, float low, float high, float *kept)
{
    const __m512 least = _mm512_set1_ps(low), most = _mm512_set1_ps(high), nothing = _mm512_set1_ps(NAN);
    __m512i below = _mm512_setzero_si512();
    wn_run_counts counts = {0};
    for (size_t i = 0; i < n; i += AT_ONCE) {
        uint64_t inside = 0;
        if (n - i >= AT_ONCE)
            inside = sixteen(_mm512_load_ps(run + i), least, most, &below) |
                     sixteen(_mm512_load_ps(run + i + 16), least, most, &below) << 16 |
                     sixteen(_mm512_load_ps(run + i + 32), least, most, &below) << 32 |
                     sixteen(_mm512_load_ps(run + i + 48), least, most, &below) << 48;
        else
            for (size_t k = 0; k < n - i; k += WN_RUN_LANES)
                inside |= sixteen(_mm512_mask_loadu_ps(nothing, 0xff, run + i + k), least, most, &below) << k;
        if (kept != NULL)
            KEEP(run + i, inside, kept, counts.inside);
        counts.inside += (size_t)__builtin_popcountll(inside);
    }
    counts.below = (size_t)_mm512_reduce_add_epi32(below);
    return counts;
}

AVX512 static inline uint64_t eight(__m512d x, __m512d least, __m512d most, __m512i *below)
{
    __mmask8 is_below = _mm512_cmp_pd_mask(x, least, _CMP_LT_OQ);
    *below = _mm512_mask_sub_epi64(*below, is_below, *below, _mm512_set1_epi64(-1));
    return _mm512_mask_cmp_pd_mask(_knot_mask8(is_below), x, most, _CMP_LE_OQ);
}

AVX512 wn_run_counts wn_run_window_double_avx512(const double *run, size_t n, double low, double high, double *kept)
{
    const __m512d least = _mm512_set1_pd(low), most = _mm512_set1_pd(high);
    __m512i below = _mm512_setzero_si512();
    wn_run_counts counts = {0};
    for (size_t i = 0; i < n; i += AT_ONCE) {
        uint64_t inside = 0;
        for (size_t k = 0; k < AT_ONCE && k < n - i; k += WN_RUN_LANES)
            inside |= eight(_mm512_load_pd(run + i + k), least, most, &below) << k;
        if (kept != NULL)
            KEEP(run + i, inside, kept, counts.inside);
        counts.inside += (size_t)__builtin_popcountll(inside);
    }
    counts.below = (size_t)_mm512_reduce_add_epi64(below);
    return counts;
}

#endif
