/* eigen_signs.h - which of an eigenvector's two signs is told. Private to src/reduce. */
#ifndef WINNOW_REDUCE_EIGEN_SIGNS_H
#define WINNOW_REDUCE_EIGEN_SIGNS_H

#include <stddef.h>

/* Local. Turns a vector (n) so that its entry of largest absolute value, the first of equals, is positive. */
void wn_eigen_fix_sign(size_t n, double *vector);

#endif
