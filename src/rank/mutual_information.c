#include "winnow/ranking.h"

#include <math.h>

/* sum over cells of n/N log(n N / (row column)), in nats. table (n_bins, n_classes). */
static double information(const int64_t *table, size_t n_bins, size_t n_classes)
{
    int64_t total = 0;
    int64_t columns[256] = {0};
    for (size_t i = 0; i < n_bins * n_classes; i++) {
        columns[i % n_classes] += table[i];
        total += table[i];
    }
    double sum = 0;
    for (size_t b = 0; b < n_bins; b++) {
        const int64_t *row = table + b * n_classes;
        int64_t row_sum = 0;
        for (size_t k = 0; k < n_classes; k++)
            row_sum += row[k];
        for (size_t k = 0; k < n_classes; k++)
            if (row[k] > 0)
                sum += (double)row[k] *
                       (log((double)row[k]) + log((double)total) - log((double)row_sum) - log((double)columns[k]));
    }
    return total > 0 && sum > 0 ? sum / (double)total : 0;
}

void wn_rank_mutual_information(const wn_statistics *statistics, const wn_recipe *recipe, double *score)
{
    size_t table = statistics->n_bins * statistics->n_classes;
    for (size_t f = 0; f < recipe->n_features; f++)
        score[f] = information(statistics->contingency + recipe->feature_source[f] * table, statistics->n_bins,
                               statistics->n_classes);
}
