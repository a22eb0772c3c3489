/* The kernels of column_run.h for processors with AVX-512: the same operations on the same lanes as the plain ones, all
 * eight of a run in one vector. */
#include "column_run.h"

#ifdef __x86_64__

#include <immintrin.h>
#include <math.h>

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

AVX512 static wn_run_moments moments_of_lanes(lanes8 l, int64_t count, double least, double most)
{
    _Alignas(64) double sum[WN_RUN_LANES], squares[WN_RUN_LANES];
    _mm512_store_pd(sum, l.sum);
    _mm512_store_pd(squares, l.squares);
    return (wn_run_moments){count, wn_lanes_sum(sum), wn_lanes_sum(squares), least, most};
}

/* A step of floats. */
typedef struct {
    __m512 part[4];
} step64;

typedef struct {
    __m512 least, most;
    int64_t count;
    lanes8 lanes;
} float_moments;

AVX512 static inline uint64_t join(__mmask16 a, __mmask16 b, __mmask16 c, __mmask16 d)
{
    return (uint64_t)a | (uint64_t)b << 16 | (uint64_t)c << 32 | (uint64_t)d << 48;
}

/* min and max give their second operand where the first is NaN; of floats they are those of their doubles. */
AVX512 static inline void add_step(float_moments *m, const step64 *x, __m512d centre)
{
    __mmask16 is_there[4];
    for (size_t k = 0; k < 4; k++)
        is_there[k] = _mm512_cmp_ps_mask(x->part[k], x->part[k], _CMP_ORD_Q);
    m->count += __builtin_popcountll(join(is_there[0], is_there[1], is_there[2], is_there[3]));
    for (size_t k = 0; k < 4; k++) {
        __m512d low = _mm512_cvtps_pd(_mm512_castps512_ps256(x->part[k])),
                high = _mm512_cvtps_pd(_mm512_extractf32x8_ps(x->part[k], 1));
        m->lanes = add_cells(m->lanes, low, (__mmask8)is_there[k], centre);
        m->lanes = add_cells(m->lanes, high, (__mmask8)(is_there[k] >> 8), centre);
        m->least = _mm512_min_ps(x->part[k], m->least);
        m->most = _mm512_max_ps(x->part[k], m->most);
    }
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

/* The same step, which lies at `run`, into a window. */
AVX512 static inline void add_window(wn_run_window *w, const step64 *x, const float *run)
{
    const __m512 least = _mm512_set1_ps(w->least_inside), most = _mm512_set1_ps(w->most_inside);
    uint64_t below =
        join(_mm512_cmp_ps_mask(x->part[0], least, _CMP_LT_OQ), /* unordered: neither below nor inside */
             _mm512_cmp_ps_mask(x->part[1], least, _CMP_LT_OQ), _mm512_cmp_ps_mask(x->part[2], least, _CMP_LT_OQ),
             _mm512_cmp_ps_mask(x->part[3], least, _CMP_LT_OQ));
    uint64_t inside =
        ~below &
        join(_mm512_cmp_ps_mask(x->part[0], most, _CMP_LE_OQ), _mm512_cmp_ps_mask(x->part[1], most, _CMP_LE_OQ),
             _mm512_cmp_ps_mask(x->part[2], most, _CMP_LE_OQ), _mm512_cmp_ps_mask(x->part[3], most, _CMP_LE_OQ));
    if (w->kept != NULL)
        KEEP(run, inside, (float *)w->kept, w->inside);
    w->below += (size_t)__builtin_popcountll(below);
    w->inside += (size_t)__builtin_popcountll(inside);
}

/* Inlined for every usual number of windows, whose counts then stay in registers. */
AVX512 __attribute__((always_inline)) static inline wn_run_moments sweep_floats(const float *run, size_t n,
                                                                                double centre, wn_run_window *windows,
                                                                                size_t n_windows)
{
    float_moments m = {
        _mm512_set1_ps(INFINITY), _mm512_set1_ps(-INFINITY), 0, {_mm512_setzero_pd(), _mm512_setzero_pd()}};
    const __m512d c = _mm512_set1_pd(centre);
    for (size_t i = 0; i < n; i += WN_RUN_STEP) {
        step64 x;
        for (size_t k = 0; k < 4; k++)
            x.part[k] = _mm512_load_ps(run + i + 16 * k);
        add_step(&m, &x, c);
        for (size_t k = 0; k < n_windows; k++)
            add_window(&windows[k], &x, run + i);
    }
    return moments_of_lanes(m.lanes, m.count, (double)_mm512_reduce_min_ps(m.least),
                            (double)_mm512_reduce_max_ps(m.most));
}

AVX512 static wn_run_moments sweep_one(const float *run, size_t n, double centre, wn_run_window *window)
{
    wn_run_window w = *window;
    wn_run_moments m = sweep_floats(run, n, centre, &w, 1);
    *window = w;
    return m;
}

AVX512 static wn_run_moments sweep_three(const float *run, size_t n, double centre, wn_run_window windows[3])
{
    wn_run_window w[3] = {windows[0], windows[1], windows[2]};
    wn_run_moments m = sweep_floats(run, n, centre, w, 3);
    for (size_t k = 0; k < 3; k++)
        windows[k] = w[k];
    return m;
}

AVX512 static wn_run_moments moments_of_doubles(const double *run, size_t n, double centre)
{
    lanes8 l = {_mm512_setzero_pd(), _mm512_setzero_pd()};
    const __m512d c = _mm512_set1_pd(centre);
    __m512d least = _mm512_set1_pd((double)INFINITY), most = _mm512_set1_pd(-(double)INFINITY);
    int64_t count = 0;
    for (size_t i = 0; i < n; i += WN_RUN_LANES) {
        __m512d x = _mm512_load_pd(run + i);
        __mmask8 is_there = _mm512_cmp_pd_mask(x, x, _CMP_ORD_Q);
        l = add_cells(l, x, is_there, c);
        least = _mm512_min_pd(x, least);
        most = _mm512_max_pd(x, most);
        count += __builtin_popcount(is_there);
    }
    return moments_of_lanes(l, count, _mm512_reduce_min_pd(least), _mm512_reduce_max_pd(most));
}

AVX512 static void window_of_doubles(const double *run, size_t n, wn_run_window *w)
{
    const __m512d least = _mm512_set1_pd(w->low), most = _mm512_set1_pd(w->high);
    for (size_t i = 0; i < n; i += WN_RUN_STEP) {
        uint64_t below = 0, inside = 0;
        for (size_t k = 0; k < WN_RUN_STEP; k += WN_RUN_LANES) {
            __m512d x = _mm512_load_pd(run + i + k);
            below |= (uint64_t)_mm512_cmp_pd_mask(x, least, _CMP_LT_OQ) << k;
            inside |= (uint64_t)_mm512_cmp_pd_mask(x, most, _CMP_LE_OQ) << k;
        }
        inside &= ~below;
        if (w->kept != NULL)
            KEEP(run + i, inside, (double *)w->kept, w->inside);
        w->below += (size_t)__builtin_popcountll(below);
        w->inside += (size_t)__builtin_popcountll(inside);
    }
}

AVX512 wn_run_moments wn_run_sweep_avx512(wn_cells run, size_t n, double centre, wn_run_window *windows,
                                          size_t n_windows)
{
    for (size_t k = 0; k < n_windows; k++)
        windows[k].below = windows[k].inside = 0;
    if (run.is_float32 && n_windows == 3)
        return sweep_three(run.data, n, centre, windows);
    if (run.is_float32 && n_windows == 1)
        return sweep_one(run.data, n, centre, windows);
    if (run.is_float32)
        return sweep_floats(run.data, n, centre, windows, n_windows);
    for (size_t k = 0; k < n_windows; k++)
        window_of_doubles(run.data, n, &windows[k]);
    return moments_of_doubles(run.data, n, centre);
}

#endif
