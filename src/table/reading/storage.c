#include "storage.h"

#include "member_storage.h"
#include "winnow/memory.h"

#include <string.h>

/* A few wanted columns of long rows are picked out by the library: whole rows would be many times the bytes. */
enum { SMALL_ROW_BYTES = 4096, MOST_WASTE = 4 };

/* The grid of chunks over the trailing dimensions; of contiguous data one chunk covers them all. */
typedef struct {
    int rank;
    hsize_t dims[H5S_MAX_RANK], chunk[H5S_MAX_RANK];
    size_t n_tiles; /* all of them */
} grid;

static bool read_grid(hid_t dataset, hid_t creation, grid *g)
{
    hid_t space = H5Dget_space(dataset);
    g->rank = space < 0 ? -1 : H5Sget_simple_extent_dims(space, g->dims, NULL);
    wn_hdf5_release(space);
    if (g->rank < 1)
        return false;
    memcpy(g->chunk, g->dims, sizeof g->chunk);
    if (H5Pget_layout(creation) == H5D_CHUNKED && H5Pget_chunk(creation, H5S_MAX_RANK, g->chunk) != g->rank)
        return false;
    g->n_tiles = 1;
    for (int i = 1; i < g->rank; i++)
        g->n_tiles *= g->chunk[i] > 0 ? (size_t)((g->dims[i] + g->chunk[i] - 1) / g->chunk[i]) : 0;
    return g->n_tiles > 0;
}

/* A flattened column: its tile, and its element in a row of the tile. */
static size_t locate(const grid *g, size_t position, size_t *element)
{
    size_t tile = 0, tile_stride = 1, stride = 1;
    *element = 0;
    for (int i = g->rank - 1; i > 0; i--) {
        size_t at = position % g->dims[i];
        position /= g->dims[i];
        tile += at / g->chunk[i] * tile_stride;
        *element += at % g->chunk[i] * stride;
        tile_stride *= (size_t)((g->dims[i] + g->chunk[i] - 1) / g->chunk[i]);
        stride *= (size_t)g->chunk[i];
    }
    return tile;
}

static void set_offset(const grid *g, size_t number, wn_tile *tile)
{
    for (int i = g->rank - 1; i > 0; i--) {
        size_t n = (size_t)((g->dims[i] + g->chunk[i] - 1) / g->chunk[i]);
        tile->offset[i] = number % n * g->chunk[i];
        number /= n;
    }
}

/* Counts first, then places; tiles that nobody wants are forgotten. */
static wn_status make_tiles(wn_storage *storage, const grid *g, const wn_read_plan *plan, bool has_label,
                            size_t label_position)
{
    wn_status status = WN_OK;
    size_t element, used = 0, kept = 0, label_tile = 0;
    TRY(wn_new(&storage->tiles, g->n_tiles));
    TRY(wn_new(&storage->picks, 2 * plan->n_columns));
    for (size_t i = 0; i < plan->n_columns; i++)
        storage->tiles[locate(g, plan->in_row[i], &element)].n++;
    for (size_t t = 0; t < g->n_tiles; t++) {
        wn_tile *tile = &storage->tiles[t];
        set_offset(g, t, tile);
        tile->from = storage->picks + 2 * used;
        tile->to = tile->from + tile->n;
        used += tile->n;
        tile->n = 0;
    }
    for (size_t i = 0; i < plan->n_columns; i++) {
        wn_tile *tile = &storage->tiles[locate(g, plan->in_row[i], &element)];
        tile->from[tile->n] = element;
        tile->to[tile->n++] = plan->first_column + i;
    }
    if (has_label) {
        label_tile = locate(g, label_position, &element);
        storage->tiles[label_tile].has_label = true;
        storage->tiles[label_tile].label_from = element;
    }
    for (size_t t = 0; t < g->n_tiles; t++)
        if (storage->tiles[t].n > 0 || storage->tiles[t].has_label)
            storage->tiles[kept++] = storage->tiles[t];
    storage->n_tiles = kept;
done:
    return status;
}

/* Whether the bytes of every chunk are what the filters make of a whole chunk, and this build undoes them. */
static bool read_codecs(hid_t creation, wn_storage *storage)
{
    unsigned options = 0;
    wn_pipeline *codecs = &storage->codecs;
    int n = H5Pget_nfilters(creation);
    if (H5Pget_chunk_opts(creation, &options) < 0 || options != 0 || n < 0 || n > WN_PIPELINE_FILTERS)
        return false;
    wn_codec_place place;
    codecs->chunk_bytes = wn_storage_chunk_bytes(storage);
    for (int i = 0; i < n; i++) {
        wn_filter *filter = &codecs->filters[i];
        size_t n_values = sizeof filter->values / sizeof *filter->values;
        unsigned flags;
        H5Z_filter_t id = H5Pget_filter2(creation, (unsigned)i, &flags, &n_values, filter->values, 0, NULL, NULL);
        if (id < 0 || n_values > sizeof filter->values / sizeof *filter->values)
            return false;
        filter->id = (int)id;
        filter->n_values = (unsigned)n_values;
    }
    codecs->n_filters = (unsigned)n;
    return wn_codec_check(codecs, &place) == WN_OK && place == WN_CODEC_HERE;
}

static bool is_chunked(hid_t creation, const grid *g, wn_storage *storage)
{
    storage->chunk_rows = (size_t)g->chunk[0];
    storage->run = 1;
    for (int i = 1; i < g->rank; i++)
        storage->run *= (size_t)g->chunk[i];
    return storage->chunk_rows <= WN_MOST_CHUNK_CELLS / storage->run && read_codecs(creation, storage);
}

static bool is_contiguous(hid_t dataset, hid_t creation, const grid *g, const wn_read_plan *plan, wn_storage *storage)
{
    storage->run = 1;
    for (int i = 1; i < g->rank; i++)
        storage->run *= (size_t)g->dims[i];
    if (wn_storage_row_bytes(storage) > SMALL_ROW_BYTES && plan->n_columns < storage->run / MOST_WASTE)
        return false;
    storage->offset = H5Pget_external_count(creation) == 0 ? H5Dget_offset(dataset) : HADDR_UNDEF;
    return storage->offset != HADDR_UNDEF;
}

static wn_storage_kind kind_of(hid_t dataset, hid_t creation, const grid *g, const wn_read_plan *plan,
                               wn_storage *storage)
{
    H5D_layout_t layout = H5Pget_layout(creation);
    if (storage->element.kind == WN_ELEMENT_OTHER)
        return WN_STORAGE_LIBRARY;
    if (layout == H5D_CHUNKED && is_chunked(creation, g, storage))
        return WN_STORAGE_CHUNKED;
    if (layout == H5D_CONTIGUOUS && is_contiguous(dataset, creation, g, plan, storage))
        return WN_STORAGE_CONTIGUOUS;
    return WN_STORAGE_LIBRARY;
}

wn_status wn_storage_read(wn_storage *storage, hid_t dataset, const wn_read_plan *plan, bool has_label,
                          size_t label_position)
{
    wn_status status = WN_OK;
    hid_t creation = H5Dget_create_plist(dataset), type = H5Dget_type(dataset);
    grid g = {0};
    *storage = (wn_storage){.kind = WN_STORAGE_LIBRARY};
    if (creation >= 0 && type >= 0 && read_grid(dataset, creation, &g)) {
        storage->element = wn_element_of(type);
        storage->kind = kind_of(dataset, creation, &g, plan, storage);
    }
    H5Eclear2(H5E_DEFAULT);
    if (storage->kind != WN_STORAGE_LIBRARY)
        TRY(make_tiles(storage, &g, plan, has_label, label_position));
done:
    wn_hdf5_release(type);
    wn_hdf5_release(creation);
    return status;
}

void wn_storage_clear(wn_storage *storage)
{
    wn_free(storage->picks);
    wn_free(storage->tiles);
    *storage = (wn_storage){0};
}

size_t wn_storage_row_bytes(const wn_storage *storage)
{
    return storage->run * storage->element.n_bytes;
}

size_t wn_storage_chunk_bytes(const wn_storage *storage)
{
    return storage->chunk_rows * wn_storage_row_bytes(storage);
}
