#include "winnow/covariance.h"

/* Deviations from the mean: sum (x_i - mean_i)(x_j - mean_j) = product - sum_i sum_j / n, in extended precision. */
static long double deviations(const wn_gram_sums *gram, size_t i, size_t j)
{
    long double n = (long double)gram->n_rows;
    return (long double)gram->product[i * gram->n_cols + j] - (long double)gram->sum[i] * (long double)gram->sum[j] / n;
}

size_t wn_covariance_column(const wn_gram_sums *gram, const wn_recipe *recipe, size_t a)
{
    return gram->is_chosen ? a : recipe->selected[a];
}

wn_status wn_covariance_of_selected(const wn_gram_sums *gram, const wn_recipe *recipe, double *mean, double *covariance)
{
    size_t n = recipe->n_selected;
    if (gram->n_rows < 2)
        return wn_fail(WN_BAD_DATA, "a covariance needs two training rows or more, there are %lld",
                       (long long)gram->n_rows);
    for (size_t a = 0; a < n; a++) {
        size_t i = recipe->selected[a], column = wn_covariance_column(gram, recipe, a);
        long double left = (long double)wn_recipe_feature_scale(recipe, i);
        long double shift = (long double)gram->centre[column] - (long double)wn_recipe_feature_center(recipe, i);
        mean[a] = (double)((shift + (long double)gram->sum[column] / (long double)gram->n_rows) / left);
        for (size_t b = a; b < n; b++) {
            size_t j = recipe->selected[b];
            long double scale = left * (long double)wn_recipe_feature_scale(recipe, j);
            long double value = deviations(gram, column, wn_covariance_column(gram, recipe, b)) /
                                (long double)(gram->n_rows - 1) / scale;
            covariance[a * n + b] = covariance[b * n + a] = (double)value;
        }
    }
    return WN_OK;
}
