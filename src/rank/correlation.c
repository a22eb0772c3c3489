#include "correlation.h"

#include "winnow/memory.h"

#include <math.h>

long double wn_product_about_means(long double product, long double sum_x, long double sum_y, int64_t n_rows)
{
    return product - sum_x * sum_y / (long double)n_rows;
}

wn_status wn_correlations_init(wn_correlations *correlations, const wn_statistics *statistics)
{
    wn_status status = WN_OK;
    const wn_gram_sums *gram = statistics->gram;
    *correlations = (wn_correlations){.gram = gram};
    TRY(wn_new(&correlations->deviation, gram->n_cols));
    for (size_t f = 0; f < gram->n_cols; f++) {
        long double sum = (long double)gram->sum[f], product = (long double)gram->square[f];
        long double square = wn_product_about_means(product, sum, sum, gram->n_rows);
        bool varies = statistics->moments->max[f] > statistics->moments->min[f] && square > 0;
        correlations->deviation[f] = varies ? (double)sqrtl(square / (long double)gram->n_rows) : 0;
    }
done:
    return status;
}

void wn_correlations_clear(wn_correlations *correlations)
{
    wn_free(correlations->deviation);
    *correlations = (wn_correlations){0};
}

static double quotient(long double product, double a, double b, int64_t n_rows)
{
    double scale = a * b * (double)n_rows;
    return scale > 0 ? (double)(product / (long double)scale) : 0;
}

double wn_correlation_between(const wn_correlations *correlations, size_t a, size_t b)
{
    const wn_gram_sums *gram = correlations->gram;
    long double product = wn_product_about_means((long double)gram->product[a * gram->n_cols + b],
                                                 (long double)gram->sum[a], (long double)gram->sum[b], gram->n_rows);
    return quotient(product, correlations->deviation[a], correlations->deviation[b], gram->n_rows);
}

double wn_correlation_with_label(const wn_correlations *correlations, size_t a, size_t k, long double sum,
                                 double deviation)
{
    const wn_gram_sums *gram = correlations->gram;
    long double product = wn_product_about_means((long double)gram->label_product[k * gram->n_cols + a],
                                                 (long double)gram->sum[a], sum, gram->n_rows);
    return quotient(product, correlations->deviation[a], deviation, gram->n_rows);
}
