#include "winnow/fixed_label.h"

#include <math.h>

enum { MOST_BITS = 26, SUM_BITS = 62, WEIGHT_BITS = 4, LEAST_EXPONENT = -1074 /* of a double */ };

wn_fixed_label wn_fixed_label_of(double least, double most, int64_t n_rows)
{
    int row_bits = 1, exponent = 0;
    while (row_bits < SUM_BITS - WEIGHT_BITS - 1 && n_rows >> row_bits > 0)
        row_bits++;
    int bits = SUM_BITS - WEIGHT_BITS - row_bits;
    bits = bits < MOST_BITS ? bits : MOST_BITS;
    double half = 0.5 * most - 0.5 * least;
    frexp(half, &exponent); /* half < 2^exponent */
    exponent = exponent - bits > LEAST_EXPONENT ? exponent - bits : LEAST_EXPONENT;
    return (wn_fixed_label){.centre = least + half, .unit = half > 0 ? ldexp(1.0, exponent) : 1.0};
}

static int32_t number_of(wn_fixed_label scale, double label)
{
    double number = rint((label - scale.centre) / scale.unit), most = ldexp(1.0, MOST_BITS);
    if (number != number)
        return 0;
    return (int32_t)fmin(fmax(number, -most), most);
}

void wn_fixed_label_fill(wn_fixed_label scale, const double *labels, size_t n, int32_t *numbers)
{
    for (size_t i = 0; i < n; i++)
        numbers[i] = number_of(scale, labels[i]);
}
