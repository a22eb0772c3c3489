#include "cell_kernels.h"

#ifdef __x86_64__

#include <immintrin.h>
#include <math.h>

#define AVX512 __attribute__((target("avx512f,avx512vl")))

enum { LANES = 8, MOST_PERIOD = 512 };

/* Rows one after the other as one run of cells: after `n` cells, a few rows, they lie in vectors as they did at the
 * beginning. */
typedef struct {
    size_t n;
    bool has_bounds;
    double lower[MOST_PERIOD], upper[MOST_PERIOD], below[MOST_PERIOD], above[MOST_PERIOD];
    double fill[MOST_PERIOD], center[MOST_PERIOD], scale[MOST_PERIOD];
} period_rules;

static size_t rows_of_period(size_t n_cols)
{
    size_t n_rows = 1;
    while (n_rows * n_cols % LANES != 0)
        n_rows++;
    return n_rows;
}

static void repeat_rules(const wn_cell_rules *rules, size_t n_rows, period_rules *r)
{
    r->n = n_rows * rules->n;
    r->has_bounds = false;
    for (size_t k = 0; k < r->n; k++) {
        size_t i = k % rules->n;
        r->lower[k] = rules->lower[i];
        r->upper[k] = rules->upper[i];
        r->below[k] = rules->below[i];
        r->above[k] = rules->above[i];
        r->fill[k] = rules->fill[i];
        r->center[k] = rules->center[i];
        r->scale[k] = rules->scale[i];
        r->has_bounds |= r->lower[k] > -(double)INFINITY || r->upper[k] < (double)INFINITY;
    }
}

AVX512 static inline __m512d bound(const period_rules *r, size_t k, __m512d cell)
{
    __mmask8 is_below = _mm512_cmp_pd_mask(cell, _mm512_loadu_pd(r->lower + k), _CMP_LT_OQ);
    __mmask8 is_above = _mm512_cmp_pd_mask(cell, _mm512_loadu_pd(r->upper + k), _CMP_GT_OQ);
    cell = _mm512_mask_loadu_pd(cell, is_above, r->above + k);
    return _mm512_mask_loadu_pd(cell, is_below, r->below + k);
}

AVX512 static inline __m256 feature(const period_rules *r, size_t k, __m512d cell)
{
    cell = _mm512_mask_loadu_pd(cell, _mm512_cmp_pd_mask(cell, cell, _CMP_UNORD_Q), r->fill + k);
    cell = _mm512_sub_pd(cell, _mm512_loadu_pd(r->center + k));
    return _mm512_cvtpd_ps(_mm512_div_pd(cell, _mm512_loadu_pd(r->scale + k)));
}

AVX512 static void run_bounded(const period_rules *r, const float *cells, size_t n, float *to)
{
    for (size_t i = 0; i < n; i += r->n)
        for (size_t k = 0; k < r->n; k += LANES)
            _mm256_storeu_ps(to + i + k, feature(r, k, bound(r, k, _mm512_cvtps_pd(_mm256_loadu_ps(cells + i + k)))));
}

AVX512 static void run_unbounded(const period_rules *r, const float *cells, size_t n, float *to)
{
    for (size_t i = 0; i < n; i += r->n)
        for (size_t k = 0; k < r->n; k += LANES)
            _mm256_storeu_ps(to + i + k, feature(r, k, _mm512_cvtps_pd(_mm256_loadu_ps(cells + i + k))));
}

size_t wn_cell_rows_avx512(const wn_cell_rules *rules, const float *cells, size_t n_rows, float *to)
{
    period_rules r;
    if (rules->n == 0 || rules->n > MOST_PERIOD)
        return 0;
    size_t rows = rows_of_period(rules->n), n_done = n_rows / rows * rows;
    if (rows * rules->n > MOST_PERIOD || n_done <= rows) /* repeating them would take longer */
        return 0;
    repeat_rules(rules, rows, &r);
    if (r.has_bounds)
        run_bounded(&r, cells, n_done * rules->n, to);
    else
        run_unbounded(&r, cells, n_done * rules->n, to);
    return n_done;
}

#endif
