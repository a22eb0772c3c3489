/* products.c - the statistics pass with all products of columns, reading counted, beside DGEMM and DSYRK of as many
 * rows that lie in memory, and beside bare reading of the file:
 *
 *     mpirun -n P bench_products TABLE.h5 RUNS
 *     mpirun -n P bench_products
 *
 * Prints a line a run: seconds of DGEMM, of DSYRK, of the pass and of pread, each from when all ranks begin until all
 * are done. Without arguments MPI is started and ended, and nothing else is done.
 */
#include "winnow/catalog.h"
#include "winnow/clock.h"
#include "winnow/memory.h"
#include "winnow/node.h"
#include "winnow/profile.h"
#include "winnow/reader.h"
#include "winnow/statistics.h"

#include <cblas.h>
#include <fcntl.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Bytes of one pread: they stay in a processor's own cache. */
enum { SLICE = 1 << 20 };

typedef struct {
    const wn_ranks *ranks;
    const char *path;
    const wn_catalog *catalog;
    wn_reader *reader; /* keeps no block: every pass reads the file, whose bytes are in the page cache */
    wn_rows *rows;
    wn_recipe *recipe;
    wn_pilot *pilot;
    wn_moments *moments; /* of the profile */
    wn_pass pass;
    size_t n_rows, n_cols; /* of this rank's part */
    double *cells;         /* (n_rows, n_cols) what DGEMM and DSYRK multiply */
    double *product;       /* (n_cols, n_cols) */
} bench;

static wn_status fit_profile(bench *b)
{
    wn_status status = WN_OK;
    bool needs_cleaned = false;
    int n_passes = 0;
    TRY(wn_pilot_read(&b->pass, NULL, 0, b->catalog->n_blocks, 1, &b->pilot, NULL));
    TRY(wn_profile_measure(&b->pass, b->rows, b->pilot, b->recipe, &needs_cleaned, &b->moments, &n_passes, NULL));
done:
    return status;
}

static wn_status prepare(bench *b)
{
    wn_status status = WN_OK;
    wn_range blocks = wn_catalog_part(b->catalog, b->ranks->size, b->ranks->rank);
    wn_reader_options options = {0};
    TRY(wn_node_threads(b->ranks, &options.n_threads));
    TRY(wn_reader_open(&b->reader, b->catalog, &options));
    TRY(wn_rows_of_blocks(&b->rows, b->catalog, blocks));
    TRY(wn_recipe_new(&b->recipe, b->catalog));
    for (size_t c = 0; c < b->recipe->n_columns; c++)
        b->recipe->columns[c].rule.missing = WN_MISSING_MEAN;
    b->pass = (wn_pass){
        .ranks = b->ranks, .reader = b->reader, .blocks = blocks, .name = "bench", .total_rows = b->catalog->n_rows};
    TRY(fit_profile(b));
    b->n_rows = b->rows->n_rows;
    b->n_cols = b->catalog->n_columns;
    TRY(wn_new(&b->cells, b->n_rows * b->n_cols));
    TRY(wn_new(&b->product, b->n_cols * b->n_cols));
    for (size_t i = 0; i < b->n_rows * b->n_cols; i++)
        b->cells[i] = (double)(i * 2654435761u % 1024) - 511.5;
done:
    return status;
}

static wn_status multiply(bench *b)
{
    int n = (int)b->n_cols, k = (int)b->n_rows;
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, n, k, 1, b->cells, n, b->cells, n, 0, b->product, n);
    return WN_OK;
}

static wn_status multiply_half(bench *b)
{
    int n = (int)b->n_cols, k = (int)b->n_rows;
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, n, k, 1, b->cells, n, 0, b->product, n);
    return WN_OK;
}

static wn_status make_pass(bench *b)
{
    wn_statistics *statistics = NULL;
    const wn_statistics_options options = {.gram = true, .raw = b->moments};
    int n_passes = 0;
    wn_status status =
        wn_statistics_run(&b->pass, b->rows, b->pilot, b->recipe, &options, &statistics, &n_passes, NULL);
    wn_statistics_free(statistics);
    return status;
}

/* This rank's part of the file's bytes, into one buffer. */
static wn_status read_bytes(bench *b)
{
    wn_status status = WN_OK;
    char *slice = NULL;
    int file = open(b->path, O_RDONLY);
    if (file < 0)
        return wn_fail(WN_IO, "%s: cannot be opened", b->path);
    wn_range part = wn_range_part((int64_t)lseek(file, 0, SEEK_END), b->ranks->size, b->ranks->rank);
    TRY(wn_new(&slice, SLICE));
    for (int64_t at = part.first; at < part.last; at += SLICE) {
        int64_t n = part.last - at < SLICE ? part.last - at : SLICE;
        if (pread(file, slice, (size_t)n, (off_t)at) != n)
            TRY(wn_fail(WN_IO, "%s: cannot be read", b->path));
    }
done:
    wn_free(slice);
    close(file);
    return status;
}

/* Collective. */
static wn_status measure(bench *b, wn_status (*work)(bench *), double *seconds)
{
    MPI_Barrier(MPI_COMM_WORLD);
    double begin = wn_clock_seconds();
    wn_status status = work(b);
    MPI_Barrier(MPI_COMM_WORLD);
    *seconds = wn_clock_seconds() - begin;
    return status;
}

static wn_status run(bench *b, int n_runs)
{
    wn_status status = WN_OK;
    double gemm, syrk, pass, reading;
    TRY(wn_ranks_agree(b->ranks, prepare(b)));
    for (int i = 0; i < n_runs; i++) {
        TRY(measure(b, multiply, &gemm));
        TRY(measure(b, multiply_half, &syrk));
        TRY(measure(b, make_pass, &pass));
        TRY(measure(b, read_bytes, &reading));
        if (b->ranks->rank == 0)
            printf("%.6f %.6f %.6f %.6f\n", gemm, syrk, pass, reading);
    }
done:
    return status;
}

int main(int argc, char **argv)
{
    wn_status status = WN_OK;
    wn_catalog *catalog = NULL;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &(int){0});
    wn_ranks ranks = wn_ranks_of(MPI_COMM_WORLD);
    bench b = {.ranks = &ranks};
    const wn_input input = {.files = (const char *const *)&argv[1], .n_files = 1};
    if (argc == 1)
        goto done;
    if (argc != 3)
        TRY(wn_fail(WN_USAGE, "usage: bench_products [TABLE.h5 RUNS]"));
    TRY(wn_catalog_open(&ranks, &catalog, &input));
    b.catalog = catalog;
    b.path = argv[1];
    TRY(run(&b, atoi(argv[2])));
done:
    if (status != WN_OK && ranks.rank == 0)
        fprintf(stderr, "%s\n", wn_status_message());
    wn_free(b.product);
    wn_free(b.cells);
    wn_moments_free(b.moments);
    wn_pilot_free(b.pilot);
    wn_recipe_free(b.recipe);
    wn_rows_free(b.rows);
    wn_reader_close(b.reader);
    wn_catalog_free(catalog);
    MPI_Finalize();
    return (int)status;
}
