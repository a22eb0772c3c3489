/* Windows that hold quantiles of a column, from a sample of it. */
#include "quantile_place.h"

#include "winnow/quantiles.h"
#include "winnow/radix_sort.h"

#include <math.h>
#include <string.h>

/* Places of a sample of n on either side of its quantile. */
static double window_spread(size_t n, double probability)
{
    return WN_WINDOW_ERRORS * sqrt((double)n * probability * (1 - probability)) + 2;
}

/* Where a window begins and ends in a sorted sample; below 0 and from n on there is no cell. */
static void window_places(size_t n, double probability, double *low, double *high)
{
    double spread = window_spread(n, probability);
    *low = probability * (double)n - spread;
    *high = probability * (double)n + spread;
}

double wn_window_share(size_t n, double probability)
{
    double share = n > 0 ? 2 * window_spread(n, probability) / (double)n : 1;
    return share < 1 ? share : 1;
}

/* A sample dealt by value into parts that are in order, each of a few cells where these lie evenly. */
enum { CELLS_A_PART = 16, MOST_PARTS = 2048 };

typedef struct {
    double *cells;
    size_t n_parts, end[MOST_PARTS]; /* where a part ends, and the next one begins */
    size_t n_sorted;                 /* the part before this number is sorted */
    double low, scale;
} dealt_sample;

/* The difference and the product round a larger cell to no less. */
static size_t part_of(const dealt_sample *dealt, double x)
{
    if (dealt->scale == 0)
        return 0;
    size_t part = (size_t)((x - dealt->low) * dealt->scale);
    return part < dealt->n_parts ? part : dealt->n_parts - 1;
}

static void cut(dealt_sample *dealt, const double *cells, size_t n)
{
    double high = cells[0];
    dealt->low = cells[0];
    for (size_t i = 0; i < n; i++) {
        dealt->low = cells[i] < dealt->low ? cells[i] : dealt->low;
        high = cells[i] > high ? cells[i] : high;
    }
    size_t n_parts = n / CELLS_A_PART;
    dealt->n_parts = n_parts < 1 ? 1 : n_parts > MOST_PARTS ? MOST_PARTS : n_parts;
    dealt->scale = (double)dealt->n_parts / (high - dealt->low);
    if (!isfinite(dealt->scale) || !isfinite(high - dealt->low))
        dealt->scale = 0;
}

static void deal(dealt_sample *dealt, const double *cells, size_t n)
{
    size_t first = 0;
    cut(dealt, cells, n);
    memset(dealt->end, 0, sizeof dealt->end);
    for (size_t i = 0; i < n; i++)
        dealt->end[part_of(dealt, cells[i])]++;
    for (size_t k = 0; k < dealt->n_parts; k++) {
        size_t many = dealt->end[k];
        dealt->end[k] = first;
        first += many;
    }
    for (size_t i = 0; i < n; i++)
        dealt->cells[dealt->end[part_of(dealt, cells[i])]++] = cells[i];
}

/* The cell that would lie there if all were sorted: its part is, once where parts are asked for in turn. */
static double sorted_cell(dealt_sample *dealt, size_t place)
{
    size_t part = part_of(dealt, dealt->cells[place]), first = part > 0 ? dealt->end[part - 1] : 0;
    if (dealt->n_sorted != part + 1)
        wn_doubles_sort(dealt->cells + first, dealt->end[part] - first);
    dealt->n_sorted = part + 1;
    return dealt->cells[place];
}

void wn_windows_of_sample(const double *cells, double *scratch, size_t n, size_t n_probabilities,
                          const double *probability, wn_window *windows)
{
    dealt_sample dealt = {.cells = scratch};
    if (n > 0)
        deal(&dealt, cells, n);
    for (size_t k = 0; k < n_probabilities; k++) {
        double low, high;
        window_places(n, probability[k], &low, &high);
        windows[k] = (wn_window){low >= 0 ? sorted_cell(&dealt, (size_t)low) : -(double)INFINITY,
                                 high < (double)n ? sorted_cell(&dealt, (size_t)high) : (double)INFINITY};
    }
}
