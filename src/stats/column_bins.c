#include "column_bins.h"

#include "column_run.h"

#include <math.h>

size_t wn_bin_places(size_t n_bins)
{
    size_t n = WN_BIN_PLACES;
    while (n < n_bins)
        n *= 2;
    return n;
}

void wn_bin_floats(const double *edges, size_t n, float *floats)
{
    for (size_t i = 0; i < n; i++) {
        float f = (float)edges[i];
        floats[i] = (double)f < edges[i] ? nextafterf(f, INFINITY) : f;
    }
}

/* By halving without a branch. */
size_t wn_bin_of(const wn_bin_edges *edges, double x)
{
    size_t place = 0;
    for (size_t half = edges->n_places / 2; half > 0; half /= 2)
        place += half & -(size_t)(edges->edges[place + half - 1] <= x);
    return place;
}

static size_t bins_plain(const wn_bin_edges *edges, wn_cells run, size_t n, uint16_t *bins)
{
    size_t n_there = 0;
    for (size_t i = 0; i < n; i++) {
        double x = run.is_float32 ? (double)((const float *)run.data)[i] : ((const double *)run.data)[i];
        bins[i] = (uint16_t)wn_bin_of(edges, x);
        n_there += x == x;
    }
    return n_there;
}

size_t wn_column_bins(const wn_bin_edges *edges, wn_cells run, size_t n, uint16_t *bins)
{
#ifdef __x86_64__
    wn_column_kernels kernels = wn_column_run_kernels();
    if (kernels == WN_KERNELS_AVX512)
        return wn_column_bins_avx512(edges, run, n, bins);
    if (kernels == WN_KERNELS_AVX2 && edges->n_edges <= WN_FEW_EDGES)
        return wn_column_bins_avx2(edges, run, n, bins);
#endif
    return bins_plain(edges, run, n, bins);
}
