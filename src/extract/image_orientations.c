#include "winnow/image_orientations.h"

#include "winnow/memory.h"

#include <math.h>
#include <string.h>

struct wn_orientations {
    wn_image_shape shape;
    size_t cell, bins, n_down, n_along;
    double cosine[WN_ORIENTATION_BINS], sine[WN_ORIENTATION_BINS]; /* (bins) of the directions where bins begin */
};

static wn_status check(wn_image_shape shape, size_t cell, size_t bins)
{
    if (cell < 1 || cell > shape.height || cell > shape.width)
        return wn_fail(WN_BAD_JOB, "cells of %zu pixels do not fit an image of %zu x %zu", cell, shape.height,
                       shape.width);
    if (bins < 1 || bins > WN_ORIENTATION_BINS)
        return wn_fail(WN_BAD_JOB, "1 to %d bins of orientations, not %zu", (int)WN_ORIENTATION_BINS, bins);
    return WN_OK;
}

wn_status wn_orientations_new(wn_orientations **orientations, wn_image_shape shape, size_t cell, size_t bins)
{
    wn_status status = WN_OK;
    wn_orientations *made = NULL;
    TRY(check(shape, cell, bins));
    TRY(wn_new(&made, 1));
    made->shape = shape;
    made->cell = cell;
    made->bins = bins;
    made->n_down = shape.height / cell;
    made->n_along = shape.width / cell;
    for (size_t b = 0; b < bins; b++) {
        made->cosine[b] = cos(M_PI * (double)b / (double)bins);
        made->sine[b] = sin(M_PI * (double)b / (double)bins);
    }
    *orientations = made;
done:
    return status;
}

void wn_orientations_free(wn_orientations *orientations)
{
    wn_free(orientations);
}

void wn_orientations_shape(const wn_orientations *orientations, size_t *down, size_t *along, size_t *bins)
{
    *down = orientations->n_down;
    *along = orientations->n_along;
    *bins = orientations->bins;
}

/* The bin of every pixel, as a double, in the place of `down`, and the magnitude in that of `along`. Without sign a
 * direction is turned into the upper half plane; its bin is the number of beginnings of bins that it is not to the
 * right of. */
static void find_bins(const wn_orientations *o, size_t n, double *restrict down, double *restrict along)
{
    double bin[256];
    for (size_t first = 0; first < n; first += 256) {
        size_t part = n - first < 256 ? n - first : 256;
        double *restrict y = down + first, *restrict x = along + first;
        for (size_t i = 0; i < part; i++) {
            double sign = y[i] < 0 || (y[i] == 0 && x[i] < 0) ? -1 : 1;
            y[i] *= sign;
            x[i] *= sign;
            bin[i] = 0;
        }
        for (size_t b = 1; b < o->bins; b++)
            for (size_t i = 0; i < part; i++)
                bin[i] += o->cosine[b] * y[i] - o->sine[b] * x[i] >= 0 ? 1 : 0;
        for (size_t i = 0; i < part; i++) {
            x[i] = sqrt(x[i] * x[i] + y[i] * y[i]);
            y[i] = bin[i];
        }
    }
}

/* Adds the pixels of one row of cells to their histograms. */
static void add_cells(const wn_orientations *o, const double *bin, const double *magnitude, double *histograms)
{
    for (size_t y = 0; y < o->cell; y++, bin += o->shape.width, magnitude += o->shape.width)
        for (size_t c = 0; c < o->n_along; c++)
            for (size_t x = c * o->cell; x < (c + 1) * o->cell; x++)
                histograms[c * o->bins + (size_t)bin[x]] += magnitude[x];
}

static void scale(double *histogram, size_t n)
{
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += histogram[i] * histogram[i];
    if (squares == 0)
        return;
    double length = sqrt(squares);
    for (size_t i = 0; i < n; i++)
        histogram[i] /= length;
}

void wn_orientations_apply(const wn_orientations *orientations, const double *image, double *scratch,
                           double *histograms)
{
    const wn_orientations *o = orientations;
    size_t n = o->shape.height * o->shape.width, n_cells = o->n_down * o->n_along;
    double *down = scratch + n, *along = scratch + 2 * n;
    wn_image_gradient(image, o->shape, scratch, down, along);
    find_bins(o, n, down, along);
    memset(histograms, 0, n_cells * o->bins * sizeof *histograms);
    for (size_t r = 0; r < o->n_down; r++) {
        size_t first = r * o->cell * o->shape.width;
        add_cells(o, down + first, along + first, histograms + r * o->n_along * o->bins);
    }
    for (size_t c = 0; c < n_cells; c++)
        scale(histograms + c * o->bins, o->bins);
}
