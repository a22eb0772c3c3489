/* normal.h - the standard normal quantile without the C library, whose last bits depend on the processor: only what
 * IEEE 754 fixes. Algorithm AS 241 (Wichura 1988). */
#ifndef WINNOW_GENERATE_NORMAL_H
#define WINNOW_GENERATE_NORMAL_H

#include <stddef.h>
#include <stdint.h>

/* Local. z[i] is the quantile of (words[i] + 1/2) / 2^32: standard normal numbers between -6.3 and 6.3 from random
 * words, to about 7 digits (AS 241's PPND7). Vectorized. */
void wn_normal_of_words(const uint32_t *restrict words, float *restrict z, size_t n);

/* Local. The quantile of p in (0, 1), to about 16 digits (AS 241's PPND16). */
double wn_normal_quantile(double p);

/* Local. The natural logarithm of a positive normal number, to about 16 digits. */
double wn_normal_log(double x);

#endif
