/* eigen.h - eigenvalues and vectors of a symmetric matrix, by LAPACK on one rank or by ScaLAPACK on a grid over all. */
#ifndef WINNOW_EIGEN_H
#define WINNOW_EIGEN_H

#include "winnow/ranks.h"

typedef enum { WN_SOLVER_AUTO, WN_SOLVER_LAPACK, WN_SOLVER_SCALAPACK, WN_SOLVER_RANDOMIZED } wn_solver;

/* Up to which order AUTO is LAPACK. */
enum { WN_LAPACK_ORDER = 4096 };

/* What a solver did. */
typedef struct {
    wn_solver solver;     /* never AUTO */
    int grid[2];          /* process rows and columns; 1 x 1 for LAPACK */
    double residual;      /* max |A Z - Z L| / |A|, checked */
    double orthogonality; /* max |Z'Z - I|, checked */
} wn_eigen_report;

/* Collective. The n_wanted largest eigenvalues, descending, and their vectors of the symmetric matrix a (n, n), which
 * all ranks hold. vectors (n_wanted, n): one a row, its entry of largest absolute value positive (the first of equals).
 * LAPACK (dsyevr) runs on rank 0, which shares the result; ScaLAPACK (PDSYEVR, block-cyclic) on the most nearly square
 * grid over the ranks, each of which holds only its part of the matrix beside `a`. Eigenvalues are then refined by
 * Rayleigh quotients in extended precision, so that small ones keep their digits beside large ones. AUTO is LAPACK up
 * to WN_LAPACK_ORDER; RANDOMIZED is none of these (randomized.h). Fails: WN_INTERNAL where a solver says so or the
 * residual or the orthogonality exceeds n x 1e-13; WN_BAD_DATA where an entry is not finite; WN_UNAVAILABLE above order
 * 46340; WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_eigen_solve(const wn_ranks *ranks, wn_solver solver, size_t n, const double *a,
                                     size_t n_wanted, double *eigenvalues, double *vectors, wn_eigen_report *report);

#endif
