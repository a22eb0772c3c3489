/* product_round.h - a row of products of columns into sums of integers. Private to src/stats. */
#ifndef WINNOW_STATS_PRODUCT_ROUND_H
#define WINNOW_STATS_PRODUCT_ROUND_H

#include <stddef.h>
#include <stdint.h>

/* Local. Adds products (n) x factor, a power of two, rounded to the nearest integer (ties to even), to sums (n); they
 * are below 2^62 in size. The same by every kernel. */
void wn_product_round(const double *products, size_t n, double factor, int64_t *sums);

/* Local. The kernel of any processor. */
void wn_product_round_plain(const double *products, size_t n, double factor, int64_t *sums);

#endif
