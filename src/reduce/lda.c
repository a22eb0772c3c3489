#include "lda_problem.h"

#include "eigen_signs.h"

#include "winnow/log.h"
#include "winnow/memory.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

/* Of one fit: p features, k classes that have rows. */
typedef struct {
    size_t p, k;
    double *within, *between;      /* (p, p) */
    double *gaps;                  /* (k, p): sqrt(n_k / n) x (mean of class k - mean) */
    double *eigenvalues, *vectors; /* (p) ascending, (p, p): one vector a row */
    double *factor;                /* (p, p) what LAPACK overwrites */
} lda_work;

static wn_status new_work(lda_work *work, size_t p, size_t n_classes)
{
    wn_status status = WN_OK;
    work->p = p;
    TRY(wn_new(&work->within, p * p));
    TRY(wn_new(&work->between, p * p));
    TRY(wn_new(&work->gaps, n_classes * p));
    TRY(wn_new(&work->eigenvalues, p));
    TRY(wn_new(&work->vectors, p * p));
    TRY(wn_new(&work->factor, p * p));
done:
    return status;
}

static void clear_work(lda_work *work)
{
    wn_free(work->factor);
    wn_free(work->vectors);
    wn_free(work->eigenvalues);
    wn_free(work->gaps);
    wn_free(work->between);
    wn_free(work->within);
}

static double trace_of(const double *a, size_t n)
{
    double trace = 0;
    for (size_t i = 0; i < n; i++)
        trace += a[i * n + i];
    return trace;
}

static void shrink(double *a, size_t n, double shrinkage)
{
    double level = shrinkage * trace_of(a, n) / (double)n;
    cblas_dscal((int)(n * n), 1 - shrinkage, a, 1);
    for (size_t i = 0; i < n; i++)
        a[i * n + i] += level;
}

static void scale_gaps(lda_work *work, const wn_lda_problem *problem)
{
    for (size_t class = 0; class < problem->n_classes; class ++) {
        double share = (double)problem->class_count[class] / (double)problem->n_rows;
        if (problem->class_count[class] == 0)
            continue;
        for (size_t a = 0; a < work->p; a++)
            work->gaps[work->k * work->p + a] = sqrt(share) * problem->gaps[class * work->p + a];
        work->k++;
    }
}

/* Scatters over n: within = total - between; scikit-learn shrinks the total and the within-class one. */
static void fill_scatters(lda_work *work, const wn_lda_problem *problem, double shrinkage)
{
    int p = (int)work->p;
    size_t size = work->p * work->p;
    memcpy(work->within, problem->covariance, size * sizeof *work->within);
    cblas_dscal((int)size, (double)(problem->n_rows - 1) / (double)problem->n_rows, work->within, 1);
    scale_gaps(work, problem);
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, p, p, (int)work->k, 1, work->gaps, p, work->gaps, p, 0,
                work->between, p);
    cblas_daxpy((int)size, -1, work->between, 1, work->within, 1);
    if (shrinkage > 0) {
        double *total = work->factor;
        memcpy(total, work->within, size * sizeof *total);
        cblas_daxpy((int)size, 1, work->between, 1, total, 1);
        shrink(total, work->p, shrinkage);
        shrink(work->within, work->p, shrinkage);
        memcpy(work->between, total, size * sizeof *total);
        cblas_daxpy((int)size, -1, work->within, 1, work->between, 1);
    }
}

/* Largest eigenvalue of the within-class scatter over its smallest; infinite where that is not positive. */
static wn_status find_condition(lda_work *work, double *condition)
{
    lapack_int p = (lapack_int)work->p;
    memcpy(work->factor, work->within, work->p * work->p * sizeof *work->factor);
    lapack_int info = LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'N', 'U', p, work->factor, p, work->eigenvalues);
    if (info != 0)
        return wn_fail(WN_INTERNAL, "LAPACK's dsyevd: info %d", (int)info);
    double least = work->eigenvalues[0], most = work->eigenvalues[work->p - 1];
    *condition = least > 0 ? most / least : INFINITY;
    return WN_OK;
}

static wn_status judge_condition(double condition)
{
    if (condition > WN_LDA_SINGULAR)
        return wn_fail(WN_BAD_DATA,
                       "reduce: the within-class scatter has condition %.1e, so that discriminants would be rounding: "
                       "features are constant or copies of each other; set reduce.shrinkage, keep fewer features "
                       "(rank.keep, rank.never), or normalize them",
                       condition);
    if (condition > WN_LDA_ILL_CONDITIONED)
        wn_log_warning("reduce: the within-class scatter has condition %.1e: discriminants lose digits; "
                       "reduce.shrinkage would help",
                       condition);
    return WN_OK;
}

static wn_status check_scatters(const lda_work *work)
{
    for (size_t i = 0; i < work->p * work->p; i++)
        if (!isfinite(work->within[i]) || !isfinite(work->between[i]))
            return wn_fail(WN_BAD_DATA,
                           "reduce: squares of the selected features' deviations are too large for a double; "
                           "normalize: log bounds them");
    return WN_OK;
}

/* On one rank. */
static wn_status solve(lda_work *work, double *condition)
{
    wn_status status = WN_OK;
    lapack_int p = (lapack_int)work->p;
    TRY(check_scatters(work));
    TRY(find_condition(work, condition));
    TRY(judge_condition(*condition));
    memcpy(work->vectors, work->between, work->p * work->p * sizeof *work->vectors);
    memcpy(work->factor, work->within, work->p * work->p * sizeof *work->factor);
    /* Column major: the vectors come as columns, which are our rows. */
    lapack_int info =
        LAPACKE_dsygvd(LAPACK_COL_MAJOR, 1, 'V', 'U', p, work->vectors, p, work->factor, p, work->eigenvalues);
    if (info != 0)
        status = wn_fail(WN_INTERNAL, "LAPACK's dsygvd: info %d", (int)info);
done:
    return status;
}

/* The components asked for; ratios are shares of all eigenvalues, as scikit-learn has them. */
static wn_status count_components(const lda_work *work, const wn_lda_options *options, double total, size_t *k)
{
    size_t most = work->k - 1 < work->p ? work->k - 1 : work->p;
    double sum = 0;
    if (!(total > 0))
        return wn_fail(WN_BAD_DATA, "reduce: the classes' means do not differ");
    *k = options->n_components;
    if (*k > most)
        return wn_fail(WN_BAD_DATA, "reduce.components: %zu, but %zu classes and %zu features give %zu discriminants",
                       *k, work->k, work->p, most);
    for (size_t i = 0; *k == 0 && options->share < 1 && i < most; i++) {
        sum += work->eigenvalues[work->p - 1 - i] / total;
        if (sum >= options->share)
            *k = i + 1;
    }
    *k = *k > 0 ? *k : most;
    return WN_OK;
}

/* The larger of two errors; NaN, which fmax passes over, is the largest. */
static double worse(double a, double b)
{
    return isnan(a) || a > b ? a : b;
}

static double largest_of(const double *values, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = worse(most, fabs(values[i]));
    return most;
}

/* max |Sb v - lambda Sw v| / max |Sb| and max |V'Sw V - I| of the k vectors of components (k, p). */
static wn_status check(const lda_work *work, const wn_projection *projection, wn_lda_report *report)
{
    int p = (int)work->p, k = (int)projection->n_components;
    double *left = work->factor, *right = work->vectors; /* (k, p) each, done with */
    const double *v = projection->components;
    double most = largest_of(work->between, work->p * work->p);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, k, p, p, 1, v, p, work->between, p, 0, left, p);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, k, p, p, 1, v, p, work->within, p, 0, right, p);
    report->residual = report->orthogonality = 0;
    for (int i = 0; i < k; i++) {
        for (int j = 0; j < k; j++) {
            double product = cblas_ddot(p, right + i * p, 1, v + j * p, 1);
            report->orthogonality = worse(report->orthogonality, fabs(product - (i == j)));
        }
        cblas_daxpy(p, -projection->eigenvalues[i], right + i * p, 1, left + i * p, 1);
        double worst = largest_of(left + i * p, work->p), length = cblas_dnrm2(p, v + i * p, 1);
        report->residual = worse(report->residual, worst / length / most);
    }
    double bound = (double)p * 1e-13 * fmax(report->condition, 1);
    if (!(report->residual <= bound && report->orthogonality <= bound))
        return wn_fail(WN_INTERNAL, "the discriminants are wrong: |Sb v - l Sw v| %.1e, |V'Sw V - I| %.1e",
                       report->residual, report->orthogonality);
    return WN_OK;
}

static wn_status fill_projection(lda_work *work, const wn_lda_options *options, const double *mean,
                                 wn_projection **projection)
{
    wn_status status = WN_OK;
    wn_projection *new = NULL;
    size_t p = work->p, k = 0;
    double total = 0;
    for (size_t i = 0; i < p; i++)
        total += work->eigenvalues[i];
    TRY(count_components(work, options, total, &k));
    TRY(wn_projection_new(&new, "lda", k, p));
    memcpy(new->mean, mean, p * sizeof *mean);
    for (size_t i = 0; i < k; i++) {
        double *component = new->components + i *p;
        memcpy(component, work->vectors + (p - 1 - i) * p, p * sizeof *component);
        wn_eigen_fix_sign(p, component);
        new->eigenvalues[i] = work->eigenvalues[p - 1 - i];
        new->explained_variance_ratio[i] = new->eigenvalues[i] / total;
    }
    wn_free(new->solver);
    new->solver = NULL;
    TRY(wn_string_copy(&new->solver, "lapack"));
    *projection = new;
    new = NULL;
done:
    wn_projection_free(new);
    return status;
}

wn_status wn_lda_solve(const wn_ranks *ranks, const wn_lda_options *options, const wn_lda_problem *problem,
                       wn_projection **projection, wn_lda_report *report)
{
    wn_status status = WN_OK;
    lda_work work = {0};
    wn_projection *made = NULL;
    wn_lda_report found = {0};
    size_t p = problem->p;
    TRY(wn_ranks_agree(ranks, new_work(&work, p, problem->n_classes)));
    fill_scatters(&work, problem, options->shrinkage);
    if (work.k < 2)
        TRY(wn_fail(WN_BAD_DATA, "reduce: lda needs two classes in the training rows, there is %zu", work.k));
    if (ranks->rank == 0)
        status = solve(&work, &found.condition);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_broadcast(ranks, 0, &found.condition, sizeof found.condition));
    TRY(wn_ranks_broadcast(ranks, 0, work.eigenvalues, p * sizeof *work.eigenvalues));
    TRY(wn_ranks_broadcast(ranks, 0, work.vectors, p * p * sizeof *work.vectors));
    status = fill_projection(&work, options, problem->mean, &made);
    if (status == WN_OK)
        status = check(&work, made, &found);
    TRY(wn_ranks_agree(ranks, status));
    *projection = made;
    made = NULL;
    *report = found;
done:
    wn_projection_free(made);
    clear_work(&work);
    return status;
}
