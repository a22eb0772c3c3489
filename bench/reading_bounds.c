#include "reading.h"
#include "winnow/memory.h"

#include <fcntl.h>
#include <hdf5.h>
#include <unistd.h>

enum { SLICE_BYTES = 1 << 18 };

/* Integers, so that the compiler may add them in any order. */
static uint64_t add_words(const uint32_t *words, size_t n)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += words[i];
    return sum;
}

/* With a centre and a factor alone: what rows must at least become. */
static void standardize(const float *cells, size_t n, float *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (cells[i] - 0.5F) * 0.25F;
}

/* Adds up the words; or, where there is room for them, standardizes the cells. */
static wn_status read_slices(const bench *b, int descriptor, off_t offset, char *buffer, uint64_t *sum, float *to)
{
    size_t row_bytes = b->catalog->n_columns * sizeof(float);
    for (int64_t i = b->blocks.first; i < b->blocks.last; i++) {
        wn_block_extent e = wn_catalog_block(b->catalog, i);
        size_t n = e.n_rows * row_bytes;
        off_t from = offset + (off_t)((size_t)e.first_row_in_file * row_bytes);
        for (size_t at = 0; at < n; at += SLICE_BYTES) {
            size_t part = n - at < SLICE_BYTES ? n - at : SLICE_BYTES;
            if (pread(descriptor, buffer + at, part, from + (off_t)at) != (ssize_t)part)
                return wn_fail(WN_IO, "short read");
            if (to == NULL) {
                *sum += add_words((const uint32_t *)(void *)(buffer + at), part / sizeof(uint32_t));
                continue;
            }
            standardize((const float *)(void *)(buffer + at), part / sizeof(float), to);
            to += part / sizeof(float);
        }
    }
    return WN_OK;
}

static size_t cells_of_rank(const bench *b)
{
    size_t n = 0;
    for (int64_t i = b->blocks.first; i < b->blocks.last; i++)
        n += wn_catalog_block(b->catalog, i).n_rows * b->catalog->n_columns;
    return n;
}

wn_status bench_slices(bench *b, bool standardizes)
{
    wn_status status = WN_OK;
    const wn_file *file = &b->catalog->files[0];
    volatile uint64_t kept; /* so that the sum is wanted */
    uint64_t sum = 0;
    char *buffer = NULL;
    float *rows = NULL;
    hid_t id = H5Fopen(file->path, H5F_ACC_RDONLY, H5P_DEFAULT), x = H5Dopen2(id, "X", H5P_DEFAULT);
    off_t offset = (off_t)H5Dget_offset(x);
    int descriptor = open(file->path, O_RDONLY);
    H5Dclose(x);
    H5Fclose(id);
    TRY(wn_new(&buffer, (size_t)file->block_rows * b->catalog->n_columns * sizeof(float)));
    bench_begin(b);
    TRY(read_slices(b, descriptor, offset, buffer, &sum, NULL));
    if (standardizes) {
        TRY(wn_new(&rows, cells_of_rank(b)));
        TRY(read_slices(b, descriptor, offset, buffer, &sum, rows));
    }
    kept = sum;
    (void)kept;
done:
    close(descriptor);
    wn_free(rows);
    wn_free(buffer);
    return status;
}

static wn_status add_block(void *state, const wn_block *block)
{
    wn_cells cells = wn_block_view(block);
    size_t n_bytes = block->n_rows * block->n_cols * wn_cell_bytes(cells.is_float32);
    *(uint64_t *)state += add_words(cells.data, n_bytes / sizeof(uint32_t));
    return WN_OK;
}

static wn_span no_words(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

wn_accumulator bench_adding(uint64_t *sum)
{
    static const wn_accumulator_ops ops = {"adding", add_block, no_words, no_words, true, NULL};
    return (wn_accumulator){&ops, sum};
}
