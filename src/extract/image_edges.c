#include "winnow/image_edges.h"

#include <math.h>

size_t wn_image_scratch_size(wn_image_shape shape)
{
    return 3 * shape.height * shape.width;
}

static void average_channels(const double *restrict image, wn_image_shape shape, double *restrict plane)
{
    size_t n = shape.height * shape.width;
    double divisor = (double)shape.channels;
    if (shape.channels == 1) {
        for (size_t i = 0; i < n; i++)
            plane[i] = image[i];
        return;
    }
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t c = 0; c < shape.channels; c++)
            sum += image[i * shape.channels + c];
        plane[i] = sum / divisor;
    }
}

/* A row's derivatives from itself and the rows above and below; left and right are the neighbours of pixel x, which
 * at the border is its own neighbour. */
static void pixel(const double *above, const double *row, const double *below, size_t left, size_t x, size_t right,
                  double *down, double *along)
{
    down[x] = (below[left] - above[left]) + 2 * (below[x] - above[x]) + (below[right] - above[right]);
    along[x] = (above[right] - above[left]) + 2 * (row[right] - row[left]) + (below[right] - below[left]);
}

static void gradient_of_row(const double *restrict above, const double *restrict row, const double *restrict below,
                            size_t width, double *restrict down, double *restrict along)
{
    size_t last = width - 1;
    pixel(above, row, below, 0, 0, last > 0, down, along);
    for (size_t x = 1; x < last; x++)
        pixel(above, row, below, x - 1, x, x + 1, down, along);
    if (last > 0)
        pixel(above, row, below, last - 1, last, last, down, along);
}

void wn_image_gradient(const double *image, wn_image_shape shape, double *plane, double *down, double *along)
{
    size_t width = shape.width;
    if (width == 0)
        return;
    average_channels(image, shape, plane);
    for (size_t y = 0; y < shape.height; y++) {
        const double *row = plane + y * width;
        const double *above = y > 0 ? row - width : row, *below = y + 1 < shape.height ? row + width : row;
        gradient_of_row(above, row, below, width, down + y * width, along + y * width);
    }
}

void wn_image_edges(const double *image, wn_image_shape shape, double *scratch, double *edges)
{
    size_t n = shape.height * shape.width;
    double *restrict down = scratch + n, *restrict along = scratch + 2 * n;
    wn_image_gradient(image, shape, scratch, down, along);
    for (size_t i = 0; i < n; i++)
        edges[i] = sqrt(down[i] * down[i] + along[i] * along[i]);
}
