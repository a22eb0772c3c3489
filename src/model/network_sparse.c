/* The first layer of sparse rows. A weight's column, and so its gradient's, is one run of numbers here: loops over them
 * are vector code, and every number is added to in the order of entries. */
#include "workspace.h"

#include <string.h>

static void add_scaled(float *restrict sums, const float *restrict values, float factor, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sums[i] += factor * values[i];
}

void wn_sparse_products(const wn_sparse_batch *x, const float *weights, size_t n_out, float *z)
{
    memset(z, 0, x->n_rows * n_out * sizeof *z);
    for (size_t i = 0; i < x->n_rows; i++)
        for (size_t k = x->start[i]; k < x->start[i + 1]; k++)
            add_scaled(z + i * n_out, weights + x->column[k] * n_out, x->value[k], n_out);
}

void wn_sparse_gradient(const wn_sparse_batch *x, const float *delta, size_t n_out, float *gradient)
{
    memset(gradient, 0, x->columns.n * n_out * sizeof *gradient);
    for (size_t i = 0; i < x->n_rows; i++)
        for (size_t k = x->start[i]; k < x->start[i + 1]; k++)
            add_scaled(gradient + x->column[k] * n_out, delta + i * n_out, x->value[k], n_out);
}
