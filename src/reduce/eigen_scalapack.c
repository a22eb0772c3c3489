/* PDSYEVR of ScaLAPACK 2.2.1, for all eigenvalues: asked for some (range I) it returns wrong ones, with info 0.
 * (PDSYEVD of the same release returns wrong vectors for small matrices.) */
#include "eigen_solvers.h"

#include "winnow/memory.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* BLACS and ScaLAPACK ship no C header. */
int Csys2blacs_handle(MPI_Comm comm);
void Cfree_blacs_system_handle(int handle);
void Cblacs_gridinit(int *context, const char *order, int n_rows, int n_cols);
void Cblacs_gridinfo(int context, int *n_rows, int *n_cols, int *row, int *col);
void Cblacs_gridexit(int context);
int numroc_(const int *n, const int *block, const int *process, const int *source, const int *n_processes);
void descinit_(int *descriptor, const int *m, const int *n, const int *block_rows, const int *block_cols,
               const int *source_row, const int *source_col, const int *context, const int *leading, int *info);
void pdsyevr_(const char *job, const char *range, const char *triangle, const int *n, double *a, const int *ia,
              const int *ja, const int *desc_a, const double *lower, const double *upper, const int *first,
              const int *last, int *found, int *n_vectors, double *values, double *z, const int *iz, const int *jz,
              const int *desc_z, double *work, const int *n_work, int *iwork, const int *n_iwork, int *info);

void wn_eigen_grid(int size, int grid[2])
{
    grid[0] = 1;
    for (int r = 1; r * r <= size; r++)
        if (size % r == 0)
            grid[0] = r;
    grid[1] = size / grid[0];
}

int wn_eigen_block(size_t n, const int grid[2])
{
    int side = (int)n / grid[1];
    return side < 1 ? 1 : side > 32 ? 32 : side;
}

/* This rank's place in the grid and its part of the matrices, block-cyclic. */
typedef struct {
    int context, handle, row, col, block;
    int n, n_local_rows, n_local_cols;
    int grid[2], descriptor[9];
    double *a, *z, *values, *work;
    int *iwork;
} grid_part;

static int global_index(int local, int block, int process, int n_processes)
{
    return (local / block * n_processes + process) * block + local % block;
}

static wn_status lay_out(grid_part *part, const double *a)
{
    wn_status status = WN_OK;
    size_t n = (size_t)part->n, n_local = (size_t)part->n_local_rows * (size_t)part->n_local_cols;
    TRY(wn_new(&part->a, n_local + 1));
    TRY(wn_new(&part->z, n_local + 1));
    TRY(wn_new(&part->values, n));
    for (int j = 0; j < part->n_local_cols; j++) {
        size_t column = (size_t)global_index(j, part->block, part->col, part->grid[1]);
        for (int i = 0; i < part->n_local_rows; i++) {
            size_t row = (size_t)global_index(i, part->block, part->row, part->grid[0]);
            part->a[(size_t)j * (size_t)part->n_local_rows + (size_t)i] = a[row * n + column];
        }
    }
done:
    return status;
}

static wn_status describe(grid_part *part)
{
    int zero = 0, info = 0, leading = part->n_local_rows > 1 ? part->n_local_rows : 1;
    descinit_(part->descriptor, &part->n, &part->n, &part->block, &part->block, &zero, &zero, &part->context, &leading,
              &info);
    return info == 0 ? WN_OK : wn_fail(WN_INTERNAL, "ScaLAPACK's descinit: info %d", info);
}

/* One call of PDSYEVR: with n_work -1 it only asks for its workspace. */
static int call_solver(grid_part *part, int n_work, int n_iwork, double *work, int *iwork, int *found)
{
    int one = 1, n_vectors = 0, info = 0;
    double unused = 0;
    pdsyevr_("V", "A", "U", &part->n, part->a, &one, &one, part->descriptor, &unused, &unused, &one, &part->n, found,
             &n_vectors, part->values, part->z, &one, &one, part->descriptor, work, &n_work, iwork, &n_iwork, &info);
    return info;
}

static wn_status new_workspace(grid_part *part, int *n_work, int *n_iwork)
{
    wn_status status = WN_OK;
    double wanted[3] = {0};
    int iwanted[3] = {0}, found = 0;
    int info = call_solver(part, -1, -1, wanted, iwanted, &found);
    if (info != 0)
        return wn_fail(WN_INTERNAL, "ScaLAPACK's pdsyevr refuses a matrix of order %d: info %d", part->n, info);
    if (!(wanted[0] <= INT_MAX))
        return wn_fail(WN_UNAVAILABLE,
                       "ScaLAPACK's pdsyevr wants too much workspace for a matrix of order %d; more "
                       "ranks need less each",
                       part->n);
    *n_work = (int)wanted[0];
    *n_iwork = iwanted[0];
    TRY(wn_new(&part->work, (size_t)*n_work));
    TRY(wn_new(&part->iwork, (size_t)*n_iwork));
done:
    return status;
}

/* The parts of the last n_wanted vectors that lie here, at their place in a whole that is zero elsewhere; ranks add
 * theirs as bits, exactly. */
static void place_vectors(const grid_part *part, size_t n_wanted, double *vectors)
{
    size_t n = (size_t)part->n, n_unwanted = n - n_wanted;
    memset(vectors, 0, n * n_wanted * sizeof *vectors);
    for (int j = 0; j < part->n_local_cols; j++) {
        size_t vector = (size_t)global_index(j, part->block, part->col, part->grid[1]);
        if (vector < n_unwanted)
            continue;
        for (int i = 0; i < part->n_local_rows; i++) {
            size_t entry = (size_t)global_index(i, part->block, part->row, part->grid[0]);
            vectors[(vector - n_unwanted) * n + entry] = part->z[(size_t)j * (size_t)part->n_local_rows + (size_t)i];
        }
    }
}

/* All eigenvalues are there, each as often as it should be: they sum to the trace. */
static bool is_complete(const grid_part *part, const double *a)
{
    size_t n = (size_t)part->n;
    long double trace = 0, sum = 0, largest = 0;
    for (size_t i = 0; i < n; i++) {
        trace += (long double)a[i * n + i];
        sum += (long double)part->values[i];
        largest = fmaxl(largest, fabsl((long double)part->values[i]));
    }
    return fabsl(sum - trace) <= (long double)n * 1e-13L * largest;
}

static wn_status solve(const wn_ranks *ranks, grid_part *part, const double *a, size_t n_wanted, double *eigenvalues,
                       double *vectors)
{
    wn_status status = WN_OK;
    int n_work = 0, n_iwork = 0, found = 0;
    TRY(wn_ranks_agree(ranks, lay_out(part, a)));
    TRY(wn_ranks_agree(ranks, describe(part)));
    TRY(wn_ranks_agree(ranks, new_workspace(part, &n_work, &n_iwork)));
    int info = call_solver(part, n_work, n_iwork, part->work, part->iwork, &found);
    if (info != 0 || found != part->n)
        status = wn_fail(WN_INTERNAL, "ScaLAPACK's pdsyevr: info %d, %d of %d eigenvalues", info, found, part->n);
    else if (!is_complete(part, a))
        status = wn_fail(WN_INTERNAL, "ScaLAPACK's pdsyevr: wrong eigenvalues, their sum is not the trace");
    TRY(wn_ranks_agree(ranks, status));
    memcpy(eigenvalues, part->values + (size_t)part->n - n_wanted, n_wanted * sizeof *eigenvalues);
    place_vectors(part, n_wanted, vectors);
    _Static_assert(sizeof(double) == sizeof(int64_t), "a double travels as its bits");
    TRY(wn_ranks_sum(ranks, (int64_t *)(void *)vectors, n_wanted * (size_t)part->n));
done:
    return status;
}

wn_status wn_eigen_scalapack(const wn_ranks *ranks, size_t n, const double *a, size_t n_wanted, double *eigenvalues,
                             double *vectors, int grid[2])
{
    grid_part part = {.n = (int)n};
    int zero = 0;
    wn_eigen_grid(ranks->size, part.grid);
    part.block = wn_eigen_block(n, part.grid);
    part.handle = Csys2blacs_handle(ranks->comm);
    part.context = part.handle;
    Cblacs_gridinit(&part.context, "Row", part.grid[0], part.grid[1]);
    Cblacs_gridinfo(part.context, &part.grid[0], &part.grid[1], &part.row, &part.col);
    part.n_local_rows = numroc_(&part.n, &part.block, &part.row, &zero, &part.grid[0]);
    part.n_local_cols = numroc_(&part.n, &part.block, &part.col, &zero, &part.grid[1]);
    wn_status status = solve(ranks, &part, a, n_wanted, eigenvalues, vectors);
    memcpy(grid, part.grid, sizeof part.grid);
    Cblacs_gridexit(part.context);
    Cfree_blacs_system_handle(part.handle);
    wn_free(part.iwork);
    wn_free(part.work);
    wn_free(part.values);
    wn_free(part.z);
    wn_free(part.a);
    return status;
}
