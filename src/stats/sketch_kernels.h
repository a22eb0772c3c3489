/* sketch_kernels.h - what a sketch does to every cell: rows centred, products rounded. Private to src/stats.
 * Every kernel does the same operations on a cell, and so gives the same bits. */
#ifndef WINNOW_STATS_SKETCH_KERNELS_H
#define WINNOW_STATS_SKETCH_KERNELS_H

#include "winnow/cells.h"

#include <stdint.h>

/* Local. (cell - centre) x factor in double, for n cells of either width, into a row of either width. */
void wn_sketch_centre(wn_cells cells, const double *centre, const double *factor, size_t n, wn_cells row);

/* Local. Adds products (n) x per_unit (n), powers of two, rounded to the nearest integer (ties to even), to sums (n);
 * they are below 2^62 in size. */
void wn_sketch_round(wn_cells products, const double *per_unit, size_t n, int64_t *sums);

#endif
