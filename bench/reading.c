/* Reads a table's bytes once, on any number of ranks, and prints seconds: what reading.py puts side by side.
 *     reading pread|slices|twice|h5dread|inflate|blocks|adding|profile|arithmetic|prepare|duplicates FILE.h5
 *             [THREADS|all [TABLE]]
 * pread: the raw bytes of the contiguous dataset X into one buffer, a block at a time; slices: the same a part of a
 * block at a time, and each cell looked at once; twice: these, then again into standardized rows; h5dread: the same
 * rows through the library; inflate: nothing but decompressing its chunks; blocks: through the reader; adding: these,
 * and each cell added once; profile: the pass that `winnow run` makes for its profile, after its pilot; arithmetic:
 * that pass over as many blocks, which lie in memory already; prepare: file to profile and standardized rows.
 */
#include "reading.h"
#include "winnow/clock.h"
#include "winnow/moments.h"
#include "winnow/node.h"
#include "winnow/pass.h"
#include "winnow/pilot.h"
#include "winnow/quantiles.h"
#include "winnow/row_hashes.h"

#include "winnow/memory.h"

#include <fcntl.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More than processors cache. */
enum { WINDOW_BYTES = 64 << 20, KEPT_BLOCKS = 48, KEPT_BYTES = 512 << 20 };

void bench_begin(bench *b)
{
    MPI_Barrier(b->ranks->comm);
    b->begin = wn_clock_seconds();
}

static wn_status run_pread(bench *b)
{
    wn_status status = WN_OK;
    const wn_file *file = &b->catalog->files[0];
    size_t row_bytes = b->catalog->n_columns * sizeof(float);
    char *buffer = NULL;
    hid_t id = H5Fopen(file->path, H5F_ACC_RDONLY, H5P_DEFAULT), x = H5Dopen2(id, "X", H5P_DEFAULT);
    off_t offset = (off_t)H5Dget_offset(x);
    int descriptor = open(file->path, O_RDONLY);
    H5Dclose(x);
    H5Fclose(id);
    TRY(wn_new(&buffer, (size_t)file->block_rows * row_bytes));
    bench_begin(b);
    for (int64_t i = b->blocks.first; i < b->blocks.last; i++) {
        wn_block_extent e = wn_catalog_block(b->catalog, i);
        size_t n = e.n_rows * row_bytes;
        if (pread(descriptor, buffer, n, offset + (off_t)((size_t)e.first_row_in_file * row_bytes)) != (ssize_t)n)
            TRY(wn_fail(WN_IO, "short read"));
    }
done:
    close(descriptor);
    wn_free(buffer);
    return status;
}

static wn_status run_h5dread(bench *b)
{
    wn_status status = WN_OK;
    const wn_file *file = &b->catalog->files[0];
    const hsize_t width = b->catalog->n_columns;
    float *buffer = NULL;
    hid_t id = H5Fopen(file->path, H5F_ACC_RDONLY, H5P_DEFAULT), x = H5Dopen2(id, "X", H5P_DEFAULT);
    hid_t space = H5Dget_space(x);
    TRY(wn_new(&buffer, (size_t)file->block_rows * width));
    bench_begin(b);
    for (int64_t i = b->blocks.first; i < b->blocks.last; i++) {
        wn_block_extent e = wn_catalog_block(b->catalog, i);
        const hsize_t start[2] = {(hsize_t)e.first_row_in_file, 0}, count[2] = {e.n_rows, width};
        hid_t memory = H5Screate_simple(2, count, NULL);
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
        if (H5Dread(x, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, buffer) < 0)
            TRY(wn_fail(WN_IO, "H5Dread failed"));
        H5Sclose(memory);
    }
done:
    H5Sclose(space);
    H5Dclose(x);
    H5Fclose(id);
    wn_free(buffer);
    return status;
}

/* Numbers of blocks for a pass: all of a rank, or as often the few that a reader keeps, which it has read then. */
static wn_status list_blocks(bench *b, const wn_pass *pass, bool is_kept, int64_t *order, size_t n)
{
    size_t n_kept = is_kept && n > KEPT_BLOCKS ? KEPT_BLOCKS : n;
    for (size_t i = 0; i < n; i++)
        order[i] = b->blocks.first + (int64_t)(i % n_kept);
    return is_kept ? wn_pass_run_blocks(pass, order, n_kept, NULL, 0, NULL, 0, NULL) : WN_OK;
}

/* What a pass adds, and over what. */
typedef struct {
    bool adds;     /* each cell once */
    bool profiles; /* the profile's statistics */
    bool is_kept;  /* over blocks in memory */
} pass_kind;

/* The pass over all blocks of a rank. */
static wn_status run_pass(bench *b, pass_kind kind)
{
    static const double quartile[] = {0.25, 0.5, 0.75};
    wn_status status = WN_OK;
    wn_reader *reader = NULL;
    wn_pilot *pilot = NULL;
    wn_moments *moments = NULL;
    wn_quantiles *quantiles = NULL;
    wn_window *windows = NULL;
    double *cells = NULL;
    int64_t *order = NULL;
    size_t n_blocks = (size_t)(b->blocks.last - b->blocks.first);
    size_t p = b->catalog->n_columns, n_accumulators = 0;
    const wn_reader_options options = {.n_threads = b->n_threads, .cache_bytes = kind.is_kept ? KEPT_BYTES : 0};
    wn_accumulator accumulators[2];
    uint64_t sum = 0;
    TRY(wn_reader_open(&reader, b->catalog, &options));
    wn_pass pass = {
        .ranks = b->ranks, .reader = reader, .blocks = b->blocks, .name = "bench", .total_rows = b->catalog->n_rows};
    if (kind.adds)
        accumulators[n_accumulators++] = bench_adding(&sum);
    if (kind.profiles) {
        TRY(wn_pilot_read(&pass, NULL, 0, b->catalog->n_blocks, 1, &pilot, NULL));
        TRY(wn_new(&cells, 2 * pilot->n_rows));
        TRY(wn_new(&windows, 3 * p));
        for (size_t c = 0; c < p; c++) {
            size_t n = wn_pilot_cells(pilot, c, cells);
            wn_windows_of_sample(cells, cells + pilot->n_rows, n, 3, quartile, windows + 3 * c);
        }
        TRY(wn_moments_new(&moments, p));
        TRY(wn_quantiles_new(&quantiles, p, 3, quartile, windows, WINDOW_BYTES));
        wn_moments_carry(moments, quantiles);
        accumulators[n_accumulators++] = wn_moments_accumulator(moments);
        accumulators[n_accumulators++] = wn_quantiles_accumulator(quantiles);
    }
    TRY(wn_new(&order, n_blocks));
    TRY(list_blocks(b, &pass, kind.is_kept, order, n_blocks));
    bench_begin(b);
    TRY(wn_pass_run_blocks(&pass, order, n_blocks, NULL, 0, accumulators, n_accumulators, NULL));
done:
    wn_free(order);
    wn_quantiles_free(quantiles);
    wn_moments_free(moments);
    wn_free(windows);
    wn_free(cells);
    wn_pilot_free(pilot);
    wn_reader_close(reader);
    return status;
}

static void count_repeat(void *context, int64_t row)
{
    (void)row;
    ++*(int64_t *)context;
}

/* Reading, hashing and finding the repeats of rows over all ranks. */
static wn_status run_duplicates(bench *b)
{
    wn_status status = WN_OK;
    wn_reader *reader = NULL;
    wn_row_hashes *hashes = NULL;
    int64_t n_leaked = 0, n_repeats = 0, most_rows = b->catalog->n_rows / b->ranks->size + 65536;
    const wn_row_hashes_options hashing = {.n_cols = b->catalog->n_columns,
                                           .seed = 1,
                                           .n_originals = INT64_MAX,
                                           .most_rows = (size_t)most_rows,
                                           .take = count_repeat,
                                           .context = &n_repeats};
    const wn_reader_options options = {.n_threads = b->n_threads};
    TRY(wn_reader_open(&reader, b->catalog, &options));
    TRY(wn_row_hashes_new(&hashes, &hashing));
    wn_pass pass = {
        .ranks = b->ranks, .reader = reader, .blocks = b->blocks, .name = "bench", .total_rows = b->catalog->n_rows};
    wn_accumulator accumulator = wn_row_hashes_accumulator(hashes);
    bench_begin(b);
    TRY(wn_pass_run(&pass, NULL, 0, &accumulator, 1, NULL));
    TRY(wn_row_hashes_finish(b->ranks, hashes, &n_leaked));
done:
    wn_row_hashes_free(hashes);
    wn_reader_close(reader);
    return status;
}

static wn_status run(bench *b, const char *mode)
{
    if (strcmp(mode, "pread") == 0)
        return run_pread(b);
    if (strcmp(mode, "slices") == 0 || strcmp(mode, "twice") == 0)
        return bench_slices(b, strcmp(mode, "twice") == 0);
    if (strcmp(mode, "h5dread") == 0)
        return run_h5dread(b);
    if (strcmp(mode, "inflate") == 0)
        return bench_inflate(b);
    if (strcmp(mode, "prepare") == 0)
        return bench_prepare(b);
    if (strcmp(mode, "duplicates") == 0)
        return run_duplicates(b);
    bool is_kept = strcmp(mode, "arithmetic") == 0;
    return run_pass(b, (pass_kind){.adds = strcmp(mode, "adding") == 0,
                                   .profiles = is_kept || strcmp(mode, "profile") == 0,
                                   .is_kept = is_kept});
}

int main(int argc, char **argv)
{
    wn_status status = WN_OK;
    wn_catalog *catalog = NULL;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &(int){0});
    wn_ranks ranks = wn_ranks_of(MPI_COMM_WORLD);
    const wn_input input = {.files = (const char *const *)&argv[2], .n_files = 1, .table = argc > 4 ? argv[4] : NULL};
    TRY(wn_catalog_open(&ranks, &catalog, &input));
    bench b = {&ranks, catalog, wn_range_part(catalog->n_blocks, ranks.size, ranks.rank), 0, 0};
    TRY(wn_node_threads(&ranks, &b.n_threads));
    if (argc > 3 && strcmp(argv[3], "all") != 0)
        b.n_threads = (size_t)atoi(argv[3]);
    TRY(run(&b, argv[1]));
    MPI_Barrier(MPI_COMM_WORLD);
    if (ranks.rank == 0)
        printf("%.6f\n", wn_clock_seconds() - b.begin);
done:
    if (status != WN_OK)
        fprintf(stderr, "%s\n", wn_status_message());
    wn_catalog_free(catalog);
    MPI_Finalize();
    return (int)status;
}
