/* orthonormal.h - rows of length 1 that stand upright on each other. Private to src/reduce. */
#ifndef WINNOW_REDUCE_ORTHONORMAL_H
#define WINNOW_REDUCE_ORTHONORMAL_H

#include "winnow/status.h"

#include <stddef.h>

/* Local. Replaces rows (l, p), l <= p, by orthonormal ones of the same span (QR by reflections: also where the rows
 * depend on each other). Fails: WN_INTERNAL, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_orthonormal_make(size_t l, size_t p, double *rows);

/* Local. *error = max |V V' - I| of rows V (l, p). Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_orthonormal_check(size_t l, size_t p, const double *rows, double *error);

#endif
