#include "piece.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Rows of contiguous data are read, looked at and placed while they lie in the processor's own cache. */
enum { SLICE_BYTES = 1 << 18 };

void wn_piece_scratch_clear(wn_piece_scratch *scratch)
{
    wn_decoder_free(scratch->decoder);
    wn_scratch_clear(&scratch->decoded);
    wn_scratch_clear(&scratch->converted);
    *scratch = (wn_piece_scratch){0};
}

/* Keeps the calling thread's message if no failure before this place is known. */
static void tell(wn_piece_target *target, wn_status status, size_t row, size_t column)
{
    pthread_mutex_lock(&target->lock);
    bool is_first = target->status == WN_OK || row < target->failed_row ||
                    (row == target->failed_row && column < target->failed_column);
    if (is_first) {
        target->status = status;
        target->failed_row = row;
        target->failed_column = column;
        snprintf(target->message, sizeof target->message, "%s", wn_status_message());
    }
    pthread_mutex_unlock(&target->lock);
}

static const char *file_path(const wn_piece_target *target)
{
    return target->catalog->files[target->extent.file].path;
}

static void tell_infinite(const wn_piece *piece, size_t row, size_t column)
{
    wn_piece_target *target = piece->target;
    tell(target,
         wn_fail(WN_BAD_DATA, "%s: column '%s', row %lld: the cell is infinite", file_path(target),
                 target->catalog->columns[column].name, (long long)target->extent.first_row_in_file + (long long)row),
         row, column);
}

static void tell_infinite_label(const wn_piece *piece, size_t row)
{
    wn_piece_target *target = piece->target;
    tell(target,
         wn_fail(WN_BAD_DATA, "%s: label '%s', row %lld: the label is infinite", file_path(target),
                 target->catalog->label.name, (long long)target->extent.first_row_in_file + (long long)row),
         row, SIZE_MAX);
}

static void place_labels(const wn_piece *piece, wn_cells cells)
{
    const wn_piece_target *target = piece->target;
    wn_cells labels = {.data = target->labels + piece->at};
    const size_t from = piece->tile->label_from, run = piece->storage->run;
    for (size_t i = 0; i < piece->n_rows; i++)
        wn_cells_widen(target->labels + piece->at + i, wn_cells_at(cells, i * run + from), 1);
    for (size_t i = 0; i < target->n_label_missing; i++)
        wn_cells_forget(labels, piece->n_rows, target->label_missing[i]);
    if (target->infinite_is_missing)
        wn_cells_forget_infinite(labels, piece->n_rows);
    size_t at = wn_cells_find_infinite(labels, piece->n_rows);
    if (at < piece->n_rows)
        tell_infinite_label(piece, piece->at + at);
}

/* An infinite cell is an error only in a wanted column. */
static void check_infinite(const wn_piece *piece, wn_cells cells)
{
    const wn_tile *tile = piece->tile;
    size_t run = piece->storage->run;
    if (wn_cells_find_infinite(cells, piece->n_rows * run) == piece->n_rows * run)
        return;
    for (size_t i = 0; i < piece->n_rows; i++)
        for (size_t c = 0; c < tile->n; c++)
            if (wn_cells_find_infinite(wn_cells_at(cells, i * run + tile->from[c]), 1) == 0) {
                tell_infinite(piece, piece->at + i, tile->to[c]);
                return;
            }
}

static void place_features(const wn_piece *piece, wn_cells cells)
{
    const wn_piece_target *target = piece->target;
    const wn_tile *tile = piece->tile;
    size_t run = piece->storage->run, n = piece->n_rows * run, n_cols = target->catalog->n_cells;
    wn_cells to = wn_cells_at(target->cells, piece->at * n_cols);
    for (size_t i = 0; i < piece->plan->n_missing; i++)
        wn_cells_forget(cells, n, piece->plan->missing[i]);
    if (target->infinite_is_missing)
        wn_cells_forget_infinite(cells, n);
    else
        check_infinite(piece, cells);
    if (to.data != cells.data)
        wn_cells_place(to, n_cols, tile->to, cells, run, tile->from, tile->n, piece->n_rows);
}

void wn_piece_place(const wn_piece *piece, wn_cells cells)
{
    if (piece->tile->has_label && piece->target->labels != NULL)
        place_labels(piece, cells);
    if (piece->tile->n > 0 && piece->target->cells.data != NULL)
        place_features(piece, cells);
}

/* Where a piece's rows lie in the block. */
static wn_cells place_in_block(const wn_piece *piece)
{
    return wn_cells_at(piece->target->cells, piece->at * piece->target->catalog->n_cells);
}

/* The elements of a chunk's wanted rows, and of those after them. */
static wn_status decode(const wn_piece *piece, wn_piece_scratch *scratch, unsigned char **elements)
{
    wn_status status = WN_OK;
    const wn_storage *storage = piece->storage;
    size_t n_bytes = wn_storage_chunk_bytes(storage);
    *elements = piece->bytes.bytes;
    if (storage->codecs.n_filters > 0) {
        if (!piece->in_place)
            TRY(wn_scratch_reserve(&scratch->decoded, n_bytes));
        if (scratch->decoder == NULL)
            TRY(wn_decoder_new(&scratch->decoder));
        *elements = piece->in_place ? place_in_block(piece).data : scratch->decoded.bytes;
        TRY(wn_decoder_decode(scratch->decoder, &storage->codecs, piece->filter_mask, piece->bytes.bytes,
                              piece->n_bytes, *elements));
    } else if (piece->n_bytes != n_bytes) {
        return wn_fail(WN_BAD_DATA, "a chunk has %zu bytes instead of %zu", piece->n_bytes, n_bytes);
    }
    *elements += piece->skip * wn_storage_row_bytes(storage);
done:
    return status;
}

static wn_status convert(const wn_piece *piece, wn_piece_scratch *scratch, unsigned char *elements, size_t n,
                         wn_cells *cells)
{
    wn_status status = WN_OK;
    cells->data = elements;
    if (wn_element_is_cell(piece->storage->element, cells->is_float32))
        return WN_OK;
    TRY(wn_scratch_reserve(&scratch->converted, n * wn_cell_bytes(cells->is_float32)));
    cells->data = scratch->converted.bytes;
    wn_element_convert(piece->storage->element, elements, n, *cells);
done:
    return status;
}

static bool has_float32(const wn_piece *piece)
{
    return piece->plan->n_columns > 0 && piece->target->catalog->is_float32;
}

static wn_status run_chunk(const wn_piece *piece, wn_piece_scratch *scratch)
{
    wn_status status = WN_OK;
    size_t run = piece->storage->run, rest = piece->rest.n_rows;
    wn_cells cells = {.is_float32 = has_float32(piece)};
    unsigned char *elements = NULL;
    TRY(decode(piece, scratch, &elements));
    TRY(convert(piece, scratch, elements, (piece->n_rows + rest) * run, &cells));
    if (rest > 0)
        memcpy(piece->rest.cells, wn_cells_at(cells, piece->n_rows * run).data,
               rest * run * wn_cell_bytes(cells.is_float32));
    wn_piece_place(piece, cells);
done:
    return status;
}

static wn_status read_bytes(int descriptor, void *to, size_t n, haddr_t offset)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(descriptor, (char *)to + done, n - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return wn_fail(WN_IO, "%s", strerror(errno));
        if (got == 0)
            return wn_fail(WN_BAD_DATA, "truncated");
        done += (size_t)got;
    }
    return WN_OK;
}

static wn_status run_slice(const wn_piece *slice, wn_piece_scratch *scratch)
{
    wn_status status = WN_OK;
    size_t n_bytes = slice->n_rows * wn_storage_row_bytes(slice->storage);
    wn_cells cells = {.is_float32 = has_float32(slice)};
    if (!slice->in_place)
        TRY(wn_scratch_reserve(&scratch->decoded, n_bytes));
    unsigned char *elements = slice->in_place ? place_in_block(slice).data : scratch->decoded.bytes;
    TRY(read_bytes(slice->descriptor, elements, n_bytes, slice->offset));
    TRY(convert(slice, scratch, elements, slice->n_rows * slice->storage->run, &cells));
    wn_piece_place(slice, cells);
done:
    return status;
}

static wn_status run_rows(const wn_piece *piece, wn_piece_scratch *scratch)
{
    wn_status status = WN_OK;
    size_t row_bytes = wn_storage_row_bytes(piece->storage), step = SLICE_BYTES / row_bytes;
    step = step > 0 ? step : 1;
    for (size_t first = 0; first < piece->n_rows; first += step) {
        wn_piece slice = *piece;
        slice.at += first;
        slice.offset += first * row_bytes;
        slice.n_rows = piece->n_rows - first < step ? piece->n_rows - first : step;
        TRY(run_slice(&slice, scratch));
    }
done:
    return status;
}

void wn_piece_run(wn_task *task, size_t worker)
{
    wn_piece *piece = (wn_piece *)(void *)task;
    wn_piece_scratch *scratch = &piece->scratch[worker];
    wn_status status = piece->is_chunk ? run_chunk(piece, scratch) : run_rows(piece, scratch);
    if (piece->is_chunk)
        wn_spare_bytes_give(piece->spares, &piece->bytes);
    if (status == WN_OK)
        return;
    long long first = (long long)piece->target->extent.first_row_in_file + (long long)piece->at;
    status = wn_fail_prefix(status, "%s: %s: rows %lld to %lld", file_path(piece->target), piece->path, first,
                            first + (long long)piece->n_rows - 1);
    tell(piece->target, status, piece->at, 0);
}
