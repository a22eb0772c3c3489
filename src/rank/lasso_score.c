/* Where features enter the Lasso's path, by the sums of products alone. */
#include "lasso_labels.h"

#include "winnow/memory.h"
#include "winnow/ranking.h"

#include <math.h>
#include <string.h>

static const wn_lasso_options OPTIONS = {.n_alphas = 100, .least_alpha = 1e-3, .gap = 1e-7};

/* A problem of features and a label that both have mean 0 and deviation 1. */
typedef struct {
    wn_correlations of;
    size_t n;
    double *gram;    /* (n, n) correlations; a row of 0 for a feature that does not vary */
    double *product; /* (n) correlations with the label at hand */
} problem;

static wn_status open_problem(problem *p, const wn_statistics *statistics, size_t n)
{
    wn_status status = WN_OK;
    p->n = n;
    TRY(wn_correlations_init(&p->of, statistics));
    TRY(wn_new(&p->gram, n * n));
    TRY(wn_new(&p->product, n));
    for (size_t a = 0; a < n; a++)
        for (size_t b = a; b < n; b++)
            p->gram[a * n + b] = p->gram[b * n + a] = wn_correlation_between(&p->of, a, b);
done:
    return status;
}

static void close_problem(problem *p)
{
    wn_free(p->product);
    wn_free(p->gram);
    wn_correlations_clear(&p->of);
}

void wn_lasso_label_sums(const wn_gram_sums *gram, size_t k, long double *sum, long double *square)
{
    bool is_class = gram->class_count != NULL;
    *sum = is_class ? (long double)gram->class_count[k] : (long double)gram->label_sum;
    *square = is_class ? (long double)gram->class_count[k] : (long double)gram->label_square;
}

double wn_lasso_label_deviation(const wn_gram_sums *gram, size_t k)
{
    long double sum, square;
    wn_lasso_label_sums(gram, k, &sum, &square);
    return (double)sqrtl(wn_product_about_means(square, sum, sum, gram->n_rows) / (long double)gram->n_rows);
}

/* The path of label column `k`. */
static wn_status enter(problem *p, size_t k, wn_lasso_taker taker)
{
    wn_status status = WN_OK;
    wn_lasso_path *path = NULL;
    long double sum, square;
    double deviation = wn_lasso_label_deviation(p->of.gram, k);
    wn_lasso_label_sums(p->of.gram, k, &sum, &square);
    for (size_t f = 0; f < p->n; f++)
        p->product[f] = wn_correlation_with_label(&p->of, f, k, sum, deviation);
    wn_lasso_problem lasso = {.n = p->n, .gram = p->gram, .product = p->product, .square = 1};
    TRY(wn_lasso_path_fit(&path, &lasso, &OPTIONS));
    TRY(taker.take(taker.context, k, path));
done:
    wn_lasso_path_free(path);
    return status;
}

static bool varies(const wn_gram_sums *gram)
{
    long double sum = (long double)gram->label_sum, square = (long double)gram->label_square;
    return wn_product_about_means(square, sum, sum, gram->n_rows) > (long double)gram->rounding * square;
}

/* The second of two classes is the first with its sign turned. */
size_t wn_lasso_label_columns(const wn_gram_sums *gram, size_t *columns)
{
    size_t n = 0;
    for (size_t k = 0; k < gram->n_label_cols; k++)
        if (gram->class_count == NULL || gram->class_count[k] > 0)
            columns[n++] = k;
    return gram->class_count != NULL && n == 2 ? 1 : n;
}

wn_status wn_lasso_check_labels(const wn_gram_sums *gram)
{
    size_t n_left = 0;
    if (gram->class_count == NULL && !varies(gram))
        return wn_fail(WN_BAD_DATA, "rank.methods: lasso needs a label that varies over the training rows");
    for (size_t k = 0; gram->class_count != NULL && k < gram->n_label_cols; k++)
        n_left += gram->class_count[k] > 0;
    if (gram->class_count != NULL && n_left < 2)
        return wn_fail(WN_BAD_DATA, "rank.methods: lasso needs two classes in the training rows, there is %zu", n_left);
    return WN_OK;
}

wn_status wn_lasso_each_label(const wn_statistics *statistics, size_t n, wn_lasso_taker taker)
{
    wn_status status = WN_OK;
    problem p = {0};
    size_t *columns = NULL, n_columns;
    TRY(wn_lasso_check_labels(statistics->gram));
    TRY(open_problem(&p, statistics, n));
    TRY(wn_new(&columns, statistics->gram->n_label_cols));
    n_columns = wn_lasso_label_columns(statistics->gram, columns);
    for (size_t i = 0; i < n_columns; i++)
        TRY(enter(&p, columns[i], taker));
done:
    wn_free(columns);
    close_problem(&p);
    return status;
}

/* A feature's best entry. */
static wn_status take_entries(void *context, size_t k, const wn_lasso_path *path)
{
    double *score = context;
    (void)k;
    for (size_t f = 0; f < path->n; f++)
        score[f] = fmax(score[f], path->entry[f]);
    return WN_OK;
}

wn_status wn_rank_lasso(const wn_statistics *statistics, const wn_recipe *recipe, double *score)
{
    memset(score, 0, recipe->n_features * sizeof *score);
    return wn_lasso_each_label(statistics, recipe->n_features, (wn_lasso_taker){take_entries, score});
}
