#include "symmetric.h"

#include "winnow/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SWEEPS = 60 };

static double draw(size_t i, size_t j)
{
    return wn_random_normal((wn_random){3, WN_RANDOM_TEST, i}, j);
}

/* a = sum over k of value[k] q_k q_k', where the q are the rows of a product of reflections. */
static void from_eigenvalues(size_t n, const double *value, double *a)
{
    long double *w = malloc(n * n * sizeof *w), *v = malloc(n * sizeof *v), *row = malloc(n * sizeof *row);
    for (size_t i = 0; i < n * n; i++)
        w[i] = i % (n + 1) == 0 ? (long double)value[i / n] : 0;
    for (size_t r = 0; r < 3; r++) { /* w = H w H, H = I - 2 v v' */
        long double norm = 0, vwv = 0;
        for (size_t i = 0; i < n; i++)
            v[i] = (long double)draw(r + 100, i);
        for (size_t i = 0; i < n; i++)
            norm += v[i] * v[i];
        for (size_t i = 0; i < n; i++)
            v[i] /= sqrtl(norm);
        for (size_t i = 0; i < n; i++) {
            row[i] = 0;
            for (size_t j = 0; j < n; j++)
                row[i] += w[i * n + j] * v[j];
            vwv += v[i] * row[i];
        }
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                w[i * n + j] += 4 * v[i] * v[j] * vwv - 2 * (v[i] * row[j] + row[i] * v[j]);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            a[i * n + j] = (double)(i <= j ? w[i * n + j] : w[j * n + i]);
    free(row);
    free(v);
    free(w);
}

/* a = B'B of a random B (rank, n). */
static void from_rows(size_t n, size_t rank, double *a)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++) {
            long double sum = 0;
            for (size_t k = 0; k < rank; k++)
                sum += (long double)draw(k, i) * (long double)draw(k, j);
            a[i * n + j] = a[j * n + i] = (double)sum;
        }
}

void symmetric_fill(symmetric_kind kind, size_t n, double *a)
{
    double *value = calloc(n, sizeof *value);
    for (size_t i = 0; i < n; i++) {
        if (kind == SYMMETRIC_REPEATED)
            value[i] = i < (n + 1) / 2 ? 3 : 1;
        if (kind == SYMMETRIC_STEEP)
            value[i] = 7 * pow(10, -5.5 * (double)i / (double)n);
        if (kind == SYMMETRIC_DIAGONAL)
            value[i] = 1 + (double)((i * 7) % n);
    }
    memset(a, 0, n * n * sizeof *a);
    if (kind == SYMMETRIC_RANDOM)
        from_rows(n, n + 5, a);
    if (kind == SYMMETRIC_LOW_RANK)
        from_rows(n, n / 3 + 1, a);
    if (kind == SYMMETRIC_REPEATED || kind == SYMMETRIC_STEEP)
        from_eigenvalues(n, value, a);
    for (size_t i = 0; i < n && kind == SYMMETRIC_DIAGONAL; i++)
        a[i * n + i] = value[i];
    free(value);
}

/* Makes w[p][q] zero by a rotation, which is applied to the rows of z too. */
static void rotate(size_t n, long double *w, long double *z, size_t p, size_t q)
{
    long double apq = w[p * n + q];
    if (apq == 0)
        return;
    long double tau = (w[q * n + q] - w[p * n + p]) / (2 * apq);
    long double t = (tau >= 0 ? 1 : -1) / (fabsl(tau) + sqrtl(1 + tau * tau));
    long double c = 1 / sqrtl(1 + t * t), s = t * c;
    for (size_t k = 0; k < n; k++) {
        long double left = w[k * n + p], right = w[k * n + q];
        w[k * n + p] = c * left - s * right;
        w[k * n + q] = s * left + c * right;
    }
    for (size_t k = 0; k < n; k++) {
        long double left = w[p * n + k], right = w[q * n + k];
        w[p * n + k] = c * left - s * right;
        w[q * n + k] = s * left + c * right;
        left = z[p * n + k], right = z[q * n + k];
        z[p * n + k] = c * left - s * right;
        z[q * n + k] = s * left + c * right;
    }
    w[p * n + q] = w[q * n + p] = 0;
}

static long double off_diagonal(size_t n, const long double *w)
{
    long double most = 0;
    for (size_t p = 0; p < n; p++)
        for (size_t q = p + 1; q < n; q++)
            most = fmaxl(most, fabsl(w[p * n + q]));
    return most;
}

static long double largest_diagonal(size_t n, const long double *w)
{
    long double most = 0;
    for (size_t p = 0; p < n; p++)
        most = fmaxl(most, fabsl(w[p * n + p]));
    return most;
}

void symmetric_jacobi(size_t n, const double *a, double *eigenvalues, double *vectors)
{
    long double *w = malloc(n * n * sizeof *w), *z = malloc(n * n * sizeof *z);
    for (size_t i = 0; i < n * n; i++) {
        w[i] = (long double)a[i];
        z[i] = i % (n + 1) == 0 ? 1 : 0;
    }
    for (int sweep = 0; sweep < MOST_SWEEPS && off_diagonal(n, w) > 1e-19L * largest_diagonal(n, w); sweep++)
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++)
                rotate(n, w, z, p, q);
    for (size_t i = 0; i < n; i++) { /* the largest that is left */
        size_t best = 0;
        while (isnan((double)w[best * n + best]))
            best++;
        for (size_t k = best + 1; k < n; k++)
            if (w[k * n + k] > w[best * n + best])
                best = k;
        eigenvalues[i] = (double)w[best * n + best];
        for (size_t k = 0; k < n; k++)
            vectors[i * n + k] = (double)z[best * n + k];
        w[best * n + best] = NAN;
    }
    free(z);
    free(w);
}
