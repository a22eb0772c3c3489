#include "plan_sums.h"

#include "winnow/exact_sum.h"
#include "winnow/lasso_screen.h"
#include "winnow/lda.h"
#include "winnow/randomized.h"
#include "winnow/sizes.h"

#include <math.h>

static size_t label_columns(const wn_job *job)
{
    return job->input.task == WN_TASK_REGRESSION ? 1 : WN_MAX_CLASSES;
}

/* Matrices of the features beside the finished products: Lasso's correlations, products in the order of entry and a
 * factor; lda's scatters, vectors and what LAPACK overwrites. Those of pca fit where the sums were. */
static size_t solver_bytes(const wn_job *job, size_t n_columns)
{
    size_t matrices = 0;
    if (job->has_rank && job->rank.use[WN_RANK_LASSO])
        matrices = 3;
    if (job->has_reduce && job->reduce.method == WN_REDUCE_LDA)
        matrices = 6;
    return matrices * n_columns * n_columns * sizeof(double);
}

/* Products as digits, as a block makes them and finished, beside a scaled block, or rows of several. */
static size_t pair_bytes(const wn_job *job, size_t n_columns, size_t panel)
{
    size_t width = n_columns + 1 + label_columns(job), cell = job->reduce.is_single ? sizeof(float) : sizeof(double);
    return width * width * (job->reduce.is_single ? 3 : 4) * sizeof(double) + panel * width * cell;
}

enum { LABEL_PANEL = 256 }; /* rows of a block that are scaled together */

/* The same with the label's columns alone. */
static size_t label_bytes(const wn_job *job, size_t n_columns, size_t block)
{
    size_t width = n_columns + 1 + label_columns(job), lines = label_columns(job) + 2;
    return width * lines * 5 * sizeof(double) + (block < LABEL_PANEL ? block : LABEL_PANEL) * width * sizeof(double);
}

/* Exact sums of moments; products; contingency tables as counted and finished, the classes at their most. */
static size_t pass_bytes(const wn_job *job, size_t n_columns, size_t block, size_t panel)
{
    wn_products products = wn_job_products(job, n_columns);
    size_t bytes = n_columns * 3 * sizeof(wn_exact_sum);
    if (products == WN_PRODUCTS_OF_PAIRS)
        bytes += pair_bytes(job, n_columns, panel);
    if (products == WN_PRODUCTS_WITH_LABEL)
        bytes += label_bytes(job, n_columns, block);
    if (job->has_rank && job->rank.use[WN_RANK_MUTUAL_INFORMATION]) {
        size_t bins = (size_t)job->rank.bins, classes = job->input.task == WN_TASK_REGRESSION ? bins : WN_MAX_CLASSES;
        bytes += 2 * n_columns * bins * classes * sizeof(int64_t);
    }
    return bytes;
}

size_t wn_plan_sums_bytes(const wn_job *job, size_t n_features, size_t block_rows, size_t panel_rows)
{
    bool has_pairs = wn_job_products(job, n_features) == WN_PRODUCTS_OF_PAIRS;
    size_t solving = has_pairs ? solver_bytes(job, n_features) : 0;
    if (wn_plan_screens(job, n_features))
        solving = wn_lasso_screen_bytes(n_features, label_columns(job), block_rows);
    return pass_bytes(job, n_features, block_rows, panel_rows) + solving;
}

/* Sums of the parts of the rows, and the rows of one part. */
size_t wn_plan_folds_bytes(const wn_job *job, size_t n_features, size_t block_rows, size_t panel_rows)
{
    if (!job->has_rank || job->rank.folds == 0)
        return 0;
    return (size_t)job->rank.folds * pass_bytes(job, n_features, block_rows, panel_rows) +
           block_rows * (n_features + 3) * sizeof(double);
}

size_t wn_plan_selected(const wn_job *job, size_t n_features)
{
    size_t n = job->rank.keep.count;
    if (!job->has_rank || job->rank.always.n > 0)
        return n_features;
    if (n == 0)
        n = wn_size_max((size_t)lround(job->rank.keep.share * (double)n_features), 1);
    return n < n_features ? n : n_features;
}

/* The solver of a pca, as far as it is known before the ranking. */
static wn_solver solver_of(const wn_job *job, size_t n_features)
{
    char reason[WN_PCA_REASON_SIZE];
    const wn_pca_options options = {job->reduce.solver, job->reduce.components.count, job->reduce.components.share};
    return wn_pca_choose(&options, wn_plan_selected(job, n_features), reason);
}

static bool is_lda(const wn_job *job)
{
    return job->has_reduce && job->reduce.method == WN_REDUCE_LDA;
}

static bool sweeps(const wn_job *job, size_t n_features)
{
    bool reduces = job->has_reduce && job->reduce.method != WN_REDUCE_NONE;
    return reduces && solver_of(job, n_features) == WN_SOLVER_RANDOMIZED;
}

/* Components that sweeps are for. */
static size_t swept_components(const wn_job *job, size_t n_features)
{
    size_t n = wn_plan_selected(job, n_features), k = is_lda(job) ? WN_LDA_COMPONENTS : job->reduce.components.count;
    return k < n ? k : n;
}

static bool reads_chosen(const wn_job *job, size_t n_features)
{
    bool reduces = job->has_reduce && job->reduce.method != WN_REDUCE_NONE;
    return reduces && !sweeps(job, n_features) && wn_job_products(job, n_features) != WN_PRODUCTS_OF_PAIRS;
}

size_t wn_plan_reduction_bytes(const wn_job *job, size_t n_features, size_t block_rows, size_t panel_rows,
                               wn_sparse_plan sparse)
{
    size_t n = wn_plan_selected(job, n_features);
    const wn_feature_pass_size dense = {n_features, n, n_features, 0, block_rows},
                               swept = {n_features, n, sparse.n_dense, sparse.row_bytes, block_rows};
    if (sweeps(job, n_features)) {
        const wn_randomized_options options = {.n_components = swept_components(job, n_features),
                                               .is_single = job->reduce.is_single};
        return wn_randomized_bytes(&options, &swept);
    }
    if (reads_chosen(job, n_features))
        return pair_bytes(job, n, panel_rows) + solver_bytes(job, n) + wn_feature_pass_bytes(&dense);
    return 0;
}

size_t wn_plan_largest_sum(const wn_job *job, size_t n_features)
{
    wn_products products = wn_job_products(job, n_features);
    size_t n = wn_plan_selected(job, n_features), label = label_columns(job), width = n_features + 1 + label, most = 0;
    if (products == WN_PRODUCTS_OF_PAIRS)
        most = width * width;
    if (products == WN_PRODUCTS_WITH_LABEL)
        most = 3 * (label + 2) * width;
    if (sweeps(job, n_features))
        most = wn_size_max(most, (n + 1) * wn_randomized_width(swept_components(job, n_features), n));
    if (reads_chosen(job, n_features))
        most = wn_size_max(most, (n + 1 + label) * (n + 1 + label));
    return most * sizeof(int64_t);
}

bool wn_plan_screens(const wn_job *job, size_t n_features)
{
    bool is_asked = job->has_rank && job->rank.use[WN_RANK_LASSO];
    return is_asked && wn_job_products(job, n_features) != WN_PRODUCTS_OF_PAIRS;
}

wn_solving_passes wn_plan_lasso_passes(const wn_job *job)
{
    size_t checks = label_columns(job) * WN_LASSO_CHECKED;
    int sweeps_at_most = (int)((checks + WN_LASSO_DIRECTIONS - 1) / WN_LASSO_DIRECTIONS);
    return (wn_solving_passes){2, WN_LASSO_ROUNDS * (1 + sweeps_at_most),
                               "products of screened features, and a check over all of them"};
}

wn_solving_passes wn_plan_reduction_passes(const wn_job *job, size_t n_features)
{
    size_t n = wn_plan_selected(job, n_features);
    if (sweeps(job, n_features)) {
        int most = wn_randomized_most_sweeps(swept_components(job, n_features), n), more = is_lda(job);
        return (wn_solving_passes){(most < 2 ? most : 2) + more, most + more,
                                   "sweeps of the randomized solver, until one adds nothing, after two over a part"};
    }
    if (reads_chosen(job, n_features))
        return (wn_solving_passes){1, 1, "products of the features that are left"};
    return (wn_solving_passes){0, 0, "from the statistics"};
}
