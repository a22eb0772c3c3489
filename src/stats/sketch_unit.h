/* sketch_unit.h - the weight of a sketch's sums. Private to src/stats. */
#ifndef WINNOW_STATS_SKETCH_UNIT_H
#define WINNOW_STATS_SKETCH_UNIT_H

#include <math.h>

enum { WN_SKETCH_BITS = 61 };

/* Local. The exponent of a sum's weight, by a bound of it. Where even the largest entry rounds to nothing, any unit
 * will do. */
static inline int wn_sketch_unit(double bound)
{
    return bound > 0 ? ilogb(bound) + 1 - WN_SKETCH_BITS : 0;
}

#endif
