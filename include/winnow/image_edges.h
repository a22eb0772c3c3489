/* image_edges.h - how steep an image is at every pixel: the magnitude of Sobel's gradient.
 * Use it for outlines; for the shares of directions in cells see image_orientations.h. */
#ifndef WINNOW_IMAGE_EDGES_H
#define WINNOW_IMAGE_EDGES_H

#include "winnow/status.h"

#include <stddef.h>

/* The shape of an image: its values lie (height, width, channels). */
typedef struct {
    size_t height, width, channels;
} wn_image_shape;

/* Local. Doubles of scratch that the functions of images need for this shape: three planes. */
size_t wn_image_scratch_size(wn_image_shape shape);

/* Local. The derivatives down the rows and along the columns, two planes (height, width), of the mean of the channels:
 * scipy.ndimage.sobel by axis, whose default mode 'reflect' repeats the border pixel ('nearest' is the same for a
 * kernel of three). plane is scratch of one plane; nothing overlaps. A NaN spreads to its neighbours. */
void wn_image_gradient(const double *image, wn_image_shape shape, double *plane, double *down, double *along);

/* Local. sqrt(down^2 + along^2) of every pixel into edges (height, width), in the order of the pixels. scratch holds
 * wn_image_scratch_size doubles. */
void wn_image_edges(const double *image, wn_image_shape shape, double *scratch, double *edges);

#endif
