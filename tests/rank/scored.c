#include "scored.h"

#include <math.h>
#include <string.h>

static void measure(scored_table *scored, const sums_table *table, size_t c)
{
    long double sum = 0, squares = 0;
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < table->n_rows; i++) {
        double x = table->cells[i * table->n_cols + c];
        sum += (long double)x;
        low = fmin(low, x);
        high = fmax(high, x);
    }
    long double mean = sum / (long double)table->n_rows;
    for (size_t i = 0; i < table->n_rows; i++) {
        long double gap = (long double)table->cells[i * table->n_cols + c] - mean;
        squares += gap * gap;
    }
    scored->mean[c] = (double)mean;
    scored->deviation[c] = (double)sqrtl(squares / (long double)table->n_rows);
    scored->min[c] = low;
    scored->max[c] = high;
}

bool scored_open(scored_table *scored, const sums_table *table)
{
    memset(scored, 0, sizeof *scored);
    for (size_t c = 0; c < table->n_cols; c++)
        measure(scored, table, c);
    scored->moments = (wn_moments_summary){.n_cols = table->n_cols,
                                           .n_rows = (int64_t)table->n_rows,
                                           .mean = scored->mean,
                                           .deviation = scored->deviation,
                                           .min = scored->min,
                                           .max = scored->max};
    scored->statistics.moments = &scored->moments;
    scored->statistics.gram = sums_of(table);
    scored->recipe = sums_recipe(table->n_cols);
    return scored->statistics.gram != NULL && scored->recipe != NULL;
}

void scored_close(scored_table *scored)
{
    wn_recipe_free(scored->recipe);
    wn_gram_sums_free(scored->statistics.gram);
}
