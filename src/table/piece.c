#include "piece.h"

#include <stdio.h>
#include <string.h>

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

/* The elements of the piece's rows, and of a chunk those after them. */
static wn_status decode(const wn_piece *piece, wn_piece_scratch *scratch, unsigned char **elements)
{
    wn_status status = WN_OK;
    const wn_storage *storage = piece->storage;
    size_t n_bytes = wn_storage_chunk_bytes(storage);
    *elements = piece->bytes.bytes;
    if (!piece->is_chunk)
        return WN_OK;
    if (storage->codecs.n_filters > 0) {
        TRY(wn_scratch_reserve(&scratch->decoded, n_bytes));
        if (scratch->decoder == NULL)
            TRY(wn_decoder_new(&scratch->decoder));
        TRY(wn_decoder_decode(scratch->decoder, &storage->codecs, piece->filter_mask, piece->bytes.bytes,
                              piece->n_bytes, scratch->decoded.bytes));
        *elements = scratch->decoded.bytes;
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

static wn_status run(const wn_piece *piece, wn_piece_scratch *scratch)
{
    wn_status status = WN_OK;
    size_t run = piece->storage->run, rest = piece->rest.n_rows;
    wn_cells cells = {.is_float32 = piece->plan->n_columns > 0 && piece->target->catalog->is_float32};
    unsigned char *elements = NULL;
    if (piece->in_place) {
        wn_piece_place(piece, wn_cells_at(piece->target->cells, piece->at * run));
        return WN_OK;
    }
    TRY(decode(piece, scratch, &elements));
    TRY(convert(piece, scratch, elements, (piece->n_rows + rest) * run, &cells));
    if (rest > 0)
        memcpy(piece->rest.cells, wn_cells_at(cells, piece->n_rows * run).data,
               rest * run * wn_cell_bytes(cells.is_float32));
    wn_piece_place(piece, cells);
done:
    return status;
}

void wn_piece_run(wn_task *task, size_t worker)
{
    const wn_piece *piece = (const wn_piece *)(void *)task;
    wn_status status = run(piece, &piece->scratch[worker]);
    if (status == WN_OK)
        return;
    long long first = (long long)piece->target->extent.first_row_in_file + (long long)piece->at;
    status = wn_fail_prefix(status, "%s: %s: rows %lld to %lld", file_path(piece->target), piece->path, first,
                            first + (long long)piece->n_rows - 1);
    tell(piece->target, status, piece->at, 0);
}
