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

wn_status wn_reader_new_block(const wn_reader *reader, wn_block **block)
{
    const wn_catalog *catalog = reader->catalog;
    return wn_block_new(block, wn_reader_block_capacity(reader), catalog->n_columns, catalog->is_float32);
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

static size_t row_bytes(const wn_catalog *catalog)
{
    return catalog->n_columns * wn_cell_bytes(catalog->is_float32);
}

/* Room for a block that is read from its file: in the cache while the budget lasts, else the block's own buffer. */
static wn_status new_cached(wn_reader *r, const wn_block_extent *extent, cached_block *kept)
{
    wn_status status = WN_OK;
    size_t n_bytes = extent->n_rows * (row_bytes(r->catalog) + sizeof(double));
    if (n_bytes > r->cache_left)
        return WN_OK;
    TRY(wn_memory_new(&kept->cells, extent->n_rows, row_bytes(r->catalog), __func__));
    TRY(wn_new(&kept->labels, extent->n_rows));
done:
    return status;
}

static void keep(wn_reader *r, int64_t index, const wn_block_extent *extent, const double *labels, cached_block *kept)
{
    memcpy(kept->labels, labels, extent->n_rows * sizeof *labels);
    r->cache[index] = *kept;
    r->cache_left -= extent->n_rows * (row_bytes(r->catalog) + sizeof(double));
    *kept = (cached_block){0};
}

/* Reads a block that is not in the cache, and keeps it there if that has room. */
static wn_status read_block(wn_reader *r, int64_t index, const wn_block_extent *extent, wn_block *block)
{
    wn_status status = WN_OK;
    cached_block kept = {0};
    wn_cells cells = block->buffer;
    TRY(new_cached(r, extent, &kept));
    if (kept.cells != NULL)
        cells.data = kept.cells;
    TRY(wn_block_source_cells(&r->source, extent, cells));
    TRY(get_labels(r, index, extent, block->labels));
    if (kept.cells != NULL)
        keep(r, index, extent, block->labels, &kept);
    block->raw = cells;
done:
    wn_free(kept.labels);
    wn_free(kept.cells);
    return status;
}

wn_status wn_reader_read(wn_reader *reader, int64_t index, wn_block *block)
{
    wn_status status = WN_OK;
    const wn_catalog *catalog = reader->catalog;
    wn_block_extent extent = wn_catalog_block(catalog, index);
    wn_cells cached = {.data = reader->cache[index].cells, .is_float32 = catalog->is_float32};
    if (block->capacity < extent.n_rows || block->n_cols != catalog->n_columns ||
        block->buffer.is_float32 != catalog->is_float32)
        return wn_fail(WN_INTERNAL, "block %lld of %zu rows does not fit its buffer", (long long)index, extent.n_rows);
    if (cached.data == NULL) {
        TRY(read_block(reader, index, &extent, block));
    } else {
        TRY(get_labels(reader, index, &extent, block->labels));
        block->raw = cached;
    }
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
