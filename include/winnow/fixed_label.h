/* fixed_label.h - a real label as a whole number of units, so that its sums are exact. */
#ifndef WINNOW_FIXED_LABEL_H
#define WINNOW_FIXED_LABEL_H

#include <stddef.h>
#include <stdint.h>

/* number = round((label - centre) / unit); unit is a power of two. */
typedef struct {
    double centre, unit;
} wn_fixed_label;

/* Local. The scale for labels between least and most, of a table of n_rows rows: numbers are at most 2^26 in size, and
 * so small that sums over all rows, each taken 16 times, stay below 2^62. */
wn_fixed_label wn_fixed_label_of(double least, double most, int64_t n_rows);

/* Local. The numbers (n) of labels (n) within the scale's bounds; those outside get the bound, NaN 0. */
void wn_fixed_label_fill(wn_fixed_label scale, const double *labels, size_t n, int32_t *numbers);

#endif
