/* fixed_point.h - floats as int32 multiples of a power of two, and back: what gradient_sum.c sends.
 * All are Local and cannot fail. */
#ifndef WINNOW_TRAIN_FIXED_POINT_H
#define WINNOW_TRAIN_FIXED_POINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bits of |value| from which on it is infinite or NaN. */
#define WN_FLOAT_NOT_FINITE 0x7f800000

/* Local. The bits of the largest |value| of n: as integers they have the order of the values, with infinity and then
 * NaN above all. 0 for none. */
int32_t wn_fixed_largest_bits(const float *values, size_t n);

/* Local. Whether none of n values is infinite or NaN. */
bool wn_fixed_are_finite(const float *values, size_t n);

/* Local. The power of two that brings values up to that magnitude below 2^bits; at most 2^126. */
int wn_fixed_shift(int32_t largest_bits, int bits);

/* Local. sums (n) += values (n) x 2^shift, rounded to the nearest integer, halves away from zero. The caller has chosen
 * the shift so that nothing overflows. */
void wn_fixed_add(int32_t *sums, const float *values, int shift, size_t n);

/* Local. values (n) = sums (n) x factor, in double and rounded once. */
void wn_fixed_values(const int32_t *sums, double factor, float *values, size_t n);

#endif
