#include "nystrom.h"

#include "winnow/memory.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

enum { MOST_SHIFTS = 8 }; /* each ten times the one before */

static double length_of(const double *rows, size_t n, size_t p)
{
    double square = 0;
    for (size_t i = 0; i < n; i++)
        square += cblas_ddot((int)p, rows + i * p, 1, rows + i * p, 1);
    return sqrt(square);
}

/* core (n, n) = Q W', symmetric but for rounding, and made so. */
static void find_core(const wn_nystrom *y, double *core)
{
    size_t n = y->n;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)n, (int)y->p, 1, y->directions, (int)y->p,
                y->products, (int)y->p, 0, core, (int)n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            core[i * n + j] = core[j * n + i] = (core[i * n + j] + core[j * n + i]) / 2;
}

static wn_status refuse(const wn_nystrom *y)
{
    return wn_fail(WN_INTERNAL, "products with %zu directions are not those of a covariance", y->n);
}

static double unshifted(double value, double shift)
{
    return value > shift ? value - shift : 0;
}

/* The eigenvalues of (W + s Q)(W + s Q)' by Q (W + s Q)', s the shift: those of A + s. square and core (n, n) are
 * scratch. Row by row a lower triangle is LAPACK's upper one. */
static lapack_int solve_pair(const wn_nystrom *y, double shift, double *square, double *core, double *ascending)
{
    size_t n = y->n;
    lapack_int order = (lapack_int)n;
    find_core(y, core);
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, order, (int)y->p, 1, y->products, (int)y->p, 0, square, order);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            square[i * n + j] += 2 * shift * core[i * n + j] + (i == j ? shift * shift : 0);
            core[i * n + j] += i == j ? shift : 0;
        }
    return LAPACKE_dsygvd(LAPACK_COL_MAJOR, 1, 'N', 'U', order, square, order, core, order, ascending);
}

wn_status wn_nystrom_values(const wn_nystrom *y, double *values)
{
    static const double HALF = 0x1p-26; /* of a double's digits, which squares have */
    wn_status status = WN_OK;
    double *square = NULL, *core = NULL, *ascending = NULL;
    size_t n = y->n;
    double shift = fmax(HALF, y->precision) * length_of(y->products, n, y->p);
    lapack_int info = 1;
    TRY(wn_new(&square, n * n));
    TRY(wn_new(&core, n * n));
    TRY(wn_new(&ascending, n));
    for (int attempt = 0; attempt < MOST_SHIFTS && info != 0; attempt++, shift *= 10) {
        info = solve_pair(y, shift, square, core, ascending);
        for (size_t i = 0; i < n && info == 0; i++)
            values[i] = unshifted(ascending[n - 1 - i], shift);
    }
    if (info != 0)
        status = refuse(y);
done:
    wn_free(ascending);
    wn_free(core);
    wn_free(square);
    return status;
}

/* W becomes a root R of A + shift: R = L^-1 (W + shift Q) with L L' = Q (W + shift Q)', R'R what is told of it. */
static wn_status find_root(const wn_nystrom *y, double *shift)
{
    wn_status status = WN_OK;
    double *core = NULL, step = y->precision * length_of(y->products, y->n, y->p);
    lapack_int n = (lapack_int)y->n, info = 1;
    TRY(wn_new(&core, y->n * y->n));
    *shift = 0;
    for (int attempt = 0; attempt < MOST_SHIFTS && info != 0; attempt++, step *= 10) {
        for (size_t i = 0; i < y->n; i++)
            cblas_daxpy((int)y->p, step, y->directions + i * y->p, 1, y->products + i * y->p, 1);
        *shift += step;
        find_core(y, core);
        info = LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', n, core, n);
    }
    if (info != 0)
        TRY(refuse(y));
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, (int)y->n, (int)y->p, 1, core,
                (int)y->n, y->products, (int)y->p);
done:
    wn_free(core);
    return status;
}

/* By singular values of the root, so that small ones and their vectors keep digits beside large ones. */
wn_status wn_nystrom_vectors(const wn_nystrom *y, double *values)
{
    wn_status status = WN_OK;
    double *turn = NULL, shift = 0;
    lapack_int n = (lapack_int)y->n, p = (lapack_int)y->p;
    TRY(wn_new(&turn, y->n * y->n));
    TRY(find_root(y, &shift));
    /* Column major: the vectors come as columns, which are our rows. */
    lapack_int info = LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'S', p, n, y->products, p, values, y->directions, p, turn, n);
    if (info != 0)
        TRY(wn_fail(WN_INTERNAL, "LAPACK's dgesdd: info %d", (int)info));
    for (size_t i = 0; i < y->n; i++)
        values[i] = unshifted(values[i] * values[i], shift);
done:
    wn_free(turn);
    return status;
}
