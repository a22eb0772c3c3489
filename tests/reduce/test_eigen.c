#include "testing.h"

#include "eigen_solvers.h"
#include "symmetric.h"
#include "winnow/eigen.h"
#include "winnow/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int numroc_(const int *n, const int *block, const int *process, const int *source, const int *n_processes);

static const size_t orders[] = {1, 2, 5, 40, 100};
enum { ORDERS = sizeof orders / sizeof *orders, MOST = 100 };

typedef struct {
    double eigenvalues[MOST], vectors[MOST * MOST];
    wn_eigen_report report;
} solution;

static double a[MOST * MOST], naive_values[MOST], naive_vectors[MOST * MOST];
static solution by_lapack, by_scalapack, alone;

static double dot(size_t n, const double *x, const double *y)
{
    long double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (long double)x[i] * (long double)y[i];
    return (double)sum;
}

static void check_values(size_t n_wanted, const solution *s)
{
    double largest = naive_values[0];
    size_t n_far = 0, n_unordered = 0, n_off = 0;
    for (size_t i = 0; i < n_wanted; i++) {
        double gap = fabs(s->eigenvalues[i] - naive_values[i]);
        n_far += !(gap <= 1e-12 * largest);
        n_off += naive_values[i] > 1e-6 * largest && !(gap <= 1e-10 * naive_values[i]);
        n_unordered += i > 0 && !(s->eigenvalues[i] <= s->eigenvalues[i - 1]);
    }
    CU_ASSERT_EQUAL(n_far, 0);
    CU_ASSERT_EQUAL(n_off, 0);
    CU_ASSERT_EQUAL(n_unordered, 0);
}

/* Orthonormal, in the span of naive vectors whose eigenvalues are near, largest entry positive. */
static void check_vectors(size_t n, size_t n_wanted, const solution *s)
{
    double worst_product = 0, worst_stray = 0, near = 1e-6 * naive_values[0];
    size_t n_negative = 0;
    for (size_t i = 0; i < n_wanted; i++) {
        const double *z = s->vectors + i * n;
        double stray = 0;
        size_t top = 0;
        for (size_t j = 0; j < n_wanted; j++)
            worst_product = fmax(worst_product, fabs(dot(n, z, s->vectors + j * n) - (i == j)));
        for (size_t j = 0; j < n; j++)
            if (fabs(naive_values[j] - naive_values[i]) > near)
                stray += pow(dot(n, z, naive_vectors + j * n), 2);
        for (size_t k = 1; k < n; k++)
            top = fabs(z[k]) > fabs(z[top]) ? k : top;
        n_negative += !(z[top] > 0);
        worst_stray = fmax(worst_stray, stray);
    }
    CU_ASSERT_TRUE(worst_product <= 1e-13 * (double)n);
    CU_ASSERT_TRUE(worst_stray <= 1e-15);
    CU_ASSERT_EQUAL(n_negative, 0);
}

static void check_report(size_t n, const wn_eigen_report *report, wn_solver solver)
{
    CU_ASSERT_EQUAL(report->solver, solver);
    CU_ASSERT_EQUAL(report->grid[0] * report->grid[1], solver == WN_SOLVER_LAPACK ? 1 : test_ranks.size);
    CU_ASSERT_TRUE(report->residual <= 1e-13 * (double)n);
    CU_ASSERT_TRUE(report->orthogonality <= 1e-13 * (double)n);
    if (solver == WN_SOLVER_SCALAPACK && test_ranks.size == 4)
        CU_ASSERT_TRUE(report->grid[0] == 2 && report->grid[1] == 2);
}

static bool solve(const wn_ranks *ranks, wn_solver solver, size_t n, size_t n_wanted, solution *s)
{
    memset(s, 0x7f, sizeof *s);
    return CHECK_OK(wn_eigen_solve(ranks, solver, n, a, n_wanted, s->eigenvalues, s->vectors, &s->report));
}

static void check_matrix(size_t n, size_t n_wanted)
{
    if (solve(&test_ranks, WN_SOLVER_LAPACK, n, n_wanted, &by_lapack)) {
        check_values(n_wanted, &by_lapack);
        check_vectors(n, n_wanted, &by_lapack);
        check_report(n, &by_lapack.report, WN_SOLVER_LAPACK);
    }
    if (solve(&test_ranks, WN_SOLVER_SCALAPACK, n, n_wanted, &by_scalapack)) {
        check_values(n_wanted, &by_scalapack);
        check_vectors(n, n_wanted, &by_scalapack);
        check_report(n, &by_scalapack.report, WN_SOLVER_SCALAPACK);
    }
}

/* Rank 0 turns the matrix and tells the others. */
static void solve_naively(size_t n)
{
    if (test_ranks.rank == 0)
        symmetric_jacobi(n, a, naive_values, naive_vectors);
    CHECK_OK(wn_ranks_broadcast(&test_ranks, 0, naive_values, sizeof naive_values));
    CHECK_OK(wn_ranks_broadcast(&test_ranks, 0, naive_vectors, sizeof naive_vectors));
}

static void test_against_naive(void)
{
    for (size_t o = 0; o < ORDERS; o++)
        for (int kind = 0; kind < SYMMETRIC_KINDS; kind++) {
            symmetric_fill((symmetric_kind)kind, orders[o], a);
            solve_naively(orders[o]);
            check_matrix(orders[o], orders[o]);
        }
}

static void test_some_wanted(void)
{
    static const size_t wanted[] = {1, 7, 39};
    for (int kind = 0; kind < SYMMETRIC_KINDS; kind++) {
        symmetric_fill((symmetric_kind)kind, 40, a);
        solve_naively(40);
        for (size_t i = 0; i < 3; i++)
            check_matrix(40, wanted[i]);
    }
}

/* LAPACK's result has the same bits at any rank count; ScaLAPACK's on all ranks of one run. */
static void test_same_bits(void)
{
    wn_ranks self = wn_ranks_of(MPI_COMM_SELF);
    for (size_t o = 0; o < ORDERS; o++) {
        size_t n = orders[o];
        symmetric_fill(SYMMETRIC_RANDOM, n, a);
        if (!solve(&test_ranks, WN_SOLVER_AUTO, n, n, &by_lapack) || !solve(&self, WN_SOLVER_LAPACK, n, n, &alone))
            return;
        CU_ASSERT_EQUAL(by_lapack.report.solver, WN_SOLVER_LAPACK);
        CU_ASSERT_EQUAL(memcmp(&by_lapack, &alone, sizeof alone), 0);
        if (!solve(&test_ranks, WN_SOLVER_SCALAPACK, n, n, &by_scalapack))
            return;
        memcpy(&alone, &by_scalapack, sizeof alone);
        CHECK_OK(wn_ranks_broadcast(&test_ranks, 0, &alone, sizeof alone));
        CU_ASSERT_EQUAL(memcmp(&by_scalapack, &alone, sizeof alone), 0);
    }
}

static void test_grid(void)
{
    static const int wanted[][2] = {{1, 1}, {1, 2}, {1, 3}, {2, 2}, {1, 5}, {2, 3}, {1, 7}, {2, 4}, {3, 3}};
    for (int size = 1; size <= 9; size++) {
        int grid[2];
        wn_eigen_grid(size, grid);
        CU_ASSERT_EQUAL(grid[0], wanted[size - 1][0]);
        CU_ASSERT_EQUAL(grid[1], wanted[size - 1][1]);
    }
}

/* On 4 ranks none holds half of the matrix, and the parts make the whole. */
static void test_parts(void)
{
    static const int sizes[] = {2, 5, 40, 100, 1000, 4097};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int grid[2], n = sizes[i], zero = 0;
        long long sum = 0;
        wn_eigen_grid(4, grid);
        int block = wn_eigen_block((size_t)n, grid);
        for (int row = 0; row < grid[0]; row++)
            for (int col = 0; col < grid[1]; col++) {
                long long part = (long long)numroc_(&n, &block, &row, &zero, &grid[0]) *
                                 (long long)numroc_(&n, &block, &col, &zero, &grid[1]);
                CU_ASSERT_TRUE(part > 0 && 2 * part < (long long)n * n);
                sum += part;
            }
        CU_ASSERT_EQUAL(sum, (long long)n * n);
    }
}

/* All ranks are told before a solver sees them. */
static void test_not_finite(void)
{
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    solution *s = &alone;
    for (size_t i = 0; i < 3; i++)
        for (int solver = WN_SOLVER_AUTO; solver <= WN_SOLVER_SCALAPACK; solver++) {
            symmetric_fill(SYMMETRIC_RANDOM, 5, a);
            a[1 * 5 + 3] = a[3 * 5 + 1] = bad[i];
            CU_ASSERT_EQUAL(
                wn_eigen_solve(&test_ranks, (wn_solver)solver, 5, a, 5, s->eigenvalues, s->vectors, &s->report),
                WN_BAD_DATA);
        }
}

static void test_refusals(void)
{
    a[0] = 1;
    solution *s = &alone;
    CU_ASSERT_EQUAL(wn_eigen_solve(&test_ranks, WN_SOLVER_AUTO, 0, a, 1, s->eigenvalues, s->vectors, &s->report),
                    WN_INTERNAL);
    CU_ASSERT_EQUAL(wn_eigen_solve(&test_ranks, WN_SOLVER_AUTO, 1, a, 0, s->eigenvalues, s->vectors, &s->report),
                    WN_INTERNAL);
    CU_ASSERT_EQUAL(wn_eigen_solve(&test_ranks, WN_SOLVER_AUTO, 1, a, 2, s->eigenvalues, s->vectors, &s->report),
                    WN_INTERNAL);
    CU_ASSERT_EQUAL(wn_eigen_solve(&test_ranks, WN_SOLVER_AUTO, 46341, a, 1, s->eigenvalues, s->vectors, &s->report),
                    WN_UNAVAILABLE);
}

/* One rank's failing allocation is every rank's status, and leaks nothing. */
static void fail_on(int rank, wn_solver solver)
{
    enum { N = 12, MOST_ALLOCATIONS = 100 };
    wn_status agreed = WN_NO_MEMORY;
    int64_t n_failed = 0;
    symmetric_fill(SYMMETRIC_RANDOM, N, a);
    for (int64_t nth = 1; nth < MOST_ALLOCATIONS && agreed == WN_NO_MEMORY; nth++) {
        size_t before = wn_memory_used();
        wn_memory_fail_at(test_ranks.rank == rank ? nth : 0);
        agreed = wn_eigen_solve(&test_ranks, solver, N, a, N, alone.eigenvalues, alone.vectors, &alone.report);
        wn_memory_fail_at(0);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
        n_failed += agreed == WN_NO_MEMORY;
    }
    CHECK_OK(agreed);
    CU_ASSERT_TRUE(n_failed > 0);
}

static void test_allocations(void)
{
    fail_on(0, WN_SOLVER_LAPACK);
    fail_on(0, WN_SOLVER_SCALAPACK);
    fail_on(test_ranks.size - 1, WN_SOLVER_SCALAPACK);
}

static const wn_test tests[] = {
    {"LAPACK and ScaLAPACK against Jacobi's rotations", test_against_naive},
    {"some eigenvalues wanted", test_some_wanted},
    {"same bits", test_same_bits},
    {"grid", test_grid},
    {"parts of the matrix", test_parts},
    {"entries that are not finite", test_not_finite},
    {"refusals", test_refusals},
    {"failing allocations", test_allocations},
};
TEST_MAIN("eigen", tests)
