#include "winnow/rebuild.h"

#include "winnow/memory.h"

#include <cblas.h>
#include <lapacke.h>
#include <string.h>

wn_status wn_projection_rebuild(const wn_projection *projection, double *back)
{
    wn_status status = WN_OK;
    double *products = NULL;
    size_t k = projection->n_components, p = projection->n_features;
    memcpy(back, projection->components, k * p * sizeof *back);
    if (strcmp(projection->method, "pca") == 0)
        return WN_OK;
    TRY(wn_new(&products, k * k));
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, (int)k, (int)p, 1, projection->components, (int)p, 0, products,
                (int)k);
    /* Row major, right sides as rows of `back`: its columns are LAPACK's. */
    lapack_int info = LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', (lapack_int)k, (lapack_int)p, products, (lapack_int)k, back,
                                    (lapack_int)p);
    if (info != 0)
        status = wn_fail(WN_BAD_DATA, "reduce: the %zu components depend on each other", k);
done:
    wn_free(products);
    return status;
}
