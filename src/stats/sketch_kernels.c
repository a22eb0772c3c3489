#include "sketch_kernels.h"

#include "kernels.h"

#include <math.h>

#define CENTRE(from_type, to_type)                                                                                     \
    do {                                                                                                               \
        const from_type *from = cells.data;                                                                            \
        to_type *to = row.data;                                                                                        \
        for (size_t c = 0; c < n; c++)                                                                                 \
            to[c] = (to_type)(((double)from[c] - centre[c]) * factor[c]);                                              \
    } while (0)

/* Inlined into a function for each kind of vectors, which the compiler then makes of it. */
__attribute__((always_inline)) static inline void centre_row(wn_cells cells, const double *restrict centre,
                                                             const double *restrict factor, size_t n, wn_cells row)
{
    if (cells.is_float32 && row.is_float32)
        CENTRE(float, float);
    else if (cells.is_float32)
        CENTRE(float, double);
    else if (row.is_float32)
        CENTRE(double, float);
    else
        CENTRE(double, double);
}

static void round_plain(wn_cells products, const double *per_unit, size_t n, int64_t *sums)
{
    for (size_t c = 0; c < n; c++) {
        double product =
            products.is_float32 ? (double)((const float *)products.data)[c] : ((const double *)products.data)[c];
        sums[c] += (int64_t)llrint(product * per_unit[c]);
    }
}

#ifdef __x86_64__

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512f,avx512dq")))

AVX2 static void centre_avx2(wn_cells cells, const double *centre, const double *factor, size_t n, wn_cells row)
{
    centre_row(cells, centre, factor, n, row);
}

AVX512 static void centre_avx512(wn_cells cells, const double *centre, const double *factor, size_t n, wn_cells row)
{
    centre_row(cells, centre, factor, n, row);
}

/* Eight at a time: no vectors before AVX-512 convert to int64. Those left at the end are the plain kernel's. */
AVX512 static size_t round_avx512(wn_cells products, const double *per_unit, size_t n, int64_t *sums)
{
    size_t c = 0;
    for (; c + 8 <= n; c += 8) {
        __m512d product = products.is_float32 ? _mm512_cvtps_pd(_mm256_loadu_ps((const float *)products.data + c))
                                              : _mm512_loadu_pd((const double *)products.data + c);
        __m512i rounded = _mm512_cvtpd_epi64(_mm512_mul_pd(product, _mm512_loadu_pd(per_unit + c)));
        _mm512_storeu_si512(sums + c, _mm512_add_epi64(_mm512_loadu_si512(sums + c), rounded));
    }
    return c;
}

#endif

void wn_sketch_centre(wn_cells cells, const double *centre, const double *factor, size_t n, wn_cells row)
{
#ifdef __x86_64__
    if (wn_kernels_used() == WN_KERNELS_AVX512) {
        centre_avx512(cells, centre, factor, n, row);
        return;
    }
    if (wn_kernels_used() == WN_KERNELS_AVX2) {
        centre_avx2(cells, centre, factor, n, row);
        return;
    }
#endif
    centre_row(cells, centre, factor, n, row);
}

void wn_sketch_round(wn_cells products, const double *per_unit, size_t n, int64_t *sums)
{
    size_t done = 0;
#ifdef __x86_64__
    if (wn_kernels_used() == WN_KERNELS_AVX512)
        done = round_avx512(products, per_unit, n, sums);
#endif
    round_plain(wn_cells_at(products, done), per_unit + done, n - done, sums + done);
}
