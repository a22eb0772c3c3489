/* symmetric.h - symmetric matrices of known kinds, and their eigenvalues by a naive method in extended precision. */
#ifndef WINNOW_TESTS_REDUCE_SYMMETRIC_H
#define WINNOW_TESTS_REDUCE_SYMMETRIC_H

#include <stddef.h>

typedef enum {
    SYMMETRIC_RANDOM,
    SYMMETRIC_LOW_RANK,
    SYMMETRIC_REPEATED,
    SYMMETRIC_STEEP,
    SYMMETRIC_DIAGONAL,
    SYMMETRIC_ZERO,
    SYMMETRIC_KINDS
} symmetric_kind;

/* a (n, n), the same bits on every rank. No eigenvalue of it is negative. */
void symmetric_fill(symmetric_kind kind, size_t n, double *a);

/* Jacobi's rotations (Golub and Van Loan 8.5) in extended precision: eigenvalues (n) descending, vectors (n, n) one a
 * row, of any sign. */
void symmetric_jacobi(size_t n, const double *a, double *eigenvalues, double *vectors);

#endif
