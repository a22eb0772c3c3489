/* image_orientations.h - which directions an image's edges have, cell by cell: histograms of gradients (Dalal and
 * Triggs 2005, without blocks). Use it where a shape matters more than its place; for single pixels see image_edges.h.
 *
 * The gradient is that of image_edges.h. Its direction counts without sign, 0 to 180 degrees from the direction along a
 * row, in `bins` equal bins, [0, 180 / bins) being the first, weighted by the magnitude; each cell's histogram is
 * divided by its Euclidean length (a cell without gradient stays zero). Pixels right of and below the last whole cell
 * do not count. */
#ifndef WINNOW_IMAGE_ORIENTATIONS_H
#define WINNOW_IMAGE_ORIENTATIONS_H

#include "winnow/image_edges.h"

enum { WN_ORIENTATION_BINS = 64 };

typedef struct wn_orientations wn_orientations;

/* Local. For cells of cell x cell pixels and 1 to WN_ORIENTATION_BINS bins. The caller frees it. Fails: WN_BAD_JOB (a
 * cell larger than the image, bins out of range), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_orientations_new(wn_orientations **orientations, wn_image_shape shape, size_t cell,
                                          size_t bins);
void wn_orientations_free(wn_orientations *orientations);

/* Local. The shape of the result: whole cells down and along, bins. */
void wn_orientations_shape(const wn_orientations *orientations, size_t *down, size_t *along, size_t *bins);

/* Local. Fills histograms (down, along, bins). scratch holds wn_image_scratch_size doubles. */
void wn_orientations_apply(const wn_orientations *orientations, const double *image, double *scratch,
                           double *histograms);

#endif
