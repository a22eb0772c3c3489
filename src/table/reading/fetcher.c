#include "fetcher.h"

#include "winnow/memory.h"

#include <string.h>

/* AHEAD_BYTES: of chunks that are fetched, and not decoded yet. Two of them are fetched ahead in any case. */
enum { PIECE_BYTES = 1 << 20, MOST_REST_BYTES = 128 << 20, AHEAD_BYTES = 2 << 20, LEAST_AHEAD = 2 };

void wn_fetcher_init(wn_fetcher *fetcher)
{
    *fetcher = (wn_fetcher){0};
    wn_spare_bytes_init(&fetcher->spares);
}

void wn_fetcher_clear(wn_fetcher *fetcher)
{
    for (size_t i = 0; i < fetcher->n_rests; i++)
        wn_free(fetcher->rests[i].rest.cells);
    wn_free(fetcher->rests);
    wn_spare_bytes_clear(&fetcher->spares);
    *fetcher = (wn_fetcher){0};
}

/* One dataset's part in one block. */
typedef struct {
    wn_fetcher *fetcher;
    wn_reading *reading;
    wn_table_file *file;
    size_t dataset;
    const wn_storage *storage;
    const wn_read_plan *plan;
    size_t first, last; /* rows of the file */
} part;

static const char *dataset_path(const part *p)
{
    return p->file->catalog->datasets[p->dataset].path;
}

/* The next piece of the reading, for rows [from, to) of the file and a tile. */
static wn_status take_piece(const part *p, const wn_tile *tile, size_t from, size_t to, wn_piece **piece)
{
    wn_piece *taken = NULL;
    wn_status status = wn_reading_take_piece(p->reading, &taken);
    if (status != WN_OK)
        return status;
    *taken = (wn_piece){.task = {.run = wn_piece_run},
                        .target = &p->reading->target,
                        .scratch = p->fetcher->scratch,
                        .storage = p->storage,
                        .tile = tile,
                        .plan = p->plan,
                        .path = dataset_path(p),
                        .n_rows = to - from,
                        .at = from - p->first};
    *piece = taken;
    return WN_OK;
}

static void hand_out(const part *p, wn_piece *piece)
{
    wn_workers_add(p->fetcher->workers, &p->reading->group, &piece->task);
}

/* Whether a tile has something that this reading wants. */
static bool is_wanted(const part *p, const wn_tile *tile)
{
    const wn_piece_target *target = &p->reading->target;
    return (tile->n > 0 && target->cells.data != NULL) || (tile->has_label && target->labels != NULL);
}

/* The block's rows are the file's, byte by byte: they need not be moved. */
static bool is_in_place(const part *p, const wn_tile *tile)
{
    const wn_catalog *catalog = p->file->catalog;
    return wn_element_is_cell(p->storage->element, catalog->is_float32) && tile->n == catalog->n_cells &&
           p->storage->run == tile->n && p->reading->target.cells.data != NULL && !tile->has_label;
}

/* Workers read the rows themselves: the library is not needed for that. */
static wn_status fetch_contiguous(const part *p)
{
    wn_status status = WN_OK;
    const wn_tile *tile = &p->storage->tiles[0];
    size_t row_bytes = wn_storage_row_bytes(p->storage), rows = PIECE_BYTES / row_bytes;
    rows = rows > 0 ? rows : 1;
    for (size_t from = p->first; from < p->last; from += rows) {
        wn_piece *piece = NULL;
        TRY(take_piece(p, tile, from, from + rows < p->last ? from + rows : p->last, &piece));
        piece->in_place = is_in_place(p, tile);
        piece->descriptor = p->file->descriptor;
        piece->offset = p->storage->offset + from * row_bytes;
        hand_out(p, piece);
    }
done:
    return status;
}

/* A rest of an earlier chunk that begins with this row; NULL if there is none. */
static wn_chunk_rest *find_rest(const part *p, size_t tile, size_t row)
{
    wn_fetcher *fetcher = p->fetcher;
    for (size_t i = 0; i < fetcher->n_rests; i++) {
        wn_chunk_rest *rest = &fetcher->rests[i];
        if (rest->file == p->file->number && rest->dataset == p->dataset && rest->tile == tile &&
            rest->first_row == (int64_t)row && rest->rest.n_rows > 0)
            return rest;
    }
    return NULL;
}

/* Rows [from, to) out of a rest, which is then one of what follows. */
static wn_status place_rest(const part *p, const wn_tile *tile, wn_chunk_rest *rest, size_t from, size_t to)
{
    wn_status status = WN_OK;
    wn_piece *piece = NULL;
    wn_cells cells = {.data = rest->rest.cells, .is_float32 = p->plan->n_columns > 0 && p->file->catalog->is_float32};
    if (rest->reading != NULL)
        wn_workers_wait(p->fetcher->workers, &rest->reading->group);
    TRY(take_piece(p, tile, from, to, &piece));
    wn_piece_place(piece, cells);
    size_t n = to - from, left = rest->rest.n_rows - n, row_bytes = p->storage->run * wn_cell_bytes(cells.is_float32);
    memmove(rest->rest.cells, (char *)rest->rest.cells + n * row_bytes, left * row_bytes);
    rest->rest.n_rows = left;
    rest->first_row = (int64_t)to;
done:
    return status;
}

/* Where a chunk goes on after the block's last row, what comes then is kept if there is room. */
static wn_status keep_rest(const part *p, size_t tile, size_t chunk_end, wn_piece *piece)
{
    wn_status status = WN_OK;
    wn_fetcher *fetcher = p->fetcher;
    wn_chunk_rest made = {.file = p->file->number, .dataset = p->dataset, .tile = tile, .reading = p->reading};
    size_t n_rows = chunk_end > p->last ? chunk_end - p->last : 0;
    made.n_bytes = n_rows * p->storage->run * sizeof(double);
    if (n_rows == 0 || made.n_bytes > MOST_REST_BYTES - fetcher->n_rest_bytes)
        return WN_OK;
    made.first_row = (int64_t)p->last;
    made.rest.n_rows = n_rows;
    TRY(wn_resize(&fetcher->rests, fetcher->n_rests + 1));
    TRY(wn_new(&made.rest.cells, n_rows * p->storage->run));
    fetcher->rests[fetcher->n_rests++] = made;
    fetcher->n_rest_bytes += made.n_bytes;
    piece->rest = made.rest;
done:
    return status;
}

/* Room for a chunk's bytes, and for those of one that is a little less compressible: fresh memory costs more than
 * reading into it, and the largest chunk comes late. */
static wn_status take_bytes(const part *p, wn_piece *piece)
{
    size_t n = piece->n_bytes, ample = n + n / 8, most = wn_storage_chunk_bytes(p->storage);
    size_t busy = wn_workers_count(p->fetcher->workers), ahead = AHEAD_BYTES / most;
    piece->spares = &p->fetcher->spares;
    ahead = ahead > LEAST_AHEAD ? ahead : LEAST_AHEAD;
    return wn_spare_bytes_take(piece->spares, busy + ahead, n, ample < most ? ample : most, &piece->bytes);
}

/* The bytes of a chunk, as they are stored. */
static wn_status read_chunk(const part *p, const hsize_t *offset, wn_piece *piece)
{
    hid_t id = p->file->datasets[p->dataset].id;
    hsize_t n_bytes = 0;
    wn_status status = WN_OK;
    if (H5Dget_chunk_storage_size(id, offset, &n_bytes) < 0)
        return wn_hdf5_fail(&p->file->file, dataset_path(p), "its rows cannot be read: truncated or damaged");
    piece->n_bytes = (size_t)n_bytes;
    TRY(take_bytes(p, piece));
    if (H5Dread_chunk(id, H5P_DEFAULT, offset, &piece->filter_mask, piece->bytes.bytes) >= 0)
        return WN_OK;
    status = wn_hdf5_fail(&p->file->file, dataset_path(p), "its rows cannot be read: truncated or damaged");
    wn_spare_bytes_give(piece->spares, &piece->bytes);
done:
    return status;
}

static wn_status fetch_chunk(const part *p, size_t t, size_t chunk, size_t from, size_t to)
{
    wn_status status = WN_OK;
    const wn_storage *storage = p->storage;
    size_t first = chunk * storage->chunk_rows, end = first + storage->chunk_rows;
    size_t n_rows = (size_t)p->file->catalog->files[p->file->number].n_rows;
    hsize_t offset[H5S_MAX_RANK];
    wn_piece *piece = NULL;
    memcpy(offset, storage->tiles[t].offset, sizeof offset);
    offset[0] = first;
    TRY(take_piece(p, &storage->tiles[t], from, to, &piece));
    piece->is_chunk = true;
    piece->skip = from - first;
    TRY(read_chunk(p, offset, piece));
    status = keep_rest(p, t, end < n_rows ? end : n_rows, piece);
    piece->in_place = is_in_place(p, &storage->tiles[t]) && to - from == storage->chunk_rows;
    if (status == WN_OK)
        hand_out(p, piece);
    else
        wn_spare_bytes_give(piece->spares, &piece->bytes);
done:
    return status;
}

static wn_status fetch_chunks(const part *p)
{
    wn_status status = WN_OK;
    size_t chunk_rows = p->storage->chunk_rows;
    for (size_t k = p->first / chunk_rows; k * chunk_rows < p->last; k++) {
        size_t from = k * chunk_rows > p->first ? k * chunk_rows : p->first;
        size_t to = (k + 1) * chunk_rows < p->last ? (k + 1) * chunk_rows : p->last;
        for (size_t t = 0; t < p->storage->n_tiles; t++) {
            wn_chunk_rest *rest = find_rest(p, t, from);
            if (!is_wanted(p, &p->storage->tiles[t]))
                continue;
            if (rest != NULL)
                TRY(place_rest(p, &p->storage->tiles[t], rest, from, to));
            else
                TRY(fetch_chunk(p, t, k, from, to));
        }
    }
done:
    return status;
}

/* Whether every chunk of these rows was written: the library knows what stands for one that was not. */
static bool has_chunks(const wn_table_file *file, size_t dataset, const wn_block_extent *extent)
{
    const wn_storage *storage = &file->datasets[dataset].storage;
    size_t first = (size_t)extent->first_row_in_file, last = first + extent->n_rows;
    bool has = true;
    for (size_t k = first / storage->chunk_rows; has && k * storage->chunk_rows < last; k++)
        for (size_t t = 0; has && t < storage->n_tiles; t++) {
            hsize_t offset[H5S_MAX_RANK], n_bytes = 0;
            memcpy(offset, storage->tiles[t].offset, sizeof offset);
            offset[0] = k * storage->chunk_rows;
            has = H5Dget_chunk_storage_size(file->datasets[dataset].id, offset, &n_bytes) >= 0 && n_bytes > 0;
        }
    H5Eclear2(H5E_DEFAULT);
    return has;
}

bool wn_fetcher_takes(const wn_table_file *file, size_t dataset, const wn_block_extent *extent)
{
    switch (file->datasets[dataset].storage.kind) {
    case WN_STORAGE_CONTIGUOUS:
        return true;
    case WN_STORAGE_CHUNKED:
        return has_chunks(file, dataset, extent);
    default:
        return false;
    }
}

wn_status wn_fetcher_fetch(wn_fetcher *fetcher, wn_reading *reading, wn_table_file *file, size_t dataset,
                           const wn_read_plan *plan)
{
    const wn_block_extent *extent = &reading->target.extent;
    const part p = {.fetcher = fetcher,
                    .reading = reading,
                    .file = file,
                    .dataset = dataset,
                    .storage = &file->datasets[dataset].storage,
                    .plan = plan,
                    .first = (size_t)extent->first_row_in_file,
                    .last = (size_t)extent->first_row_in_file + extent->n_rows};
    return p.storage->kind == WN_STORAGE_CONTIGUOUS ? fetch_contiguous(&p) : fetch_chunks(&p);
}

void wn_fetcher_forget(wn_fetcher *fetcher, const wn_block_extent *extent)
{
    size_t kept = 0;
    for (size_t i = 0; i < fetcher->n_rests; i++) {
        wn_chunk_rest *rest = &fetcher->rests[i];
        if (rest->file == extent->file && rest->first_row == extent->first_row_in_file && rest->rest.n_rows > 0) {
            fetcher->rests[kept++] = *rest;
            continue;
        }
        if (rest->reading != NULL)
            wn_workers_wait(fetcher->workers, &rest->reading->group);
        fetcher->n_rest_bytes -= rest->n_bytes;
        wn_free(rest->rest.cells);
    }
    fetcher->n_rests = kept;
}

void wn_fetcher_finish(wn_fetcher *fetcher, wn_reading *reading)
{
    wn_workers_wait(fetcher->workers, &reading->group);
    for (size_t i = 0; i < fetcher->n_rests; i++) {
        wn_chunk_rest *rest = &fetcher->rests[i];
        if (rest->reading != reading)
            continue;
        rest->reading = NULL;
        if (reading->target.status != WN_OK) /* it may never have been filled */
            rest->rest.n_rows = 0;
    }
}
