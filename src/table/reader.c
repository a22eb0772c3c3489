#include "winnow/reader.h"

#include "block_source.h"
#include "winnow/memory.h"

#include <string.h>

/* A block kept in memory; both NULL where it is not. */
typedef struct {
    void *cells;
    double *labels;
} cached_block;

struct wn_reader {
    const wn_catalog *catalog; /* borrowed */
    wn_block_source source;
    void *decoded; /* a block that is not kept */
    cached_block *cache;
    size_t cache_left;
};

size_t wn_reader_n_cols(const wn_reader *reader)
{
    return reader->catalog->n_columns;
}

size_t wn_reader_block_capacity(const wn_reader *reader)
{
    int64_t most = 0;
    for (size_t i = 0; i < reader->catalog->n_files; i++) {
        const wn_file *file = &reader->catalog->files[i];
        int64_t rows = file->n_rows < file->block_rows ? file->n_rows : file->block_rows;
        most = rows > most ? rows : most;
    }
    return (size_t)most;
}

wn_status wn_reader_open(wn_reader **reader, const wn_catalog *catalog, const wn_reader_options *options)
{
    wn_status status = WN_OK;
    wn_reader *r = NULL;
    TRY(wn_new(&r, 1));
    r->catalog = catalog;
    r->cache_left = options->cache_bytes;
    TRY(wn_block_source_init(&r->source, catalog, options));
    TRY(wn_new(&r->cache, (size_t)catalog->n_blocks));
    *reader = r;
    r = NULL;
done:
    wn_reader_close(r);
    return status;
}

void wn_reader_close(wn_reader *reader)
{
    if (reader == NULL)
        return;
    for (int64_t i = 0; reader->cache != NULL && i < reader->catalog->n_blocks; i++) {
        wn_free(reader->cache[i].cells);
        wn_free(reader->cache[i].labels);
    }
    wn_block_source_clear(&reader->source);
    wn_free(reader->decoded);
    wn_free(reader->cache);
    wn_free(reader);
}

int64_t wn_reader_bytes_read(const wn_reader *reader)
{
    return wn_block_source_bytes(&reader->source);
}

static wn_status get_labels(wn_reader *r, int64_t index, const wn_block_extent *extent, double *labels)
{
    if (r->cache[index].labels != NULL) {
        memcpy(labels, r->cache[index].labels, extent->n_rows * sizeof *labels);
        return WN_OK;
    }
    return wn_block_source_labels(&r->source, extent, labels);
}

/* Room for a block: in the cache while the budget lasts, else where the next block overwrites it. */
static wn_status new_decoded(wn_reader *r, const wn_block_extent *extent, bool *is_kept, void **cells)
{
    wn_status status = WN_OK;
    size_t row_bytes = r->catalog->n_columns * wn_cell_bytes(r->catalog->is_float32);
    size_t n_bytes = extent->n_rows * (row_bytes + sizeof(double));
    *is_kept = n_bytes <= r->cache_left;
    if (*is_kept)
        return wn_memory_new(cells, extent->n_rows, row_bytes, __func__);
    if (r->decoded == NULL)
        TRY(wn_memory_new(&r->decoded, wn_reader_block_capacity(r), row_bytes, __func__));
    *cells = r->decoded;
done:
    return status;
}

/* Reads a block that is not in the cache: its cells into *cells, which are kept in the cache if that has room. */
static wn_status read_block(wn_reader *r, int64_t index, const wn_block_extent *extent, double *labels, void **cells)
{
    wn_status status = WN_OK;
    bool is_kept = false;
    void *read = NULL;
    double *kept_labels = NULL;
    TRY(new_decoded(r, extent, &is_kept, &read));
    if (is_kept)
        TRY(wn_new(&kept_labels, extent->n_rows));
    TRY(wn_block_source_cells(&r->source, extent, (wn_cells){.data = read, .is_float32 = r->catalog->is_float32}));
    TRY(get_labels(r, index, extent, labels));
    *cells = read;
    if (!is_kept)
        goto done;
    memcpy(kept_labels, labels, extent->n_rows * sizeof *labels);
    r->cache[index] = (cached_block){.cells = read, .labels = kept_labels};
    r->cache_left -= extent->n_rows * (r->catalog->n_columns * wn_cell_bytes(r->catalog->is_float32) + sizeof(double));
    is_kept = false;
    kept_labels = NULL;
done:
    wn_free(kept_labels);
    wn_free(is_kept ? read : NULL);
    return status;
}

wn_status wn_reader_read(wn_reader *reader, int64_t index, wn_block *block)
{
    wn_status status = WN_OK;
    wn_block_extent extent = wn_catalog_block(reader->catalog, index);
    void *cells = reader->cache[index].cells;
    if (block->capacity < extent.n_rows || block->n_cols != reader->catalog->n_columns)
        return wn_fail(WN_INTERNAL, "block %lld of %zu rows does not fit its buffer", (long long)index, extent.n_rows);
    if (cells != NULL)
        TRY(get_labels(reader, index, &extent, block->labels));
    else
        TRY(read_block(reader, index, &extent, block->labels, &cells));
    wn_cells_widen(block->cells, (wn_cells){.data = cells, .is_float32 = reader->catalog->is_float32},
                   extent.n_rows * block->n_cols);
    block->index = index;
    block->file = extent.file;
    block->n_rows = extent.n_rows;
    for (size_t i = 0; i < extent.n_rows; i++)
        block->rows[i] = extent.first_row + (int64_t)i;
done:
    return status;
}

wn_status wn_reader_read_labels(wn_reader *reader, int64_t index, double *labels)
{
    wn_block_extent extent = wn_catalog_block(reader->catalog, index);
    return get_labels(reader, index, &extent, labels);
}
