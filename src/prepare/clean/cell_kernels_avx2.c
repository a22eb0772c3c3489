#include "cell_kernels.h"

#ifdef __x86_64__

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

enum { LANES = 4 };

/* The rules of four columns. */
typedef struct {
    __m256d lower, upper, below, above, fill, center, scale;
} four_rules;

AVX2 static inline four_rules load_rules(const wn_cell_rules *rules, size_t first)
{
    return (four_rules){.lower = _mm256_loadu_pd(rules->lower + first),
                        .upper = _mm256_loadu_pd(rules->upper + first),
                        .below = _mm256_loadu_pd(rules->below + first),
                        .above = _mm256_loadu_pd(rules->above + first),
                        .fill = _mm256_loadu_pd(rules->fill + first),
                        .center = _mm256_loadu_pd(rules->center + first),
                        .scale = _mm256_loadu_pd(rules->scale + first)};
}

/* Four of a row's cells: side by side, or each at its position. */
AVX2 static inline __m256d load_cells(const wn_cell_panel *panel, size_t row, size_t first, __m256i position)
{
    size_t begin = row * panel->row_cells;
    if (panel->from.is_float32) {
        const float *cells = (const float *)panel->from.data + begin;
        return _mm256_cvtps_pd(panel->is_run ? _mm_loadu_ps(cells + panel->position[first])
                                             : _mm256_i64gather_ps(cells, position, sizeof *cells));
    }
    const double *cells = (const double *)panel->from.data + begin;
    return panel->is_run ? _mm256_loadu_pd(cells + panel->position[first])
                         : _mm256_i64gather_pd(cells, position, sizeof *cells);
}

AVX2 static inline __m256d clean(const four_rules *r, __m256d cell)
{
    __m256d is_below = _mm256_cmp_pd(cell, r->lower, _CMP_LT_OQ);
    __m256d is_above = _mm256_cmp_pd(cell, r->upper, _CMP_GT_OQ);
    cell = _mm256_blendv_pd(cell, r->above, is_above);
    cell = _mm256_blendv_pd(cell, r->below, is_below);
    return _mm256_blendv_pd(cell, r->fill, _mm256_cmp_pd(cell, cell, _CMP_UNORD_Q));
}

AVX2 static void four_columns(const wn_cell_panel *panel, size_t first)
{
    const four_rules r = load_rules(panel->rules, panel->first + first);
    const __m256i position = _mm256_loadu_si256((const __m256i *)(const void *)(panel->position + first));
    for (size_t i = 0; i < panel->n_rows; i++) {
        __m256d cell = clean(&r, load_cells(panel, i, first, position));
        size_t out = i * panel->rules->n + panel->first + first;
        if (panel->is_feature)
            _mm_storeu_ps((float *)panel->to + out,
                          _mm256_cvtpd_ps(_mm256_div_pd(_mm256_sub_pd(cell, r.center), r.scale)));
        else
            _mm256_storeu_pd((double *)panel->to + out, cell);
    }
}

AVX2 void wn_cell_panel_avx2(const wn_cell_panel *panel)
{
    for (size_t first = 0; first < WN_PANEL_COLS; first += LANES)
        four_columns(panel, first);
}

#endif
