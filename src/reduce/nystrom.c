#include "nystrom.h"

#include "winnow/memory.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

enum { MOST_SHIFTS = 8 }; /* each ten times the one before */

/* core (l, l) = Q root', symmetric but for rounding, and made so. */
static void find_core(const wn_nystrom *n, const double *root, double *core)
{
    size_t l = n->l;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)l, (int)l, (int)n->p, 1, n->directions, (int)n->p, root,
                (int)n->p, 0, core, (int)l);
    for (size_t i = 0; i < l; i++)
        for (size_t j = 0; j < i; j++)
            core[i * l + j] = core[j * l + i] = (core[i * l + j] + core[j * l + i]) / 2;
}

/* root = L^-1 (W + shift Q) with L L' = Q (W + shift Q)': then root' root is the approximation of A + shift. */
static wn_status find_root(const wn_nystrom *n, double *root, double *shift)
{
    wn_status status = WN_OK;
    double *core = NULL;
    size_t size = n->l * n->p;
    lapack_int l = (lapack_int)n->l;
    TRY(wn_new(&core, n->l * n->l));
    *shift = n->precision * cblas_dnrm2((int)size, n->products, 1);
    for (int attempt = 0; attempt < MOST_SHIFTS; attempt++, *shift *= 10) {
        memcpy(root, n->products, size * sizeof *root);
        cblas_daxpy((int)size, *shift, n->directions, 1, root, 1);
        find_core(n, root, core);
        if (LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'L', l, core, l) != 0)
            continue;
        cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, (int)n->l, (int)n->p, 1, core,
                    (int)n->l, root, (int)n->p);
        goto done;
    }
    status = wn_fail(WN_INTERNAL, "products with %zu directions are not those of a covariance", n->l);
done:
    wn_free(core);
    return status;
}

static double unshifted(double value, double shift)
{
    return value > shift ? value - shift : 0;
}

wn_status wn_nystrom_values(const wn_nystrom *n, double *root, double *values, double *shift)
{
    wn_status status = WN_OK;
    double *square = NULL, *ascending = NULL;
    lapack_int l = (lapack_int)n->l;
    TRY(wn_new(&square, n->l * n->l));
    TRY(wn_new(&ascending, n->l));
    TRY(find_root(n, root, shift));
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, (int)n->l, (int)n->p, 1, root, (int)n->p, 0, square,
                (int)n->l);
    lapack_int info = LAPACKE_dsyevd(LAPACK_ROW_MAJOR, 'N', 'L', l, square, l, ascending);
    if (info != 0)
        TRY(wn_fail(WN_INTERNAL, "LAPACK's dsyevd: info %d", (int)info));
    for (size_t i = 0; i < n->l; i++)
        values[i] = unshifted(ascending[n->l - 1 - i], *shift);
done:
    wn_free(ascending);
    wn_free(square);
    return status;
}

/* By singular values, so that small ones and their vectors keep digits beside large ones. */
wn_status wn_nystrom_vectors(const wn_nystrom *n, double *root, double *values, double *vectors)
{
    wn_status status = WN_OK;
    double *turn = NULL, shift = 0;
    lapack_int l = (lapack_int)n->l, p = (lapack_int)n->p;
    TRY(wn_new(&turn, n->l * n->l));
    TRY(find_root(n, root, &shift));
    /* Column major: the vectors come as columns, which are our rows. */
    lapack_int info = LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'S', p, l, root, p, values, vectors, p, turn, l);
    if (info != 0)
        TRY(wn_fail(WN_INTERNAL, "LAPACK's dgesdd: info %d", (int)info));
    for (size_t i = 0; i < n->l; i++)
        values[i] = unshifted(values[i] * values[i], shift);
done:
    wn_free(turn);
    return status;
}
