#include "winnow/reader.h"

#include "block_source.h"
#include "winnow/memory.h"

#include <math.h>
#include <string.h>

/* A block kept in memory; all NULL where it is not. */
typedef struct {
    void *cells;
    double *labels;
    wn_text *texts;
    wn_text_store store;
} cached_block;

struct wn_block_read {
    wn_reading reading;
    wn_block *block; /* borrowed */
    int64_t index;
    wn_block_extent extent;
    cached_block kept; /* what goes to the cache when it is filled */
    wn_status status;  /* of the start */
    bool is_under_way; /* the source has begun; else the block came from the cache, or nothing came */
};

struct wn_reader {
    const wn_catalog *catalog; /* borrowed */
    wn_block_source source;
    size_t n_threads;
    wn_block_read *own; /* for blocks that are read at once */
    int64_t bytes_read;
    cached_block *cache;
    size_t cache_left;
};

size_t wn_reader_n_cols(const wn_reader *reader)
{
    return reader->catalog->n_cells;
}

bool wn_reader_is_float32(const wn_reader *reader)
{
    return reader->catalog->is_float32;
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

size_t wn_reader_block_rows(const wn_reader *reader, int64_t index)
{
    return wn_catalog_block(reader->catalog, index).n_rows;
}

wn_status wn_reader_new_block(const wn_reader *reader, wn_block **block)
{
    const wn_catalog *catalog = reader->catalog;
    size_t capacity = wn_reader_block_capacity(reader);
    wn_status status = WN_OK;
    wn_block *made = NULL;
    TRY(wn_block_new(&made, capacity, catalog->n_cells, catalog->is_float32));
    if (catalog->n_texts > 0)
        TRY(wn_block_add_texts(made, catalog->n_texts));
    for (size_t i = 0; !catalog->has_label && i < capacity; i++)
        made->labels[i] = (double)NAN;
    *block = made;
    made = NULL;
done:
    wn_block_free(made);
    return status;
}

wn_status wn_reader_open(wn_reader **reader, const wn_catalog *catalog, const wn_reader_options *options)
{
    wn_status status = WN_OK;
    wn_reader *r = NULL;
    TRY(wn_new(&r, 1));
    r->catalog = catalog;
    r->cache_left = options->cache_bytes;
    r->n_threads = options->n_threads;
    TRY(wn_block_read_new(&r->own));
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
        wn_free(reader->cache[i].texts);
        wn_text_store_clear(&reader->cache[i].store);
    }
    wn_block_source_clear(&reader->source);
    wn_block_read_free(reader->own);
    wn_free(reader->cache);
    wn_free(reader);
}

int64_t wn_reader_bytes_read(const wn_reader *reader)
{
    return reader->bytes_read;
}

wn_status wn_block_read_new(wn_block_read **read)
{
    wn_status status = wn_new(read, 1);
    if (status == WN_OK)
        wn_reading_init(&(*read)->reading);
    return status;
}

void wn_block_read_free(wn_block_read *read)
{
    if (read == NULL)
        return;
    wn_reading_clear(&read->reading);
    wn_free(read);
}

/* A block is several pieces, for several threads. More blocks than are needed are more memory than caches hold: the
 * block that is taken next should still lie in one. */
size_t wn_reader_blocks_ahead(const wn_reader *reader)
{
    size_t n = reader->n_threads > 0 ? (reader->n_threads + 1) / 2 + 1 : 1;
    return n < WN_MOST_BLOCKS_AHEAD ? n : WN_MOST_BLOCKS_AHEAD;
}

static size_t row_bytes(const wn_catalog *catalog)
{
    return catalog->n_cells * wn_cell_bytes(catalog->is_float32);
}

/* Of the cache, without the bytes of texts. */
static size_t kept_bytes(const wn_catalog *catalog, size_t n_rows)
{
    return n_rows * (row_bytes(catalog) + catalog->n_texts * sizeof(wn_text) + sizeof(double));
}

/* Room for a block that is read from its file: in the cache while the budget lasts, else the block's own buffer. How
 * long its texts are is known when they are there. */
static wn_status new_cached(wn_reader *r, const wn_block_extent *extent, cached_block *kept)
{
    wn_status status = WN_OK;
    size_t n_bytes = kept_bytes(r->catalog, extent->n_rows);
    if (n_bytes > r->cache_left)
        return WN_OK;
    TRY(wn_memory_new(&kept->cells, extent->n_rows, row_bytes(r->catalog), __func__));
    r->cache_left -= n_bytes;
    TRY(wn_new(&kept->labels, extent->n_rows));
    TRY(wn_memory_new((void **)&kept->texts, extent->n_rows, r->catalog->n_texts * sizeof *kept->texts, __func__));
done:
    return status;
}

static void forget(wn_reader *r, wn_block_read *read)
{
    if (read->kept.cells != NULL)
        r->cache_left += kept_bytes(r->catalog, read->extent.n_rows);
    wn_free(read->kept.texts);
    wn_free(read->kept.labels);
    wn_free(read->kept.cells);
    read->kept = (cached_block){0};
}

/* The texts are too long for the cache: the cells go to the block's own buffer. */
static void take_back(wn_reader *r, wn_block_read *read)
{
    wn_block *block = read->block;
    memcpy(block->buffer.data, read->kept.cells, read->extent.n_rows * row_bytes(r->catalog));
    block->raw = block->buffer;
    forget(r, read);
}

/* The same block may have been under way twice. The texts' bytes go to the cache with their store. */
static void keep(wn_reader *r, wn_block_read *read)
{
    cached_block *cached = &r->cache[read->index], *kept = &read->kept;
    wn_block *block = read->block;
    if (cached->cells != NULL) {
        block->raw.data = cached->cells;
        forget(r, read);
        return;
    }
    if (block->store.n_bytes > r->cache_left) {
        take_back(r, read);
        return;
    }
    r->cache_left -= block->store.n_bytes;
    kept->store = block->store;
    block->store = (wn_text_store){0};
    memcpy(kept->labels, block->labels, read->extent.n_rows * sizeof *kept->labels);
    if (block->n_texts > 0)
        memcpy(kept->texts, block->texts, read->extent.n_rows * block->n_texts * sizeof *kept->texts);
    *cached = *kept;
    *kept = (cached_block){0};
}

/* A block that is not in the cache; it is kept there if that has room. */
static wn_status start_block(wn_reader *r, wn_block_read *read)
{
    wn_status status = WN_OK;
    wn_block *block = read->block;
    wn_cells cells = block->buffer;
    TRY(new_cached(r, &read->extent, &read->kept));
    if (read->kept.cells != NULL)
        cells.data = read->kept.cells;
    read->is_under_way = true;
    wn_block_room room = {.cells = cells, .texts = block->texts, .store = &block->store};
    if (r->catalog->has_label) /* else they are NaN since the block was made */
        room.labels = block->labels;
    TRY(wn_block_source_start(&r->source, &read->extent, &room, &read->reading));
    block->raw = cells;
done:
    return status;
}

wn_status wn_reader_start(wn_reader *reader, int64_t index, wn_block *block, wn_block_read *read)
{
    const wn_catalog *catalog = reader->catalog;
    const cached_block *cached = &reader->cache[index];
    read->block = block;
    read->index = index;
    read->extent = wn_catalog_block(catalog, index);
    read->is_under_way = false;
    wn_text_store_clear(&block->store);
    if (block->capacity < read->extent.n_rows || block->n_cols != catalog->n_cells ||
        block->n_texts != catalog->n_texts || block->buffer.is_float32 != catalog->is_float32) {
        read->status = wn_fail(WN_INTERNAL, "block %lld of %zu rows does not fit its buffer", (long long)index,
                               read->extent.n_rows);
        return read->status;
    }
    if (cached->cells == NULL) {
        read->status = start_block(reader, read);
        return read->status;
    }
    read->status = WN_OK;
    memcpy(block->labels, cached->labels, read->extent.n_rows * sizeof *block->labels);
    if (block->n_texts > 0)
        memcpy(block->texts, cached->texts, read->extent.n_rows * block->n_texts * sizeof *block->texts);
    block->raw = (wn_cells){.data = cached->cells, .is_float32 = catalog->is_float32};
    return WN_OK;
}

static void number_rows(const wn_block_read *read)
{
    wn_block *block = read->block;
    block->index = read->index;
    block->file = read->extent.file;
    block->n_rows = read->extent.n_rows;
    for (size_t i = 0; i < block->n_rows; i++)
        block->rows[i] = read->extent.first_row + (int64_t)i;
}

wn_status wn_reader_finish(wn_reader *reader, wn_block_read *read)
{
    wn_status status = read->status;
    if (read->is_under_way) {
        wn_status finished = wn_block_source_finish(&reader->source, &read->reading);
        status = finished != WN_OK ? finished : status;
    }
    if (status != WN_OK) {
        forget(reader, read);
        return status;
    }
    number_rows(read);
    size_t text_bytes = read->block->store.n_bytes;
    if (read->kept.cells != NULL)
        keep(reader, read);
    if (read->is_under_way)
        reader->bytes_read +=
            (int64_t)(text_bytes + read->extent.n_rows * (row_bytes(reader->catalog) +
                                                          (reader->catalog->has_label ? sizeof(double) : 0)));
    return WN_OK;
}

wn_status wn_reader_read(wn_reader *reader, int64_t index, wn_block *block)
{
    wn_status status = wn_reader_start(reader, index, block, reader->own);
    wn_status finished = wn_reader_finish(reader, reader->own);
    return finished != WN_OK ? finished : status;
}

wn_status wn_reader_set_label_words(wn_reader *reader, const wn_text *words, size_t n)
{
    return wn_label_cells_set_words(&reader->source.labels, words, n);
}

wn_status wn_reader_read_label_texts(wn_reader *reader, int64_t index, wn_text_store *store, wn_text *labels)
{
    wn_block_extent extent = wn_catalog_block(reader->catalog, index);
    size_t n_bytes = store->n_bytes;
    wn_status status = wn_block_source_label_texts(&reader->source, &extent, store, labels);
    if (status == WN_OK)
        reader->bytes_read += (int64_t)(store->n_bytes - n_bytes);
    return status;
}

wn_status wn_reader_read_labels(wn_reader *reader, int64_t index, double *labels)
{
    wn_block_extent extent = wn_catalog_block(reader->catalog, index);
    wn_reading *reading = &reader->own->reading;
    if (reader->cache[index].labels != NULL) {
        memcpy(labels, reader->cache[index].labels, extent.n_rows * sizeof *labels);
        return WN_OK;
    }
    wn_block_room room = {.labels = labels};
    wn_status status = wn_block_source_start(&reader->source, &extent, &room, reading);
    wn_status finished = wn_block_source_finish(&reader->source, reading);
    if (status == WN_OK && finished == WN_OK && reader->catalog->has_label)
        reader->bytes_read += (int64_t)(extent.n_rows * sizeof *labels);
    return finished != WN_OK ? finished : status;
}
