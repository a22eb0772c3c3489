/* transform.h - what is done with a cleaned cell before it is normalized. Not linear: so it comes before the sums that
 * everything else follows from. */
#ifndef WINNOW_PREPARE_TRANSFORM_H
#define WINNOW_PREPARE_TRANSFORM_H

#include "winnow/recipe.h"

#include <math.h>

/* Local. The cell, or sign(x) log(1 + |x|) of it: it ascends, so that order, least and greatest stay. */
static inline double wn_transform_apply(wn_transform transform, double cell)
{
    return transform == WN_TRANSFORM_LOG ? copysign(log1p(fabs(cell)), cell) : cell;
}

#endif
