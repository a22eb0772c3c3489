#include "infinite.h"

#include <math.h>

/* A flag over all cells and no early leave, so that the loops are vectorized. */
bool wn_infinite_among_plain(wn_cells cells, size_t n)
{
    int found = 0;
    if (cells.is_float32) {
        const float *cell = cells.data;
        for (size_t i = 0; i < n; i++)
            found |= fabsf(cell[i]) == INFINITY;
    } else {
        const double *cell = cells.data;
        for (size_t i = 0; i < n; i++)
            found |= fabs(cell[i]) == (double)INFINITY;
    }
    return found != 0;
}

bool wn_infinite_among(wn_cells cells, size_t n)
{
    size_t done = 0;
    bool found = false;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512dq"))
        found = wn_infinite_among_avx512(cells, n, &done);
    else if (__builtin_cpu_supports("avx2"))
        found = wn_infinite_among_avx2(cells, n, &done);
#endif
    return found || wn_infinite_among_plain(wn_cells_at(cells, done), n - done);
}
