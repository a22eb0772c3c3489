/* Where features enter the Lasso's path, by the sums of products alone. */
#include "winnow/lasso.h"
#include "winnow/memory.h"
#include "winnow/ranking.h"

#include <math.h>
#include <string.h>

static const wn_lasso_options OPTIONS = {.n_alphas = 100, .least_alpha = 1e-3, .gap = 1e-7};

/* A problem of features and a label that both have mean 0 and deviation 1. */
typedef struct {
    size_t n;
    double *gram;      /* (n, n) correlations; a row of 0 for a feature that does not vary */
    double *deviation; /* (n) of the cleaned cells; 0 where they do not vary */
    double *product;   /* (n) correlations with the label at hand */
} correlations;

/* Sum of (x - mean)(y - mean) from a sum of products about centres. */
static long double together(long double product, long double sum_x, long double sum_y, int64_t n_rows)
{
    return product - sum_x * sum_y / (long double)n_rows;
}

static void fill_deviations(correlations *c, const wn_statistics *statistics)
{
    const wn_gram_sums *gram = statistics->gram;
    for (size_t i = 0; i < c->n; i++) {
        long double sum = (long double)gram->sum[i];
        long double square = together((long double)gram->product[i * gram->n_cols + i], sum, sum, gram->n_rows);
        bool varies = statistics->moments->max[i] > statistics->moments->min[i] && square > 0;
        c->deviation[i] = varies ? (double)sqrtl(square / (long double)gram->n_rows) : 0;
    }
}

static void fill_gram(correlations *c, const wn_gram_sums *gram)
{
    for (size_t a = 0; a < c->n; a++)
        for (size_t b = a; b < c->n; b++) {
            double scale = c->deviation[a] * c->deviation[b] * (double)gram->n_rows;
            long double value = together((long double)gram->product[a * gram->n_cols + b], (long double)gram->sum[a],
                                         (long double)gram->sum[b], gram->n_rows);
            c->gram[a * c->n + b] = c->gram[b * c->n + a] = scale > 0 ? (double)(value / (long double)scale) : 0;
        }
}

static wn_status open_correlations(correlations *c, const wn_statistics *statistics, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    c->n = recipe->n_features;
    TRY(wn_new(&c->gram, c->n * c->n));
    TRY(wn_new(&c->deviation, c->n));
    TRY(wn_new(&c->product, c->n));
    fill_deviations(c, statistics);
    fill_gram(c, statistics->gram);
done:
    return status;
}

static void close_correlations(correlations *c)
{
    wn_free(c->product);
    wn_free(c->deviation);
    wn_free(c->gram);
}

/* Entries of the path for label column `k`, whose sum and square about its centre are given; those above score[]
 * replace it. */
static wn_status enter(correlations *c, const wn_gram_sums *gram, size_t k, long double sum, long double square,
                       double *score)
{
    wn_status status = WN_OK;
    wn_lasso_path *path = NULL;
    double deviation = (double)sqrtl(together(square, sum, sum, gram->n_rows) / (long double)gram->n_rows);
    for (size_t f = 0; f < c->n; f++) {
        double scale = c->deviation[f] * deviation * (double)gram->n_rows;
        long double value = together((long double)gram->label_product[k * gram->n_cols + f], (long double)gram->sum[f],
                                     sum, gram->n_rows);
        c->product[f] = scale > 0 ? (double)(value / (long double)scale) : 0;
    }
    wn_lasso_problem problem = {.n = c->n, .gram = c->gram, .product = c->product, .square = 1};
    TRY(wn_lasso_path_fit(&path, &problem, &OPTIONS));
    for (size_t f = 0; f < c->n; f++)
        score[f] = fmax(score[f], path->entry[f]);
done:
    wn_lasso_path_free(path);
    return status;
}

static bool varies(const wn_gram_sums *gram)
{
    static const long double ROUNDING = 1e-13L; /* of the sum of squares, as for F values */
    long double sum = (long double)gram->label_sum, square = (long double)gram->label_square;
    return together(square, sum, sum, gram->n_rows) > ROUNDING * square;
}

/* Each class against the rest; the second of two is the first with its sign turned. */
static wn_status enter_classes(correlations *c, const wn_gram_sums *gram, double *score)
{
    wn_status status = WN_OK;
    size_t n_left = 0;
    for (size_t k = 0; k < gram->n_label_cols; k++)
        n_left += gram->class_count[k] > 0;
    if (n_left < 2)
        return wn_fail(WN_BAD_DATA, "rank.methods: lasso needs two classes in the training rows, there is %zu", n_left);
    if (n_left == 2)
        n_left = 1;
    for (size_t k = 0; k < gram->n_label_cols && n_left > 0; k++)
        if (gram->class_count[k] > 0) {
            long double count = (long double)gram->class_count[k];
            TRY(enter(c, gram, k, count, count, score));
            n_left--;
        }
done:
    return status;
}

wn_status wn_rank_lasso(const wn_statistics *statistics, const wn_recipe *recipe, double *score)
{
    wn_status status = WN_OK;
    const wn_gram_sums *gram = statistics->gram;
    correlations c = {0};
    memset(score, 0, recipe->n_features * sizeof *score);
    TRY(open_correlations(&c, statistics, recipe));
    if (gram->class_count != NULL)
        TRY(enter_classes(&c, gram, score));
    else if (!varies(gram))
        status = wn_fail(WN_BAD_DATA, "rank.methods: lasso needs a label that varies over the training rows");
    else
        TRY(enter(&c, gram, 0, (long double)gram->label_sum, (long double)gram->label_square, score));
done:
    close_correlations(&c);
    return status;
}
