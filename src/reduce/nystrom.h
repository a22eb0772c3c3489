/* nystrom.h - eigenvalues and vectors of a large matrix from its products with a few directions. Private to src/reduce.
 */
#ifndef WINNOW_REDUCE_NYSTROM_H
#define WINNOW_REDUCE_NYSTROM_H

#include "winnow/status.h"

#include <stddef.h>

/* Directions Q (n, p), orthonormal rows, and their products W = Q A with a symmetric matrix A (p, p) that has no
 * negative eigenvalue. Told is of W'(Q W')^-1 W, which is A as far as the products show it and exceeds it nowhere. */
typedef struct {
    size_t n, p;
    double *directions, *products;
    double precision; /* of the products, as a share of the largest */
} wn_nystrom;

/* Local. The n eigenvalues, descending, to half the digits: those that are small beside the first lose theirs. Fails:
 * WN_INTERNAL, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_nystrom_values(const wn_nystrom *nystrom, double *values);

/* Local. The same to all digits, and eigenvectors (n, p), one a row, in place of the directions; the products are used
 * up. Fails: as above. */
WN_MUST_USE wn_status wn_nystrom_vectors(const wn_nystrom *nystrom, double *values);

#endif
