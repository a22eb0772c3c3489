#include "scaled_rows.h"

#include "kernels.h"

/* One loop for all kernels: what a processor has makes wider vectors of it, of the same operations. */
static inline __attribute__((always_inline)) void scale(const wn_scaling *scaling, wn_cells from, size_t n_rows,
                                                        double *to, size_t to_width)
{
    size_t n = scaling->n;
    const double *restrict centre = scaling->centre, *restrict factor = scaling->factor;
    for (size_t i = 0; i < n_rows; i++) {
        double *restrict out = to + i * to_width;
        const float *restrict floats = (const float *)from.data + i * n;
        const double *restrict doubles = (const double *)from.data + i * n;
        if (from.is_float32)
            for (size_t c = 0; c < n; c++)
                out[c] = ((double)floats[c] - centre[c]) * factor[c];
        else
            for (size_t c = 0; c < n; c++)
                out[c] = (doubles[c] - centre[c]) * factor[c];
    }
}

void wn_rows_scale_plain(const wn_scaling *scaling, wn_cells from, size_t n_rows, double *to, size_t to_width)
{
    scale(scaling, from, n_rows, to, to_width);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void scale_avx2(const wn_scaling *scaling, wn_cells from, size_t n_rows,
                                                       double *to, size_t to_width)
{
    scale(scaling, from, n_rows, to, to_width);
}

__attribute__((target("avx512f"))) static void scale_avx512(const wn_scaling *scaling, wn_cells from, size_t n_rows,
                                                            double *to, size_t to_width)
{
    scale(scaling, from, n_rows, to, to_width);
}
#endif

void wn_rows_scale(const wn_scaling *scaling, wn_cells from, size_t n_rows, double *to, size_t to_width)
{
#ifdef __x86_64__
    if (wn_kernels_used() == WN_KERNELS_AVX512) {
        scale_avx512(scaling, from, n_rows, to, to_width);
        return;
    }
    if (wn_kernels_used() == WN_KERNELS_AVX2) {
        scale_avx2(scaling, from, n_rows, to, to_width);
        return;
    }
#endif
    wn_rows_scale_plain(scaling, from, n_rows, to, to_width);
}
