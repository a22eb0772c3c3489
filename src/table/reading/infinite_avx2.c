#include "infinite.h"

#ifdef __x86_64__

#include <immintrin.h>
#include <math.h>
#include <stdint.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 static bool among_floats(const float *cell, size_t n)
{
    const __m256 size = _mm256_castsi256_ps(_mm256_set1_epi32(INT32_MAX)), infinite = _mm256_set1_ps(INFINITY);
    __m256 found = _mm256_setzero_ps();
    for (size_t i = 0; i < n; i += 8)
        found =
            _mm256_or_ps(found, _mm256_cmp_ps(_mm256_and_ps(_mm256_loadu_ps(cell + i), size), infinite, _CMP_EQ_OQ));
    return _mm256_movemask_ps(found) != 0;
}

AVX2 static bool among_doubles(const double *cell, size_t n)
{
    const __m256d size = _mm256_castsi256_pd(_mm256_set1_epi64x(INT64_MAX)),
                  infinite = _mm256_set1_pd((double)INFINITY);
    __m256d found = _mm256_setzero_pd();
    for (size_t i = 0; i < n; i += 4)
        found =
            _mm256_or_pd(found, _mm256_cmp_pd(_mm256_and_pd(_mm256_loadu_pd(cell + i), size), infinite, _CMP_EQ_OQ));
    return _mm256_movemask_pd(found) != 0;
}

bool wn_infinite_among_avx2(wn_cells cells, size_t n, size_t *n_done)
{
    size_t lanes = cells.is_float32 ? 8 : 4;
    *n_done = n / lanes * lanes;
    return cells.is_float32 ? among_floats(cells.data, *n_done) : among_doubles(cells.data, *n_done);
}

#endif
