#include "reading.h"
#include "winnow/memory.h"
#include "winnow/workers.h"

#include <hdf5.h>
#include <libdeflate.h>

/* A chunk as it is stored, and what a thread needs to inflate it. */
typedef struct {
    wn_task task;
    unsigned char *bytes;
    size_t n_bytes, n_decoded;
    struct libdeflate_decompressor **decompressors; /* one a thread, like decoded */
    unsigned char **decoded;
    bool is_damaged;
} chunk;

static void inflate_chunk(wn_task *task, size_t worker)
{
    chunk *c = (chunk *)(void *)task;
    c->is_damaged = libdeflate_zlib_decompress(c->decompressors[worker], c->bytes, c->n_bytes, c->decoded[worker],
                                               c->n_decoded, NULL) != LIBDEFLATE_SUCCESS;
}

static wn_status load(hid_t x, hsize_t first_row, chunk *c)
{
    wn_status status = WN_OK;
    const hsize_t offset[2] = {first_row, 0};
    hsize_t n = 0;
    uint32_t mask;
    H5Dget_chunk_storage_size(x, offset, &n);
    TRY(wn_new(&c->bytes, (size_t)n));
    c->n_bytes = (size_t)n;
    if (H5Dread_chunk(x, H5P_DEFAULT, offset, &mask, c->bytes) < 0)
        return wn_fail(WN_IO, "H5Dread_chunk failed");
done:
    return status;
}

/* The chunks that begin in the rank's blocks. */
static wn_status load_chunks(const bench *b, chunk **chunks, size_t *n)
{
    wn_status status = WN_OK;
    hsize_t shape[2] = {0};
    hid_t file = H5Fopen(b->catalog->files[0].path, H5F_ACC_RDONLY, H5P_DEFAULT), x = H5Dopen2(file, "X", H5P_DEFAULT);
    hid_t made = H5Dget_create_plist(x);
    H5Pget_chunk(made, 2, shape);
    int64_t block_rows = b->catalog->files[0].block_rows, rows = b->catalog->n_rows;
    int64_t first = b->blocks.first * block_rows, last = b->blocks.last * block_rows, step = (int64_t)shape[0];
    last = last < rows ? last : rows;
    TRY(wn_new(chunks, (size_t)((last - first) / step + 1)));
    for (int64_t row = (first + step - 1) / step * step; row < last; row += step) {
        (*chunks)[*n].n_decoded = (size_t)(shape[0] * shape[1]) * sizeof(float);
        TRY(load(x, (hsize_t)row, &(*chunks)[*n]));
        ++*n;
    }
done:
    H5Pclose(made);
    H5Dclose(x);
    H5Fclose(file);
    return status;
}

static wn_status inflate_all(bench *b, chunk *chunks, size_t n, wn_workers *workers)
{
    enum { MOST_THREADS = 64 };
    wn_status status = WN_OK;
    struct libdeflate_decompressor *decompressors[MOST_THREADS] = {NULL};
    unsigned char *decoded[MOST_THREADS] = {NULL};
    wn_task_group group = {0};
    for (size_t t = 0; t < wn_workers_count(workers) && t < MOST_THREADS; t++) {
        decompressors[t] = libdeflate_alloc_decompressor();
        TRY(wn_new(&decoded[t], n > 0 ? chunks[0].n_decoded : 1));
    }
    bench_begin(b);
    for (size_t i = 0; i < n; i++) {
        chunks[i].task.run = inflate_chunk;
        chunks[i].decompressors = decompressors;
        chunks[i].decoded = decoded;
        wn_workers_add(workers, &group, &chunks[i].task);
    }
    wn_workers_wait(workers, &group);
    for (size_t i = 0; i < n; i++)
        if (chunks[i].is_damaged)
            status = wn_fail(WN_BAD_DATA, "a chunk is damaged");
done:
    for (size_t t = 0; t < MOST_THREADS; t++) {
        if (decompressors[t] != NULL)
            libdeflate_free_decompressor(decompressors[t]);
        wn_free(decoded[t]);
    }
    return status;
}

wn_status bench_inflate(bench *b)
{
    wn_status status = WN_OK;
    chunk *chunks = NULL;
    size_t n = 0;
    wn_workers *workers = NULL;
    TRY(load_chunks(b, &chunks, &n));
    TRY(wn_workers_new(&workers, b->n_threads));
    TRY(inflate_all(b, chunks, n, workers));
done:
    wn_workers_free(workers);
    for (size_t i = 0; i < n; i++)
        wn_free(chunks[i].bytes);
    wn_free(chunks);
    return status;
}
