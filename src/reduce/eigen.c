#include "winnow/eigen.h"

#include "eigen_signs.h"
#include "eigen_solvers.h"
#include "winnow/memory.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

enum { MOST_ORDER = 46340, PANEL = 64 }; /* MOST_ORDER squared is an int, LAPACK's */

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

void wn_eigen_fix_sign(size_t n, double *vector)
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

/* The bits of a double that is not negative, which order as it does; those of NaN are the largest. */
static int64_t bits_of(double value)
{
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* What is checked, and room for one panel of PANEL vectors: product (PANEL, n), gram (PANEL, n_wanted). */
typedef struct {
    size_t n, n_wanted;
    const double *a, *eigenvalues, *vectors;
    double *product, *gram;
} check_work;

/* The errors of the panel that begins at vector `first`, where larger, replace those in worst, as bits: of AZ - ZL,
 * then of Z'Z - I. */
static void check_panel(const check_work *work, size_t first, int64_t worst[2])
{
    size_t n = work->n, n_rows = work->n_wanted - first < PANEL ? work->n_wanted - first : PANEL;
    int rows = (int)n_rows, order = (int)n, wanted = (int)work->n_wanted;
    const double *z = work->vectors + first * n;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, order, order, 1.0, z, order, work->a, order, 0.0,
                work->product, order);
    for (size_t i = 0; i < n_rows; i++)
        cblas_daxpy(order, -work->eigenvalues[first + i], z + i * n, 1, work->product + i * n, 1);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, wanted, order, 1.0, z, order, work->vectors, order, 0.0,
                work->gram, wanted);
    for (size_t i = 0; i < n_rows; i++)
        work->gram[i * work->n_wanted + first + i] -= 1.0;
    int64_t residual = bits_of(largest_entry(work->product, n_rows * n));
    int64_t orthogonality = bits_of(largest_entry(work->gram, n_rows * work->n_wanted));
    worst[0] = residual > worst[0] ? residual : worst[0];
    worst[1] = orthogonality > worst[1] ? orthogonality : worst[1];
}

/* The panels are of one size whatever the number of ranks, which deal them: so the errors have the same bits, too. */
static wn_status measure(const wn_ranks *ranks, check_work *work, int64_t worst[2])
{
    wn_status status = WN_OK;
    size_t n_panels = (work->n_wanted + PANEL - 1) / PANEL;
    wn_range part = wn_range_part((int64_t)n_panels, ranks->size, ranks->rank);
    size_t n_rows = work->n_wanted < PANEL ? work->n_wanted : PANEL;
    if (part.first < part.last) {
        TRY(wn_new(&work->product, n_rows * work->n));
        TRY(wn_new(&work->gram, n_rows * work->n_wanted));
    }
    for (int64_t i = part.first; i < part.last; i++)
        check_panel(work, (size_t)i * PANEL, worst);
done:
    return status;
}

/* max |A Z - Z L| / |A| and max |Z'Z - I|. */
static wn_status check(const wn_ranks *ranks, size_t n, const double *a, size_t n_wanted, const double *eigenvalues,
                       const double *vectors, wn_eigen_report *report)
{
    wn_status status = WN_OK;
    double bound = (double)n * 1e-13, size = largest_entry(a, n * n), worst[2];
    int64_t bits[2] = {0, 0};
    check_work work = {.n = n, .n_wanted = n_wanted, .a = a, .eigenvalues = eigenvalues, .vectors = vectors};
    TRY(wn_ranks_agree(ranks, measure(ranks, &work, bits)));
    TRY(wn_ranks_max(ranks, bits, 2));
    memcpy(worst, bits, sizeof worst);
    report->residual = worst[0] > 0 && size > 0 ? worst[0] / size : worst[0];
    report->orthogonality = worst[1];
    if (!(report->residual <= bound && report->orthogonality <= bound))
        status = wn_fail(WN_INTERNAL, "the eigenvectors of a matrix of order %zu are wrong: |AZ-ZL| %.1e, |Z'Z-I| %.1e",
                         n, report->residual, report->orthogonality);
done:
    wn_free(work.gram);
    wn_free(work.product);
    return status;
}

wn_status wn_eigen_solve(const wn_ranks *ranks, wn_solver solver, size_t n, const double *a, size_t n_wanted,
                         double *eigenvalues, double *vectors, wn_eigen_report *report)
{
    wn_status status = WN_OK;
    wn_eigen_report done_by = {.solver = solver, .grid = {1, 1}};
    if (n == 0 || n_wanted == 0 || n_wanted > n)
        return wn_fail(WN_INTERNAL, "%zu eigenvalues of a matrix of order %zu", n_wanted, n);
    if (n > MOST_ORDER)
        return wn_fail(WN_UNAVAILABLE, "a matrix of order %zu: the solvers go up to %d", n, (int)MOST_ORDER);
    if (!isfinite(largest_entry(a, n * n)))
        return wn_fail(WN_BAD_DATA, "a matrix of order %zu has entries that are not finite", n);
    if (solver == WN_SOLVER_AUTO)
        done_by.solver = n <= WN_LAPACK_ORDER ? WN_SOLVER_LAPACK : WN_SOLVER_SCALAPACK;
    if (done_by.solver == WN_SOLVER_LAPACK)
        TRY(solve_on_one(ranks, n, a, n_wanted, eigenvalues, vectors));
    else
        TRY(wn_eigen_scalapack(ranks, n, a, n_wanted, eigenvalues, vectors, done_by.grid));
    reverse(n, n_wanted, eigenvalues, vectors);
    for (size_t i = 0; i < n_wanted; i++)
        wn_eigen_fix_sign(n, vectors + i * n);
    TRY(check(ranks, n, a, n_wanted, eigenvalues, vectors, &done_by));
    TRY(refine(ranks, n, a, n_wanted, eigenvalues, vectors));
    restore_order(n, n_wanted, eigenvalues, vectors);
    *report = done_by;
done:
    return status;
}
