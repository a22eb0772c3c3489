/* orthonormal.h - rows of length 1 that stand upright on each other. Private to src/reduce. */
#ifndef WINNOW_REDUCE_ORTHONORMAL_H
#define WINNOW_REDUCE_ORTHONORMAL_H

#include "winnow/status.h"

#include <stddef.h>

/* Local. basis (n_before + n, p) has n_before orthonormal rows; its last n become orthonormal, too, and upright on the
 * others, of the same span with them. *left: what of their length was upright, as a share. Where that is nothing, they
 * are any such rows. Fails: WN_INTERNAL, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_orthonormal_extend(size_t n_before, size_t n, size_t p, double *basis, double *left);

/* Local. *error = max |V V' - I| of rows V (n, p). Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_orthonormal_check(size_t n, size_t p, const double *rows, double *error);

#endif
