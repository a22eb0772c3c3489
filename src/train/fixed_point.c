#include "fixed_point.h"

#include <math.h>
#include <string.h>

enum { LARGEST_SHIFT = 126 };

int32_t wn_fixed_largest_bits(const float *values, size_t n)
{
    int32_t largest = 0;
    for (size_t i = 0; i < n; i++) {
        int32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        bits &= INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return largest;
}

bool wn_fixed_are_finite(const float *values, size_t n)
{
    return wn_fixed_largest_bits(values, n) < WN_FLOAT_NOT_FINITE;
}

int wn_fixed_shift(int32_t largest_bits, int bits)
{
    float largest;
    int exponent;
    memcpy(&largest, &largest_bits, sizeof largest);
    (void)frexpf(largest, &exponent); /* largest < 2^exponent */
    return bits - exponent < LARGEST_SHIFT ? bits - exponent : LARGEST_SHIFT;
}

/* Truncation after almost half a unit is added, because only that conversion is a vector instruction everywhere. The
 * float just below 1/2: with 1/2 itself the sum would round odd integers above 2^23 up. */
void wn_fixed_add(int32_t *restrict sums, const float *restrict values, int shift, size_t n)
{
    float scale = ldexpf(1.0f, shift);
    for (size_t i = 0; i < n; i++) {
        float scaled = values[i] * scale;
        sums[i] += (int32_t)(scaled + copysignf(0x1.fffffep-2f, scaled));
    }
}

void wn_fixed_values(const int32_t *restrict sums, double factor, float *restrict values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        values[i] = (float)((double)sums[i] * factor);
}
