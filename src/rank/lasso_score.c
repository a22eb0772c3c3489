/* Where features enter the Lasso's path, by the sums of products alone. */
#include "correlation.h"

#include "winnow/lasso.h"
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

static wn_status open_problem(problem *p, const wn_statistics *statistics, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    p->n = recipe->n_features;
    TRY(wn_correlations_init(&p->of, statistics));
    TRY(wn_new(&p->gram, p->n * p->n));
    TRY(wn_new(&p->product, p->n));
    for (size_t a = 0; a < p->n; a++)
        for (size_t b = a; b < p->n; b++)
            p->gram[a * p->n + b] = p->gram[b * p->n + a] = wn_correlation_between(&p->of, a, b);
done:
    return status;
}

static void close_problem(problem *p)
{
    wn_free(p->product);
    wn_free(p->gram);
    wn_correlations_clear(&p->of);
}

/* Entries of the path for label column `k`, whose sum and square about its centre are given; those above score[]
 * replace it. */
static wn_status enter(problem *p, size_t k, long double sum, long double square, double *score)
{
    wn_status status = WN_OK;
    wn_lasso_path *path = NULL;
    int64_t n_rows = p->of.gram->n_rows;
    double deviation = (double)sqrtl(wn_product_about_means(square, sum, sum, n_rows) / (long double)n_rows);
    for (size_t f = 0; f < p->n; f++)
        p->product[f] = wn_correlation_with_label(&p->of, f, k, sum, deviation);
    wn_lasso_problem lasso = {.n = p->n, .gram = p->gram, .product = p->product, .square = 1};
    TRY(wn_lasso_path_fit(&path, &lasso, &OPTIONS));
    for (size_t f = 0; f < p->n; f++)
        score[f] = fmax(score[f], path->entry[f]);
done:
    wn_lasso_path_free(path);
    return status;
}

static bool varies(const wn_gram_sums *gram)
{
    static const long double ROUNDING = 1e-13L; /* of the sum of squares, as for F values */
    long double sum = (long double)gram->label_sum, square = (long double)gram->label_square;
    return wn_product_about_means(square, sum, sum, gram->n_rows) > ROUNDING * square;
}

/* Each class against the rest; the second of two is the first with its sign turned. */
static wn_status enter_classes(problem *p, const wn_gram_sums *gram, double *score)
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
            TRY(enter(p, k, count, count, score));
            n_left--;
        }
done:
    return status;
}

wn_status wn_rank_lasso(const wn_statistics *statistics, const wn_recipe *recipe, double *score)
{
    wn_status status = WN_OK;
    const wn_gram_sums *gram = statistics->gram;
    problem p = {0};
    memset(score, 0, recipe->n_features * sizeof *score);
    TRY(open_problem(&p, statistics, recipe));
    if (gram->class_count != NULL)
        TRY(enter_classes(&p, gram, score));
    else if (!varies(gram))
        status = wn_fail(WN_BAD_DATA, "rank.methods: lasso needs a label that varies over the training rows");
    else
        TRY(enter(&p, 0, (long double)gram->label_sum, (long double)gram->label_square, score));
done:
    close_problem(&p);
    return status;
}
