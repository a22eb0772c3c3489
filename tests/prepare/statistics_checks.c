#include "statistics_checks.h"

#include <math.h>

enum { P = FIXTURE_COLS };

void check_moments(const fitted_table *fit)
{
    for (size_t j = 0; j < P; j++) {
        const wn_recipe_column *column = &fit->recipe->columns[j];
        const naive_description *clean = &fit->naive[j].clean;
        CU_ASSERT_EQUAL(column->outliers, (int64_t)fit->naive[j].n_outliers);
        CU_ASSERT(naive_is_near(column->clean_mean, clean->mean, 1e-11));
        CU_ASSERT(naive_is_near(column->clean_deviation, clean->deviation, 1e-11));
        CU_ASSERT(naive_is_near(column->clean_min, clean->min, 1e-11));
        CU_ASSERT(naive_is_near(column->clean_max, clean->max, 1e-11));
        CU_ASSERT(naive_is_near(column->center, fit->naive[j].center, 1e-11));
        CU_ASSERT(naive_is_near(column->scale, fit->naive[j].scale, 1e-11));
    }
}

/* The sum over training rows of (a - ca)(b - cb), b a column or the label. */
static long double naive_product(const fitted_table *fit, size_t a, size_t b)
{
    const wn_gram_sums *gram = fit->statistics->gram;
    long double sum = 0;
    for (size_t i = 0; i < fit->table.n_rows; i++) {
        if (fit->status[i] != WN_ROW_TRAIN)
            continue;
        long double x = (long double)fit->cleaned[i * P + a] - gram->centre[a];
        long double y = b < P ? (long double)fit->cleaned[i * P + b] - gram->centre[b]
                              : (long double)fit->table.labels[i] - gram->label_centre;
        sum += x * y;
    }
    return sum;
}

void check_gram(const fitted_table *fit)
{
    const wn_gram_sums *gram = fit->statistics->gram;
    double diagonal[P];
    for (size_t a = 0; a < P; a++)
        diagonal[a] = (double)naive_product(fit, a, a);
    for (size_t a = 0; a < P; a++)
        for (size_t b = 0; b < P; b++)
            CU_ASSERT(fabs(gram->product[a * P + b] - (double)naive_product(fit, a, b)) <=
                      1e-11 * sqrt(diagonal[a] * diagonal[b]));
    CU_ASSERT_EQUAL(gram->n_rows, (int64_t)fit->naive[0].clean.n);
    if (gram->n_label_cols == 1)
        for (size_t a = 0; a < P; a++)
            CU_ASSERT(fabs(gram->label_product[a] - (double)naive_product(fit, a, P)) <=
                      1e-11 * sqrt(diagonal[a] * (double)gram->label_square));
}
