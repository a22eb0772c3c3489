/* bin_codes.h - cells cut into at most 256 bins, one byte each: what a forest grows on. */
#ifndef WINNOW_BIN_CODES_H
#define WINNOW_BIN_CODES_H

#include "winnow/status.h"

#include <stdint.h>

enum { WN_BIN_CODES_MOST_EDGES = 255 };

typedef struct wn_bin_codes wn_bin_codes;

/* Local. Quantile edges of a column, of its sorted sample (n, no NaN): ascending, different, at most most_edges
 * (1 .. WN_BIN_CODES_MOST_EDGES) of them. Where the sample has no more values than that, every value but the least is
 * an edge. Returns how many; edges (most_edges). */
size_t wn_bin_codes_edges(const double *sorted, size_t n, size_t most_edges, double *edges);

/* Local. For n_features columns, n_edges[f] ascending edges each, column by column behind each other. Copied. The
 * caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_bin_codes_new(wn_bin_codes **bin_codes, size_t n_features, const size_t *n_edges,
                                       const double *edges);
void wn_bin_codes_free(wn_bin_codes *bin_codes);

/* Local. One more than the most edges of a column: every code is below it. */
size_t wn_bin_codes_count(const wn_bin_codes *bin_codes);

/* Local. The codes (n_rows, n_features) of cells (n_rows, n_features): how many of its column's edges are <= the cell
 * (NumPy's searchsorted(edges, x, side='right')); NaN, which cleaning leaves none of, gets 0. */
void wn_bin_codes_fill(const wn_bin_codes *bin_codes, const double *cells, size_t n_rows, uint8_t *codes);

#endif
