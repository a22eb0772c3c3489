/* Discriminants of features, or of components where features are too many. */
#include "lda_problem.h"

#include "eigen_signs.h"

#include "winnow/memory.h"

#include <cblas.h>
#include <string.h>

wn_status wn_lda_problem_init(wn_lda_problem *problem)
{
    wn_status status = WN_OK;
    TRY(wn_new(&problem->mean, problem->p));
    TRY(wn_new(&problem->covariance, problem->p * problem->p));
    TRY(wn_new(&problem->gaps, problem->n_classes * problem->p));
done:
    return status;
}

void wn_lda_problem_clear(wn_lda_problem *problem)
{
    wn_free(problem->gaps);
    wn_free(problem->covariance);
    wn_free(problem->mean);
}

long double wn_lda_gap(const wn_gram_sums *gram, size_t class, size_t c)
{
    long double n_class = (long double)gram->class_count[class], n = (long double)gram->n_rows;
    return (long double)gram->label_product[class * gram->n_cols + c] / n_class - (long double)gram->sum[c] / n;
}

static wn_lda_problem problem_of(size_t p, const wn_gram_sums *gram)
{
    return (wn_lda_problem){
        .p = p, .n_classes = gram->n_label_cols, .n_rows = gram->n_rows, .class_count = gram->class_count};
}

static wn_status pose(wn_lda_problem *problem, const wn_gram_sums *gram, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    TRY(wn_lda_problem_init(problem));
    TRY(wn_covariance_of_selected(gram, recipe, problem->mean, problem->covariance));
    for (size_t class = 0; class < problem->n_classes; class ++)
        for (size_t a = 0; a < problem->p && gram->class_count[class] > 0; a++) {
            long double scale = (long double)wn_recipe_feature_scale(recipe, recipe->selected[a]);
            long double gap = wn_lda_gap(gram, class, wn_covariance_column(gram, recipe, a));
            problem->gaps[class * problem->p + a] = (double)(gap / scale);
        }
done:
    return status;
}

wn_status wn_lda_fit(const wn_ranks *ranks, const wn_lda_options *options, const wn_gram_sums *gram, wn_recipe *recipe,
                     wn_lda_report *report)
{
    wn_status status = WN_OK;
    wn_lda_problem problem = problem_of(recipe->n_selected, gram);
    TRY(wn_ranks_agree(ranks, pose(&problem, gram, recipe)));
    TRY(wn_lda_solve(ranks, options, &problem, &recipe->projection, report));
done:
    wn_lda_problem_clear(&problem);
    return status;
}

/* Components have mean 0; a class's are those of its mean. */
static wn_status pose_components(wn_lda_problem *problem, const wn_gram_sums *gram, const double *scatter,
                                 const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    const wn_projection *pca = recipe->projection;
    double *gap = NULL;
    int p = (int)pca->n_features, k = (int)pca->n_components;
    TRY(wn_lda_problem_init(problem));
    TRY(wn_new(&gap, pca->n_features));
    memcpy(problem->covariance, scatter, problem->p * problem->p * sizeof *scatter);
    for (size_t class = 0; class < problem->n_classes; class ++) {
        if (gram->class_count[class] == 0)
            continue;
        for (size_t a = 0; a < pca->n_features; a++) {
            size_t f = recipe->selected[a];
            gap[a] = (double)(wn_lda_gap(gram, class, f) / (long double)wn_recipe_feature_scale(recipe, f));
        }
        cblas_dgemv(CblasRowMajor, CblasNoTrans, k, p, 1, pca->components, p, gap, 1, 0,
                    problem->gaps + class * problem->p, 1);
    }
done:
    wn_free(gap);
    return status;
}

/* Discriminants of components as directions among features: they take the components' place. */
static wn_status compose(const wn_projection *pca, wn_projection *lda, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_projection *made = NULL;
    size_t k = lda->n_components, p = pca->n_features, inner = pca->n_components;
    TRY(wn_projection_new(&made, "lda", k, p));
    memcpy(made->mean, pca->mean, p * sizeof *made->mean);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)k, (int)p, (int)inner, 1, lda->components, (int)inner,
                pca->components, (int)p, 0, made->components, (int)p);
    for (size_t i = 0; i < k; i++)
        wn_eigen_fix_sign(p, made->components + i * p);
    memcpy(made->eigenvalues, lda->eigenvalues, k * sizeof *made->eigenvalues);
    memcpy(made->explained_variance_ratio, lda->explained_variance_ratio, k * sizeof *made->eigenvalues);
    wn_free(made->solver);
    made->solver = NULL;
    TRY(wn_string_copy(&made->solver, "randomized"));
    wn_projection_free(recipe->projection);
    recipe->projection = made;
    made = NULL;
done:
    wn_projection_free(made);
    return status;
}

wn_status wn_lda_fit_components(const wn_ranks *ranks, const wn_lda_options *options, const wn_gram_sums *gram,
                                const double *scatter, wn_recipe *recipe, wn_lda_report *report)
{
    wn_status status = WN_OK;
    wn_projection *lda = NULL;
    wn_lda_problem problem = problem_of(recipe->projection->n_components, gram);
    TRY(wn_ranks_agree(ranks, pose_components(&problem, gram, scatter, recipe)));
    TRY(wn_lda_solve(ranks, options, &problem, &lda, report));
    TRY(wn_ranks_agree(ranks, compose(recipe->projection, lda, recipe)));
done:
    wn_projection_free(lda);
    wn_lda_problem_clear(&problem);
    return status;
}
