/* drive_lasso.c - a program for oracle_lasso.py and the benchmark: reads n, the Gram matrix (n, n), products (n) and
 * the label's square as binary doubles; N_ALPHAS LEAST GAP are arguments. Prints seconds, then alphas, gaps, entries
 * and weights as binary doubles. */
#include "winnow/clock.h"
#include "winnow/lasso.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <stdlib.h>

static double *next(FILE *input, size_t n)
{
    double *values = calloc(n + 1, sizeof *values);
    if (values == NULL || fread(values, sizeof *values, n, input) != n) {
        fputs("numbers are missing\n", stderr);
        exit(2);
    }
    return values;
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    FILE *input = fopen(argv[1], "rb");
    if (input == NULL)
        return 2;
    wn_lasso_path *path = NULL;
    size_t n = (size_t)*next(input, 1);
    wn_lasso_problem problem = {.n = n, .gram = next(input, n * n), .product = next(input, n)};
    problem.square = *next(input, 1);
    wn_lasso_options options = {(size_t)atoi(argv[2]), atof(argv[3]), atof(argv[4])};
    double start = wn_clock_seconds();
    if (wn_lasso_path_fit(&path, &problem, &options) != WN_OK) {
        fprintf(stderr, "%s\n", wn_status_message());
        return 1;
    }
    double seconds = wn_clock_seconds() - start;
    fwrite(&seconds, sizeof seconds, 1, stdout);
    fwrite(path->alpha, sizeof(double), path->n_alphas, stdout);
    fwrite(path->gap, sizeof(double), path->n_alphas, stdout);
    fwrite(path->entry, sizeof(double), n, stdout);
    fwrite(path->weight, sizeof(double), path->n_alphas * n, stdout);
    wn_lasso_path_free(path);
    return fclose(input);
}
