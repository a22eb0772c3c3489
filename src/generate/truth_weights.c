#include "normal.h"
#include "truth.h"
#include "winnow/memory.h"

#include <math.h>

/* The lower factor of a positive definite matrix (n, n), in place. */
static void factorize(double *a, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        for (size_t i = j; i < n; i++) {
            double sum = a[i * n + j];
            for (size_t k = 0; k < j; k++)
                sum -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = i == j ? sqrt(sum) : sum / a[j * n + j];
        }
    }
}

static void solve(const double *factor, size_t n, double *x)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            x[i] -= factor[i * n + k] * x[k];
        x[i] /= factor[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++)
            x[i] -= factor[k * n + i] * x[k];
        x[i] /= factor[i * n + i];
    }
}

static double unique_variance(const wn_truth *truth, size_t i)
{
    return (double)truth->unique[i] * truth->unique[i];
}

/* I + L' D^-1 L, factorized. */
static void make_core(const wn_truth *truth, double *core)
{
    size_t m = truth->options.n_informative, n = truth->options.n_factors;
    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b <= a; b++) {
            double sum = a == b;
            for (size_t i = 0; i < m; i++)
                sum += (double)truth->loading[a * m + i] * truth->loading[b * m + i] / unique_variance(truth, i);
            core[a * n + b] = sum;
        }
    }
    factorize(core, n);
}

/* weight = S^-1 shift, S = L L' + D (Woodbury 1950). part: room for n_factors numbers. */
static void weigh_target(wn_truth *truth, const double *core, double *part, size_t target)
{
    size_t m = truth->options.n_informative, n = truth->options.n_factors;
    const float *shift = truth->shift + target * m;
    double *weight = truth->weight + target * m;
    for (size_t k = 0; k < n; k++) {
        part[k] = 0;
        for (size_t i = 0; i < m; i++)
            part[k] += (double)truth->loading[k * m + i] * shift[i] / unique_variance(truth, i);
    }
    solve(core, n, part);
    for (size_t i = 0; i < m; i++) {
        double rest = shift[i];
        for (size_t k = 0; k < n; k++)
            rest -= truth->loading[k * m + i] * part[k];
        weight[i] = rest / unique_variance(truth, i);
    }
}

static double product(const wn_truth *truth, size_t target)
{
    double sum = 0;
    size_t m = truth->options.n_informative;
    for (size_t i = 0; i < m; i++)
        sum += truth->weight[target * m + i] * truth->shift[target * m + i];
    return sum;
}

/* From directions to what was asked for. */
static void scale_shifts(wn_truth *truth)
{
    const wn_generate_options *o = &truth->options;
    size_t m = o->n_informative;
    double distance = 0, factor;
    for (size_t k = 0; k < truth->n_targets; k++)
        distance += (o->n_classes > 0 ? truth->priors[k] : 1) * product(truth, k);
    if (o->n_classes > 0)
        factor = o->separation / sqrt(distance);
    else
        factor = sqrt((1 - o->noise) / o->noise / distance); /* shift' S^-1 shift = R^2 / (1 - R^2) */
    for (size_t i = 0; i < truth->n_targets * m; i++) {
        truth->shift[i] = (float)(truth->shift[i] * factor);
        truth->weight[i] *= o->n_classes > 0 ? factor : factor * o->noise; /* (S + shift shift')^-1 shift */
    }
    for (size_t i = 0; i < m; i++)
        truth->strength[i] *= factor;
}

wn_status wn_truth_weigh(wn_truth *truth)
{
    wn_status status = WN_OK;
    double *core = NULL, *part = NULL;
    size_t n = truth->options.n_factors;
    TRY(wn_new(&core, n * n));
    TRY(wn_new(&part, n));
    make_core(truth, core);
    for (size_t k = 0; k < truth->n_targets; k++)
        weigh_target(truth, core, part, k);
    if (truth->options.n_informative > 0)
        scale_shifts(truth);
    for (size_t k = 0; k < truth->options.n_classes; k++)
        truth->intercept[k] = wn_normal_log(truth->priors[k]) - 0.5 * product(truth, k);
done:
    wn_free(part);
    wn_free(core);
    return status;
}
