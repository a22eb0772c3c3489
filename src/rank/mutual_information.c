#include "winnow/ranking.h"

#include <math.h>

/* n log n, with 0 log 0 = 0. */
static long double entropic(int64_t n)
{
    return n > 0 ? (long double)n * (long double)log((double)n) : 0;
}

/* sum over cells of n/N log(n N / (row column)), in nats, as ((cells - columns) + (whole - rows)) / N of sums of
 * n log n: exactly 0 where all rows are in one bin or in one class. table (n_bins, n_classes). */
static double information(const int64_t *table, size_t n_bins, size_t n_classes)
{
    int64_t total = 0;
    long double cells = 0, columns = 0, rows = 0;
    for (size_t b = 0; b < n_bins; b++) {
        int64_t row = 0;
        for (size_t k = 0; k < n_classes; k++) {
            cells += entropic(table[b * n_classes + k]);
            row += table[b * n_classes + k];
        }
        rows += entropic(row);
        total += row;
    }
    for (size_t k = 0; k < n_classes; k++) {
        int64_t column = 0;
        for (size_t b = 0; b < n_bins; b++)
            column += table[b * n_classes + k];
        columns += entropic(column);
    }
    long double sum = (cells - columns) + (entropic(total) - rows);
    return total > 0 && sum > 0 ? (double)(sum / (long double)total) : 0;
}

void wn_rank_mutual_information(const wn_statistics *statistics, const wn_recipe *recipe, double *score)
{
    size_t table = statistics->n_bins * statistics->n_classes;
    for (size_t f = 0; f < recipe->n_features; f++)
        score[f] = information(statistics->contingency + f * table, statistics->n_bins, statistics->n_classes);
}
