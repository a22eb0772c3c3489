#include "infinite.h"

#ifdef __x86_64__

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512dq")))

enum { INFINITE = 0x08 | 0x10 }; /* classes of a number: +inf, -inf */

AVX512 static bool among_floats(const float *cell, size_t n)
{
    unsigned found = 0;
    for (size_t i = 0; i < n; i += 64)
        found |= _mm512_fpclass_ps_mask(_mm512_loadu_ps(cell + i), INFINITE) |
                 _mm512_fpclass_ps_mask(_mm512_loadu_ps(cell + i + 16), INFINITE) |
                 _mm512_fpclass_ps_mask(_mm512_loadu_ps(cell + i + 32), INFINITE) |
                 _mm512_fpclass_ps_mask(_mm512_loadu_ps(cell + i + 48), INFINITE);
    return found != 0;
}

AVX512 static bool among_doubles(const double *cell, size_t n)
{
    unsigned found = 0;
    for (size_t i = 0; i < n; i += 32)
        found |= _mm512_fpclass_pd_mask(_mm512_loadu_pd(cell + i), INFINITE) |
                 _mm512_fpclass_pd_mask(_mm512_loadu_pd(cell + i + 8), INFINITE) |
                 _mm512_fpclass_pd_mask(_mm512_loadu_pd(cell + i + 16), INFINITE) |
                 _mm512_fpclass_pd_mask(_mm512_loadu_pd(cell + i + 24), INFINITE);
    return found != 0;
}

bool wn_infinite_among_avx512(wn_cells cells, size_t n, size_t *n_done)
{
    size_t cells_at_once = cells.is_float32 ? 64 : 32;
    *n_done = n / cells_at_once * cells_at_once;
    return cells.is_float32 ? among_floats(cells.data, *n_done) : among_doubles(cells.data, *n_done);
}

#endif
