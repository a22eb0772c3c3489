/* column_bins.h - the bins that a run of cells of one column lies in (column_run.h), by vectors. Private to src/stats.
 * A bin is a number of edges that are <= the cell: every kernel gives the same. */
#ifndef WINNOW_STATS_COLUMN_BINS_H
#define WINNOW_STATS_COLUMN_BINS_H

#include "winnow/cells.h"

#include <stdint.h>

enum {
    WN_MOST_BINS = 256,
    WN_BIN_PLACES = 32, /* places that are searched without memory: the fewest there are */
};

/* A column's edges, ascending and filled up by NaN, which no cell reaches. Borrowed. */
typedef struct {
    size_t n_edges, n_places; /* n_places: a power of two above n_edges */
    const double *edges;      /* (n_places) */
    const float *floats;      /* (n_places) the least floats that are not below them: a float lies on the same side */
} wn_bin_edges;

/* Local. Places for n_bins bins; the edges as floats. */
size_t wn_bin_places(size_t n_bins);
void wn_bin_floats(const double *edges, size_t n, float *floats);

/* Local. The number of edges <= x, and how many of n cells (whole steps of a run) are there, into bins[n]; of one that
 * is missing it is 0. */
size_t wn_bin_of(const wn_bin_edges *edges, double x);
size_t wn_column_bins(const wn_bin_edges *edges, wn_cells run, size_t n, uint16_t *bins);

/* The kernels of a processor with AVX2, for few edges, and with AVX-512; the caller has asked for it. */
#ifdef __x86_64__
enum { WN_FEW_EDGES = 63 };
size_t wn_column_bins_avx2(const wn_bin_edges *edges, wn_cells run, size_t n, uint16_t *bins);
size_t wn_column_bins_avx512(const wn_bin_edges *edges, wn_cells run, size_t n, uint16_t *bins);
#endif

#endif
