/* correlation.h - how alike two features are, from the sums of products. Private to src/rank. */
#ifndef WINNOW_CORRELATION_H
#define WINNOW_CORRELATION_H

#include "winnow/statistics.h"

typedef struct {
    const wn_gram_sums *gram; /* borrowed */
    double *deviation;        /* (n_features) of the cleaned cells; 0 where they do not vary; owned */
} wn_correlations;

/* Local. The statistics have products. The caller clears it, also after a failure. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_correlations_init(wn_correlations *correlations, const wn_statistics *statistics);
void wn_correlations_clear(wn_correlations *correlations);

/* Local. Pearson's r of features a and b; 0 where one of them does not vary. */
double wn_correlation_between(const wn_correlations *correlations, size_t a, size_t b);

/* Local. Pearson's r of feature a and label column k, whose sum and deviation about its centre are given. */
double wn_correlation_with_label(const wn_correlations *correlations, size_t a, size_t k, long double sum,
                                 double deviation);

/* Local. Sum of (x - mean)(y - mean) from a sum of products about centres. */
long double wn_product_about_means(long double product, long double sum_x, long double sum_y, int64_t n_rows);

#endif
