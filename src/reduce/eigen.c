#include "winnow/eigen.h"

#include "eigen_solvers.h"
#include "winnow/memory.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

enum { AUTO_LAPACK_ORDER = 4096 };

/* Rank 0 solves and shares, so that the bits are the same at any rank count. */
static wn_status solve_on_one(const wn_ranks *ranks, size_t n, const double *a, size_t n_wanted, double *eigenvalues,
                              double *vectors)
{
    wn_status status = WN_OK;
    if (ranks->rank == 0)
        status = wn_eigen_lapack(n, a, n_wanted, eigenvalues, vectors);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_broadcast(ranks, 0, eigenvalues, n_wanted * sizeof *eigenvalues));
    TRY(wn_ranks_broadcast(ranks, 0, vectors, n_wanted * n * sizeof *vectors));
done:
    return status;
}

/* Largest first. */
static void reverse(size_t n, size_t n_wanted, double *eigenvalues, double *vectors)
{
    for (size_t i = 0, j = n_wanted; i + 1 < j; i++) {
        j--;
        double kept = eigenvalues[i];
        eigenvalues[i] = eigenvalues[j];
        eigenvalues[j] = kept;
        cblas_dswap((int)n, vectors + i * n, 1, vectors + j * n, 1);
    }
}

/* sum a_i z_i in extended precision, as four sums: the processor adds in extended precision one at a time, but starts
 * the next before the last has ended. */
static long double product_of(size_t n, const double *a, const double *z)
{
    long double sum[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t k = 0; k < 4; k++)
            sum[k] += (long double)a[i + k] * (long double)z[i + k];
    for (; i < n; i++)
        sum[0] += (long double)a[i] * (long double)z[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* z'Az / z'z, from the upper triangle: its error is the square of the vector's, so small eigenvalues keep digits beside
 * large ones. */
static double rayleigh_quotient(size_t n, const double *a, const double *z)
{
    long double quotient = 0;
    for (size_t i = 0; i < n; i++) {
        long double right = product_of(n - i - 1, a + i * n + i + 1, z + i + 1);
        quotient += (long double)z[i] * ((long double)a[i * n + i] * (long double)z[i] + 2 * right);
    }
    return (double)(quotient / product_of(n, z, z));
}

/* Each rank refines its part of the eigenvalues; every value is made by one rank in one way. */
static wn_status refine(const wn_ranks *ranks, size_t n, const double *a, size_t n_wanted, double *eigenvalues,
                        const double *vectors)
{
    wn_status status = WN_OK;
    double *mine = NULL, *all = NULL;
    size_t n_all = 0;
    wn_range part = wn_range_part((int64_t)n_wanted, ranks->size, ranks->rank);
    size_t n_mine = (size_t)(part.last - part.first);
    TRY(wn_ranks_agree(ranks, wn_new(&mine, n_mine)));
    for (size_t i = 0; i < n_mine; i++)
        mine[i] = rayleigh_quotient(n, a, vectors + ((size_t)part.first + i) * n);
    TRY(wn_ranks_gather_all(ranks, mine, n_mine, sizeof *mine, (void **)&all, &n_all));
    memcpy(eigenvalues, all, n_wanted * sizeof *eigenvalues);
done:
    wn_free(all);
    wn_free(mine);
    return status;
}

/* Refined values of nearly equal eigenvalues may have changed places: a few swaps of neighbours. */
static void restore_order(size_t n, size_t n_wanted, double *eigenvalues, double *vectors)
{
    for (size_t i = 1; i < n_wanted; i++)
        for (size_t j = i; j > 0 && eigenvalues[j] > eigenvalues[j - 1]; j--) {
            double kept = eigenvalues[j];
            eigenvalues[j] = eigenvalues[j - 1];
            eigenvalues[j - 1] = kept;
            cblas_dswap((int)n, vectors + j * n, 1, vectors + (j - 1) * n, 1);
        }
}

static void fix_sign(size_t n, double *vector)
{
    size_t largest = 0;
    for (size_t i = 1; i < n; i++)
        if (fabs(vector[i]) > fabs(vector[largest]))
            largest = i;
    if (vector[largest] < 0)
        cblas_dscal((int)n, -1.0, vector, 1);
}

/* NaN where an entry is, which fmax alone would pass over. */
static double largest_entry(const double *values, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(values[i]))
            return NAN;
        most = fmax(most, fabs(values[i]));
    }
    return most;
}

/* max |A Z - Z L| / |A| and max |Z'Z - I|, on rank 0, which shares them. */
static wn_status measure(size_t n, const double *a, size_t n_wanted, const double *eigenvalues, const double *vectors,
                         wn_eigen_report *report)
{
    wn_status status = WN_OK;
    int order = (int)n, wanted = (int)n_wanted;
    double *product = NULL, *gram = NULL;
    TRY(wn_new(&product, n_wanted * n));
    TRY(wn_new(&gram, n_wanted * n_wanted));
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, wanted, order, order, 1.0, vectors, order, a, order, 0.0,
                product, order);
    for (size_t i = 0; i < n_wanted; i++)
        cblas_daxpy(order, -eigenvalues[i], vectors + i * n, 1, product + i * n, 1);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, wanted, wanted, order, 1.0, vectors, order, vectors, order,
                0.0, gram, wanted);
    for (size_t i = 0; i < n_wanted; i++)
        gram[i * n_wanted + i] -= 1.0;
    double size = largest_entry(a, n * n);
    report->residual = size > 0 ? largest_entry(product, n_wanted * n) / size : 0;
    report->orthogonality = largest_entry(gram, n_wanted * n_wanted);
done:
    wn_free(gram);
    wn_free(product);
    return status;
}

static wn_status check(const wn_ranks *ranks, size_t n, const double *a, size_t n_wanted, const double *eigenvalues,
                       const double *vectors, wn_eigen_report *report)
{
    wn_status status = WN_OK;
    double bound = (double)n * 1e-13;
    if (ranks->rank == 0)
        status = measure(n, a, n_wanted, eigenvalues, vectors, report);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_broadcast(ranks, 0, &report->residual, sizeof report->residual));
    TRY(wn_ranks_broadcast(ranks, 0, &report->orthogonality, sizeof report->orthogonality));
    if (!(report->residual <= bound && report->orthogonality <= bound))
        return wn_fail(WN_INTERNAL, "the eigenvectors of a matrix of order %zu are wrong: |AZ-ZL| %.1e, |Z'Z-I| %.1e",
                       n, report->residual, report->orthogonality);
done:
    return status;
}

wn_status wn_eigen_solve(const wn_ranks *ranks, wn_solver solver, size_t n, const double *a, size_t n_wanted,
                         double *eigenvalues, double *vectors, wn_eigen_report *report)
{
    wn_status status = WN_OK;
    wn_eigen_report done_by = {.solver = solver, .grid = {1, 1}};
    if (n == 0 || n_wanted == 0 || n_wanted > n)
        return wn_fail(WN_INTERNAL, "%zu eigenvalues of a matrix of order %zu", n_wanted, n);
    if (!isfinite(largest_entry(a, n * n)))
        return wn_fail(WN_BAD_DATA, "a matrix of order %zu has entries that are not finite", n);
    if (solver == WN_SOLVER_AUTO)
        done_by.solver = n <= AUTO_LAPACK_ORDER ? WN_SOLVER_LAPACK : WN_SOLVER_SCALAPACK;
    if (done_by.solver == WN_SOLVER_LAPACK)
        TRY(solve_on_one(ranks, n, a, n_wanted, eigenvalues, vectors));
    else
        TRY(wn_eigen_scalapack(ranks, n, a, n_wanted, eigenvalues, vectors, done_by.grid));
    reverse(n, n_wanted, eigenvalues, vectors);
    for (size_t i = 0; i < n_wanted; i++)
        fix_sign(n, vectors + i * n);
    TRY(check(ranks, n, a, n_wanted, eigenvalues, vectors, &done_by));
    TRY(refine(ranks, n, a, n_wanted, eigenvalues, vectors));
    restore_order(n, n_wanted, eigenvalues, vectors);
    *report = done_by;
done:
    return status;
}
