/* unavoidable.c - what no program does without that goes from a file of float32 to what follows from its rows: the
 * start of its ranks, the file's bytes read once, one addition a cell, and for the leading components by sweeps the
 * products of all rows with some directions, twice a sweep; nothing else:
 *
 *     mpirun -n P bench_unavoidable FILE COLUMNS [DIRECTIONS SWEEPS single|double]
 *
 * Bytes are taken for cells from the file's first on. SWEEPS may be a fraction: then of the rows. Prints a sum.
 */
#include <cblas.h>
#include <fcntl.h>
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PANEL = 256 };

typedef struct {
    size_t n_rows, n_cols, n_directions; /* rows of this rank */
    float *cells;                        /* (n_rows, n_cols) */
    void *directions, *panel, *scores, *products;
    double sum;
} work;

static int read_part(work *w, const char *path, int rank, int size)
{
    struct stat about;
    int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &about) != 0)
        return 1;
    size_t row = w->n_cols * sizeof(float), n = (size_t)about.st_size / row;
    size_t first = n * (size_t)rank / (size_t)size, last = n * (size_t)(rank + 1) / (size_t)size;
    w->n_rows = last - first;
    w->cells = malloc(w->n_rows * row);
    for (size_t i = 0; i < w->n_rows; i += PANEL) {
        size_t rows = w->n_rows - i < PANEL ? w->n_rows - i : PANEL;
        float *to = w->cells + i * w->n_cols;
        if (pread(file, to, rows * row, (off_t)((first + i) * row)) != (ssize_t)(rows * row))
            return 1;
        float sum[16] = {0};
        for (size_t k = 0; k + 16 <= rows * w->n_cols; k += 16)
            for (size_t lane = 0; lane < 16; lane++)
                sum[lane] += to[k + lane];
        w->sum += (double)sum[0];
    }
    return close(file);
}

static void multiply_single(const work *w, const float *rows, int n)
{
    int p = (int)w->n_cols, width = (int)w->n_directions;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, width, p, 1, rows, p, w->directions, p, 0, w->scores,
                width);
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, width, p, n, 1, w->scores, width, rows, p, 0, w->products, p);
}

static void multiply_double(const work *w, const float *rows, int n)
{
    int p = (int)w->n_cols, width = (int)w->n_directions;
    double *wide = w->panel;
    for (size_t i = 0; i < (size_t)n * w->n_cols; i++)
        wide[i] = (double)rows[i];
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, width, p, 1, wide, p, w->directions, p, 0, w->scores,
                width);
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, width, p, n, 1, w->scores, width, wide, p, 0, w->products, p);
}

static void sweep(const work *w, double sweeps, int is_single)
{
    size_t n = (size_t)lround(sweeps * (double)w->n_rows);
    for (size_t i = 0; i < n;) {
        size_t at = i % w->n_rows, left = w->n_rows - at < PANEL ? w->n_rows - at : PANEL;
        const float *rows = w->cells + at * w->n_cols;
        if (is_single)
            multiply_single(w, rows, (int)left);
        else
            multiply_double(w, rows, (int)left);
        i += left;
    }
}

int main(int argc, char **argv)
{
    int rank = 0, size = 1;
    work w = {.n_cols = argc > 2 ? strtoul(argv[2], NULL, 10) : 0};
    if (w.n_cols == 0)
        return 2;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (read_part(&w, argv[1], rank, size) != 0)
        MPI_Abort(MPI_COMM_WORLD, 1);
    if (argc > 5) {
        w.n_directions = strtoul(argv[3], NULL, 10);
        w.directions = calloc(w.n_directions * w.n_cols, sizeof(double));
        w.products = calloc(w.n_directions * w.n_cols, sizeof(double));
        w.scores = calloc(w.n_directions * PANEL, sizeof(double));
        w.panel = calloc(w.n_cols * PANEL, sizeof(double));
        sweep(&w, strtod(argv[4], NULL), strcmp(argv[5], "single") == 0);
    }
    MPI_Reduce(rank == 0 ? MPI_IN_PLACE : &w.sum, &w.sum, 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
    if (rank == 0)
        printf("%g\n", w.sum);
    free(w.cells);
    free(w.directions);
    free(w.products);
    free(w.scores);
    free(w.panel);
    return MPI_Finalize();
}
