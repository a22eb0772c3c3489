/* quantile_place.h - where a quantile lies among n values. Private to src/stats. */
#ifndef WINNOW_STATS_QUANTILE_PLACE_H
#define WINNOW_STATS_QUANTILE_PLACE_H

#include <stdint.h>

/* Local. The order statistics around (n - 1) p: numbers from 0, and the weight of the upper one. */
void wn_order_statistics(int64_t n, double probability, int64_t *lower, int64_t *upper, double *weight);

/* How many standard errors of a quantile's rank a window ends away from it: misses are rare among ten thousands of
 * windows. */
enum { WN_WINDOW_ERRORS = 6 };

/* Local. NumPy's rule for a point between two values, which is exact at both ends. */
double wn_between(double a, double b, double weight);

#endif
