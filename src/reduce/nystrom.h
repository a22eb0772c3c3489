/* nystrom.h - eigenvalues and vectors of a large matrix from its product with a few directions. Private to src/reduce.
 */
#ifndef WINNOW_REDUCE_NYSTROM_H
#define WINNOW_REDUCE_NYSTROM_H

#include "winnow/status.h"

#include <stddef.h>

/* Directions Q (l, p), orthonormal rows, and their products W = Q A with a symmetric matrix A (p, p) that has no
 * negative eigenvalue. */
typedef struct {
    size_t l, p;
    const double *directions, *products;
    double precision; /* of the products, as a share of the largest */
} wn_nystrom;

/* Local. The l eigenvalues of W'(Q W')^-1 W, descending, of which none exceeds A's. root (l, p) is scratch: its Gram
 * matrix has these eigenvalues, shifted by *shift. Fails: WN_INTERNAL, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_nystrom_values(const wn_nystrom *nystrom, double *root, double *values, double *shift);

/* Local. The same with eigenvectors (l, p), one a row. vectors may be the products. Fails: as above. */
WN_MUST_USE wn_status wn_nystrom_vectors(const wn_nystrom *nystrom, double *root, double *values, double *vectors);

#endif
