/* eigen_solvers.h - the two solvers behind wn_eigen_solve. Private to src/reduce. */
#ifndef WINNOW_EIGEN_SOLVERS_H
#define WINNOW_EIGEN_SOLVERS_H

#include "winnow/eigen.h"

/* Local. The n_wanted largest eigenvalues, ascending as LAPACK has them, and vectors (n_wanted, n), one a row, by
 * dsyevr. */
WN_MUST_USE wn_status wn_eigen_lapack(size_t n, const double *a, size_t n_wanted, double *eigenvalues, double *vectors);

/* Collective. The same by PDSYEVR on a grid over all ranks; every rank gets the result. grid is what was used. */
WN_MUST_USE wn_status wn_eigen_scalapack(const wn_ranks *ranks, size_t n, const double *a, size_t n_wanted,
                                         double *eigenvalues, double *vectors, int grid[2]);

/* Local. Rows and columns of a grid over `size` ranks: the most nearly square pair whose product is size. */
void wn_eigen_grid(int size, int grid[2]);

/* Local. Side of the square blocks that a matrix is dealt in: 32, less for a small one, so that every row and column of
 * the grid gets some. */
int wn_eigen_block(size_t n, const int grid[2]);

#endif
