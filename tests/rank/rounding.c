#include "rounding.h"

#include <cblas.h>
#include <string.h>

bool rounding_differs;

/* In the place of OpenBLAS's: the Lasso's descent is made of it. */
void cblas_daxpy(const blasint n, const double alpha, const double *x, const blasint incx, double *y,
                 const blasint incy)
{
    double error = rounding_differs ? test_ranks.rank * 0x1p-50 : 0;
    for (blasint i = 0; i < n; i++)
        y[i * incy] += (alpha + alpha * error) * x[i * incx];
}

bool rounding_is_shared(const double *values, size_t n)
{
    int64_t differs = 0;
    for (size_t i = 0; i < n; i++) {
        double first = values[i];
        if (!CHECK_OK(wn_ranks_broadcast(&test_ranks, 0, &first, sizeof first)))
            return false;
        differs += memcmp(&first, &values[i], sizeof first) != 0;
    }
    return CHECK_OK(wn_ranks_sum(&test_ranks, &differs, 1)) && differs == 0;
}
