#include "orthonormal.h"

#include "winnow/memory.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>

wn_status wn_orthonormal_make(size_t l, size_t p, double *rows)
{
    wn_status status = WN_OK;
    double *factors = NULL;
    lapack_int n = (lapack_int)p, m = (lapack_int)l;
    TRY(wn_new(&factors, l));
    /* Column major: our rows are LAPACK's columns. */
    lapack_int info = LAPACKE_dgeqrf(LAPACK_COL_MAJOR, n, m, rows, n, factors);
    if (info == 0)
        info = LAPACKE_dorgqr(LAPACK_COL_MAJOR, n, m, m, rows, n, factors);
    if (info != 0)
        status = wn_fail(WN_INTERNAL, "LAPACK's dgeqrf and dorgqr: info %d", (int)info);
done:
    wn_free(factors);
    return status;
}

wn_status wn_orthonormal_check(size_t l, size_t p, const double *rows, double *error)
{
    wn_status status = WN_OK;
    double *square = NULL, most = 0;
    TRY(wn_new(&square, l * l));
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, (int)l, (int)p, 1, rows, (int)p, 0, square, (int)l);
    for (size_t i = 0; i < l; i++)
        for (size_t j = 0; j <= i; j++) {
            double gap = fabs(square[i * l + j] - (i == j));
            most = gap <= most ? most : gap; /* NaN stays */
        }
    *error = most;
done:
    wn_free(square);
    return status;
}
