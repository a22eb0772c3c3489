/* One quantile of values that need not be sorted for it. */
#include "quantile_place.h"

#include "winnow/quantiles.h"

#include <math.h>

static void swap(double *a, double *b)
{
    double kept = *a;
    *a = *b;
    *b = kept;
}

static double middle_of(double a, double b, double c)
{
    return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/* Puts those below the pivot (and those equal to it, where asked) first; returns how many. No branch depends on a
 * value. */
static size_t part(double *values, size_t n, double pivot, bool takes_equal)
{
    size_t n_first = 0;
    for (size_t i = 0; i < n; i++) {
        double value = values[i];
        values[i] = values[n_first];
        values[n_first] = value;
        n_first += (size_t)(value < pivot) | ((size_t)(value == pivot) & (size_t)takes_equal);
    }
    return n_first;
}

/* Hoare's selection: afterwards values[place] is what it would be if they were sorted, none before it is larger and
 * none behind it is smaller. Where nothing is below the pivot, those equal to it are parted off, so that many equal
 * values take no longer. */
static void place_one(double *values, size_t n, size_t place)
{
    while (n > 1) {
        double pivot = middle_of(values[0], values[n / 2], values[n - 1]);
        size_t n_first = part(values, n, pivot, false);
        if (n_first == 0) {
            n_first = part(values, n, pivot, true);
            if (place < n_first)
                return;
        }
        if (place < n_first) {
            n = n_first;
            continue;
        }
        values += n_first;
        n -= n_first;
        place -= n_first;
    }
}

double wn_quantile_select(double *values, size_t n, double probability)
{
    int64_t lower, upper;
    double weight;
    if (n == 0)
        return NAN;
    wn_order_statistics((int64_t)n, probability, &lower, &upper, &weight);
    place_one(values, n, (size_t)lower);
    for (size_t i = (size_t)upper + 1; i < n; i++) /* the next one is the least behind it */
        if (values[i] < values[upper])
            swap(&values[i], &values[upper]);
    return wn_between(values[lower], values[upper], weight);
}
