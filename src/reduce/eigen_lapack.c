#include "eigen_solvers.h"

#include "winnow/memory.h"

#include <lapacke.h>
#include <string.h>

wn_status wn_eigen_lapack(size_t n, const double *a, size_t n_wanted, double *eigenvalues, double *vectors)
{
    wn_status status = WN_OK;
    double *work = NULL, *values = NULL;
    lapack_int *support = NULL, found = 0, size = (lapack_int)n;
    TRY(wn_new(&work, n * n));
    TRY(wn_new(&values, n));
    TRY(wn_new(&support, 2 * n));
    memcpy(work, a, n * n * sizeof *work);
    /* Column major: the vectors come as columns, which are the rows of what we return. */
    lapack_int code = LAPACKE_dsyevr(LAPACK_COL_MAJOR, 'V', 'I', 'U', size, work, size, 0, 0,
                                     (lapack_int)(n - n_wanted + 1), size, 0, &found, values, vectors, size, support);
    if (code != 0 || found != (lapack_int)n_wanted)
        TRY(wn_fail(WN_INTERNAL, "LAPACK's dsyevr: info %d, %d of %zu eigenvalues", (int)code, (int)found, n_wanted));
    memcpy(eigenvalues, values, n_wanted * sizeof *values);
done:
    wn_free(support);
    wn_free(values);
    wn_free(work);
    return status;
}
