#include "orthonormal.h"

#include "winnow/memory.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>

/* Twice is enough for rows of which some digits are left (Parlett 1980); a third time for those that were rounding. */
enum { TIMES = 3 };

static double length_of(const double *rows, size_t n, size_t p)
{
    double square = 0;
    for (size_t i = 0; i < n; i++)
        square += cblas_ddot((int)p, rows + i * p, 1, rows + i * p, 1);
    return sqrt(square);
}

/* By reflections: orthonormal also where rows depend on each other. */
static wn_status factorize(size_t n, size_t p, double *rows, double *factors)
{
    /* Column major: our rows are LAPACK's columns. */
    lapack_int length = (lapack_int)p, m = (lapack_int)n;
    lapack_int info = LAPACKE_dgeqrf(LAPACK_COL_MAJOR, length, m, rows, length, factors);
    if (info == 0)
        info = LAPACKE_dorgqr(LAPACK_COL_MAJOR, length, m, m, rows, length, factors);
    return info == 0 ? WN_OK : wn_fail(WN_INTERNAL, "LAPACK's dgeqrf and dorgqr: info %d", (int)info);
}

wn_status wn_orthonormal_extend(size_t n_before, size_t n, size_t p, double *basis, double *left)
{
    wn_status status = WN_OK;
    double *rows = basis + n_before * p, *product = NULL, *factors = NULL, whole = length_of(rows, n, p);
    int m = (int)n, before = (int)n_before, length = (int)p;
    TRY(wn_new(&product, n * n_before));
    TRY(wn_new(&factors, n));
    for (int time = 0; time < TIMES; time++) {
        if (n_before > 0) {
            cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, before, length, 1, rows, length, basis, length, 0,
                        product, before);
            cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, length, before, -1, product, before, basis,
                        length, 1, rows, length);
        }
        if (time == 0)
            *left = whole > 0 ? length_of(rows, n, p) / whole : 0;
        TRY(factorize(n, p, rows, factors));
    }
done:
    wn_free(factors);
    wn_free(product);
    return status;
}

wn_status wn_orthonormal_check(size_t n, size_t p, const double *rows, double *error)
{
    wn_status status = WN_OK;
    double *square = NULL, most = 0;
    TRY(wn_new(&square, n * n));
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, (int)n, (int)p, 1, rows, (int)p, 0, square, (int)n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double gap = fabs(square[i * n + j] - (i == j));
            most = gap <= most ? most : gap; /* NaN stays */
        }
    *error = most;
done:
    wn_free(square);
    return status;
}
