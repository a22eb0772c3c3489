/* The kernels of column_run.h for processors with AVX2: the same operations on the same lanes as the plain ones. */
#include "column_run.h"

#ifdef __x86_64__

#include <immintrin.h>
#include <math.h>

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

/* Four of a run's lanes. */
typedef struct {
    __m256d sum, squares, least, most;
    __m256i count;
} lanes4;

AVX2 static inline lanes4 no_lanes(void)
{
    return (lanes4){_mm256_setzero_pd(), _mm256_setzero_pd(), _mm256_set1_pd((double)INFINITY),
                    _mm256_set1_pd(-(double)INFINITY), _mm256_setzero_si256()};
}

/* min and max give their second operand where the first is NaN. */
AVX2 static inline lanes4 add_cells(lanes4 l, __m256d x, __m256d centre)
{
    __m256d is_there = _mm256_cmp_pd(x, x, _CMP_ORD_Q);
    __m256d gap = _mm256_and_pd(_mm256_sub_pd(x, centre), is_there);
    l.sum = _mm256_add_pd(l.sum, gap);
    l.squares = _mm256_add_pd(l.squares, _mm256_mul_pd(gap, gap));
    l.least = _mm256_min_pd(x, l.least);
    l.most = _mm256_max_pd(x, l.most);
    l.count = _mm256_sub_epi64(l.count, _mm256_castpd_si256(is_there));
    return l;
}

AVX2 static wn_run_moments moments_of_lanes(const lanes4 l[2])
{
    _Alignas(32) double sum[8], squares[8], least[8], most[8];
    _Alignas(32) int64_t count[8];
    wn_run_moments m = {.least = (double)INFINITY, .most = -(double)INFINITY};
    for (size_t h = 0; h < 2; h++) {
        _mm256_store_pd(sum + 4 * h, l[h].sum);
        _mm256_store_pd(squares + 4 * h, l[h].squares);
        _mm256_store_pd(least + 4 * h, l[h].least);
        _mm256_store_pd(most + 4 * h, l[h].most);
        _mm256_store_si256((__m256i *)(void *)(count + 4 * h), l[h].count);
    }
    for (size_t k = 0; k < 8; k++) {
        m.count += count[k];
        m.least = least[k] < m.least ? least[k] : m.least;
        m.most = most[k] > m.most ? most[k] : m.most;
    }
    m.rest = wn_lanes_sum(sum);
    m.squares = wn_lanes_sum(squares);
    return m;
}

AVX2 static wn_run_moments moments_of_floats(const float *run, size_t n, double centre)
{
    lanes4 l[2] = {no_lanes(), no_lanes()};
    __m256d c = _mm256_set1_pd(centre);
    for (size_t i = 0; i < n; i += 8) {
        l[0] = add_cells(l[0], _mm256_cvtps_pd(_mm_load_ps(run + i)), c);
        l[1] = add_cells(l[1], _mm256_cvtps_pd(_mm_load_ps(run + i + 4)), c);
    }
    return moments_of_lanes(l);
}

AVX2 static wn_run_moments moments_of_doubles(const double *run, size_t n, double centre)
{
    lanes4 l[2] = {no_lanes(), no_lanes()};
    __m256d c = _mm256_set1_pd(centre);
    for (size_t i = 0; i < n; i += 8) {
        l[0] = add_cells(l[0], _mm256_load_pd(run + i), c);
        l[1] = add_cells(l[1], _mm256_load_pd(run + i + 4), c);
    }
    return moments_of_lanes(l);
}

/* Which 32-bit words to take so that those whose bit is set come first: for eight words a byte's bits; for four doubles
 * each of four bits stands for two words. */
static int32_t words_of_byte[256][8], words_of_nibble[16][8];

__attribute__((constructor)) static void fill_words(void)
{
    for (int32_t bits = 0; bits < 256; bits++)
        for (int32_t k = 0, n = 0; k < 8; k++)
            if (bits >> k & 1)
                words_of_byte[bits][n++] = k;
    for (int32_t bits = 0; bits < 16; bits++)
        for (int32_t k = 0, n = 0; k < 4; k++)
            if (bits >> k & 1) {
                words_of_nibble[bits][n++] = 2 * k;
                words_of_nibble[bits][n++] = 2 * k + 1;
            }
}

AVX2 static inline __m256i words(const int32_t of[8])
{
    return _mm256_loadu_si256((const __m256i *)(const void *)of);
}

AVX2 static void window_of_floats(const float *run, size_t n, wn_run_window *w)
{
    const __m256 least = _mm256_set1_ps(w->least_inside), most = _mm256_set1_ps(w->most_inside);
    float *kept = w->kept;
    for (size_t i = 0; i < n; i += 8) {
        __m256 x = _mm256_load_ps(run + i);
        unsigned below = (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(x, least, _CMP_LT_OQ));
        unsigned inside = (unsigned)_mm256_movemask_ps(
            _mm256_and_ps(_mm256_cmp_ps(x, least, _CMP_GE_OQ), _mm256_cmp_ps(x, most, _CMP_LE_OQ)));
        if (kept != NULL)
            _mm256_storeu_ps(kept + w->inside, _mm256_permutevar8x32_ps(x, words(words_of_byte[inside])));
        w->below += (size_t)__builtin_popcount(below);
        w->inside += (size_t)__builtin_popcount(inside);
    }
}

AVX2 static void window_of_doubles(const double *run, size_t n, wn_run_window *w)
{
    const __m256d least = _mm256_set1_pd(w->low), most = _mm256_set1_pd(w->high);
    double *kept = w->kept;
    for (size_t i = 0; i < n; i += 4) {
        __m256d x = _mm256_load_pd(run + i);
        unsigned below = (unsigned)_mm256_movemask_pd(_mm256_cmp_pd(x, least, _CMP_LT_OQ));
        unsigned inside = (unsigned)_mm256_movemask_pd(
            _mm256_and_pd(_mm256_cmp_pd(x, least, _CMP_GE_OQ), _mm256_cmp_pd(x, most, _CMP_LE_OQ)));
        if (kept != NULL)
            _mm256_storeu_ps((float *)(void *)(kept + w->inside),
                             _mm256_permutevar8x32_ps(_mm256_castpd_ps(x), words(words_of_nibble[inside])));
        w->below += (size_t)__builtin_popcount(below);
        w->inside += (size_t)__builtin_popcount(inside);
    }
}

wn_run_moments wn_run_sweep_avx2(wn_cells run, size_t n, double centre, wn_run_window *windows, size_t n_windows)
{
    for (size_t k = 0; k < n_windows; k++) {
        windows[k].below = windows[k].inside = 0;
        if (run.is_float32)
            window_of_floats(run.data, n, &windows[k]);
        else
            window_of_doubles(run.data, n, &windows[k]);
    }
    return run.is_float32 ? moments_of_floats(run.data, n, centre) : moments_of_doubles(run.data, n, centre);
}

#endif
