/* F values from the sums of products: the label's columns ride along in the Gram matrix. */
#include "winnow/ranking.h"

#include <math.h>

/* Sum of squares about the mean of one column. */
static long double total_squares(const wn_gram_sums *gram, size_t c)
{
    long double sum = (long double)gram->sum[c];
    return (long double)gram->square[c] - sum * sum / (long double)gram->n_rows;
}

static double quotient(long double between, long double within, long double rounding, long double freedom_between,
                       long double freedom_within)
{
    if (!(between > 0))
        return 0;
    if (!(within > rounding))
        return INFINITY;
    return (double)((between / freedom_between) / (within / freedom_within));
}

/* One-way analysis of variance: between = sum over classes of n_k (mean_k - mean)^2, within = total - between. */
static double f_of_classes(const wn_gram_sums *gram, size_t c, size_t n_present)
{
    long double between = 0, mean = (long double)gram->sum[c] / (long double)gram->n_rows;
    for (size_t k = 0; k < gram->n_label_cols; k++) {
        if (gram->class_count[k] == 0)
            continue;
        long double n = (long double)gram->class_count[k];
        long double gap = (long double)gram->label_product[k * gram->n_cols + c] / n - mean;
        between += n * gap * gap;
    }
    long double total = total_squares(gram, c), within = total - between;
    if (!(total > 0))
        return 0; /* squares too small for a double: it does not vary, as for normalization */
    long double rounding = (long double)gram->rounding * (long double)gram->square[c];
    return quotient(between, within, rounding, (long double)(n_present - 1),
                    (long double)(gram->n_rows - (int64_t)n_present));
}

/* f_regression: r^2 / (1 - r^2) x (n - 2). */
static double f_of_correlation(const wn_gram_sums *gram, size_t c)
{
    long double n = (long double)gram->n_rows, label_sum = (long double)gram->label_sum;
    long double together = (long double)gram->label_product[c] - (long double)gram->sum[c] * label_sum / n;
    long double label = (long double)gram->label_square - label_sum * label_sum / n, total = total_squares(gram, c);
    if (!(total > 0) || !(label > (long double)gram->rounding * (long double)gram->label_square))
        return 0; /* a label that does not vary */
    long double explained = together * together / label;
    long double rounding =
        (long double)gram->rounding * ((long double)gram->square[c] + total * (long double)gram->label_square / label);
    return quotient(explained, total - explained, rounding, 1, n - 2);
}

wn_status wn_rank_anova(const wn_statistics *statistics, const wn_recipe *recipe, double *score)
{
    const wn_gram_sums *gram = statistics->gram;
    size_t n_present = 0;
    for (size_t k = 0; gram->class_count != NULL && k < gram->n_label_cols; k++)
        n_present += gram->class_count[k] > 0;
    int64_t least = gram->class_count != NULL ? (int64_t)n_present + 1 : 3;
    if (gram->class_count != NULL && n_present < 2)
        return wn_fail(WN_BAD_DATA, "rank.methods: anova needs two classes in the training rows, there is %zu",
                       n_present);
    if (gram->n_rows < least)
        return wn_fail(WN_BAD_DATA, "rank.methods: anova needs %lld training rows or more, there are %lld",
                       (long long)least, (long long)gram->n_rows);
    for (size_t f = 0; f < recipe->n_features; f++) {
        bool is_constant = statistics->moments->max[f] == statistics->moments->min[f];
        if (is_constant)
            score[f] = 0;
        else
            score[f] = gram->class_count != NULL ? f_of_classes(gram, f, n_present) : f_of_correlation(gram, f);
    }
    return WN_OK;
}
