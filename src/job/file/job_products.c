/* What a job needs products of features for, and what is done without where they are too many. */
#include "winnow/job.h"

/* A reduction by products of pairs, as far as the number of features has no say. */
static bool reduces_by_pairs(const wn_job *job)
{
    bool is_pca = job->has_reduce && job->reduce.method == WN_REDUCE_PCA;
    bool is_lda = job->has_reduce && job->reduce.method == WN_REDUCE_LDA;
    return (is_pca && job->reduce.solver != WN_SOLVER_RANDOMIZED) || is_lda;
}

static bool ranks_by_products(const wn_job *job)
{
    bool does = false;
    for (int method = 0; method < WN_RANK_METHODS; method++)
        does |= job->has_rank && job->rank.use[method] && wn_rank_needs_products((wn_rank_method)method);
    return does;
}

wn_products wn_job_products(const wn_job *job, size_t n_features)
{
    bool is_asked = reduces_by_pairs(job) && job->reduce.solver != WN_SOLVER_AUTO;
    bool is_lda = job->has_reduce && job->reduce.method == WN_REDUCE_LDA;
    bool looks = job->has_rank && job->rank.correlated > 0;
    if (is_asked)
        return WN_PRODUCTS_OF_PAIRS;
    if (n_features <= WN_PCA_PRODUCTS)
        return reduces_by_pairs(job) || looks || ranks_by_products(job) ? WN_PRODUCTS_OF_PAIRS : WN_PRODUCTS_NONE;
    return is_lda || ranks_by_products(job) ? WN_PRODUCTS_WITH_LABEL : WN_PRODUCTS_NONE;
}

double wn_job_correlated(const wn_job *job, size_t n_features)
{
    static const double BY_ITSELF = 0.95;
    if (job->rank.correlated == WN_CORRELATED_AUTO)
        return wn_job_products(job, n_features) == WN_PRODUCTS_OF_PAIRS ? BY_ITSELF : 0;
    return job->rank.correlated;
}

wn_status wn_job_check_width(const wn_job *job, size_t n_features)
{
    bool by_itself = n_features > WN_PCA_PRODUCTS && job->reduce.solver == WN_SOLVER_AUTO;
    bool is_pca = job->has_reduce && job->reduce.method == WN_REDUCE_PCA;
    bool has_pairs = wn_job_products(job, n_features) == WN_PRODUCTS_OF_PAIRS;
    if (is_pca && by_itself && !job->has_rank && job->reduce.components.count == 0)
        return wn_fail(WN_BAD_DATA,
                       "reduce.components: is a share of the variance, but of the %zu features, more than %d, only the "
                       "leading components are found: must be a count, or reduce.solver lapack or scalapack",
                       n_features, (int)WN_PCA_PRODUCTS);
    if (job->has_rank && job->rank.use[WN_RANK_LASSO] && job->rank.folds > 0 && !has_pairs)
        return wn_fail(
            WN_UNAVAILABLE,
            "rank.folds: is not built yet for lasso of %zu features, more than %d: must be 0, or lasso left out",
            n_features, (int)WN_PCA_PRODUCTS);
    if (job->has_rank && job->rank.correlated > 0 && !has_pairs)
        return wn_fail(
            WN_UNAVAILABLE,
            "rank.correlated: copies are not looked for among %zu features, more than %d, whose products have "
            "no room: must be auto or none",
            n_features, (int)WN_PCA_PRODUCTS);
    return WN_OK;
}
