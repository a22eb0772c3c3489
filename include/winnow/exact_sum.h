/* exact_sum.h - a sum of doubles without rounding, whose order of adding does not matter.
 * Use it for real-valued sums that cross blocks or ranks; counts are plain int64, products of matrices see gram.h.
 * The state is a row of int64 digits of weight 2^32: states add digit by digit, so MPI_SUM over int64 adds them. */
#ifndef WINNOW_EXACT_SUM_H
#define WINNOW_EXACT_SUM_H

#include <stddef.h>
#include <stdint.h>

/* 67 digits hold 2^-1074 to 2^1070; then counts of +inf, -inf and NaN that were added, and of adds since the carries
 * were last made canonical. All zero is the empty sum. */
enum { WN_EXACT_DIGITS = 67, WN_EXACT_SUM_SIZE = 72 };

typedef struct {
    int64_t digit[WN_EXACT_SUM_SIZE];
} wn_exact_sum;

/* Local. Adds a double exactly; infinities and NaN are counted. */
void wn_exact_sum_add(wn_exact_sum *sum, double value);

/* Local. Adds a x b exactly, as the product's two doubles (after Dekker 1971, by fma); products whose low part would
 * underflow are added rounded. */
void wn_exact_sum_add_product(wn_exact_sum *sum, double a, double b);

/* Local. Adds another sum. */
void wn_exact_sum_merge(wn_exact_sum *sum, const wn_exact_sum *other);

/* Local. Makes the carries canonical: every digit but the top one in [0, 2^32). Equal sums then have equal digits. Do
 * it before sending (2^30 ranks may add) and before hashing. */
void wn_exact_sum_normalize(wn_exact_sum *sum);

/* Local. The sum rounded once, to nearest even. NaN or infinite if such were added. */
double wn_exact_sum_round(const wn_exact_sum *sum);

/* Local. (a*scale_a - b*scale_b) style algebra stays exact by adding: sum += factor x other, for a small integer
 * factor. */
void wn_exact_sum_merge_scaled(wn_exact_sum *sum, const wn_exact_sum *other, int32_t factor);

#endif
