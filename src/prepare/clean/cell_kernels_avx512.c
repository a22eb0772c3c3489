#include "cell_kernels.h"

#ifdef __x86_64__

#include <immintrin.h>

/* Without optimization gathers are macros of GCC, whose masks of all ones are of another sign than it then takes. */
#pragma GCC diagnostic ignored "-Wsign-conversion"

#define AVX512 __attribute__((target("avx512f,avx512vl")))

/* The rules of eight columns. */
typedef struct {
    __m512d lower, upper, below, above, fill, center, scale;
} eight_rules;

AVX512 static inline eight_rules load_rules(const wn_cell_rules *rules, size_t first)
{
    return (eight_rules){.lower = _mm512_loadu_pd(rules->lower + first),
                         .upper = _mm512_loadu_pd(rules->upper + first),
                         .below = _mm512_loadu_pd(rules->below + first),
                         .above = _mm512_loadu_pd(rules->above + first),
                         .fill = _mm512_loadu_pd(rules->fill + first),
                         .center = _mm512_loadu_pd(rules->center + first),
                         .scale = _mm512_loadu_pd(rules->scale + first)};
}

/* A row's cells: side by side, or each at its position. */
AVX512 static inline __m512d load_cells(const wn_cell_panel *panel, size_t row, __m512i position)
{
    size_t begin = row * panel->row_cells;
    if (panel->from.is_float32) {
        const float *cells = (const float *)panel->from.data + begin;
        return _mm512_cvtps_pd(panel->is_run ? _mm256_loadu_ps(cells + panel->position[0])
                                             : _mm512_i64gather_ps(position, cells, sizeof *cells));
    }
    const double *cells = (const double *)panel->from.data + begin;
    return panel->is_run ? _mm512_loadu_pd(cells + panel->position[0])
                         : _mm512_i64gather_pd(position, cells, sizeof *cells);
}

AVX512 static inline __m512d clean(const eight_rules *r, __m512d cell)
{
    __mmask8 is_below = _mm512_cmp_pd_mask(cell, r->lower, _CMP_LT_OQ);
    __mmask8 is_above = _mm512_cmp_pd_mask(cell, r->upper, _CMP_GT_OQ);
    cell = _mm512_mask_mov_pd(cell, is_above, r->above);
    cell = _mm512_mask_mov_pd(cell, is_below, r->below);
    return _mm512_mask_mov_pd(cell, _mm512_cmp_pd_mask(cell, cell, _CMP_UNORD_Q), r->fill);
}

AVX512 void wn_cell_panel_avx512(const wn_cell_panel *panel)
{
    const eight_rules r = load_rules(panel->rules, panel->first);
    const __m512i position = _mm512_loadu_si512(panel->position);
    for (size_t i = 0; i < panel->n_rows; i++) {
        __m512d cell = clean(&r, load_cells(panel, i, position));
        size_t out = i * panel->rules->n + panel->first;
        if (panel->is_feature)
            _mm256_storeu_ps((float *)panel->to + out,
                             _mm512_cvtpd_ps(_mm512_div_pd(_mm512_sub_pd(cell, r.center), r.scale)));
        else
            _mm512_storeu_pd((double *)panel->to + out, cell);
    }
}

#endif
