#include "cell_kernels.h"

#include "transform.h"

static wn_cell_kernel most_kernel = WN_CELL_KERNEL_AVX512;

static wn_cell_kernel choose(void)
{
    wn_cell_kernel found = WN_CELL_KERNEL_PLAIN;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        found = WN_CELL_KERNEL_AVX2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
        found = WN_CELL_KERNEL_AVX512;
#endif
    return found < most_kernel ? found : most_kernel;
}

wn_cell_kernel wn_cell_kernel_limit(wn_cell_kernel most)
{
    most_kernel = most;
    return choose();
}

static double raw_cell(const wn_cell_panel *panel, size_t row, size_t column)
{
    size_t at = row * panel->row_cells + panel->position[column];
    return panel->from.is_float32 ? (double)((const float *)panel->from.data)[at]
                                  : ((const double *)panel->from.data)[at];
}

static double clean(const wn_cell_rules *rules, size_t rule, double cell)
{
    cell = cell < rules->lower[rule] ? rules->below[rule] : cell > rules->upper[rule] ? rules->above[rule] : cell;
    cell = isnan(cell) ? rules->fill[rule] : cell;
    return wn_transform_apply(rules->transform[rule], cell);
}

void wn_cell_panel_plain(const wn_cell_panel *panel, size_t end)
{
    const wn_cell_rules *rules = panel->rules;
    for (size_t rule = panel->first; rule < end; rule++)
        for (size_t i = 0; i < panel->n_rows; i++) {
            double cell = clean(rules, rule, raw_cell(panel, i, rule - panel->first));
            size_t out = i * rules->n + rule;
            if (panel->is_feature)
                ((float *)panel->to)[out] = (float)((cell - rules->center[rule]) / rules->scale[rule]);
            else
                ((double *)panel->to)[out] = cell;
        }
}

void wn_cell_panel_run(const wn_cell_panel *panel)
{
#ifdef __x86_64__
    wn_cell_kernel kernel = choose();
    if (kernel == WN_CELL_KERNEL_AVX512)
        wn_cell_panel_avx512(panel);
    else if (kernel == WN_CELL_KERNEL_AVX2)
        wn_cell_panel_avx2(panel);
    else
#endif
        wn_cell_panel_plain(panel, panel->first + WN_PANEL_COLS);
}

size_t wn_cell_rows_run(const wn_cell_rules *rules, const float *cells, size_t n_rows, float *to)
{
#ifdef __x86_64__
    if (choose() == WN_CELL_KERNEL_AVX512)
        return wn_cell_rows_avx512(rules, cells, n_rows, to);
#endif
    (void)rules, (void)cells, (void)n_rows, (void)to;
    return 0;
}
