/* piece.h - bytes of one tile of a dataset (some rows, or a chunk) on their way into a block: a worker reads rows that
 * lie in one run or decodes a chunk, converts, decides what is missing, and puts the cells where they belong. Pieces of
 * one block write to different cells, so they need no order. */
#ifndef WINNOW_TABLE_PIECE_H
#define WINNOW_TABLE_PIECE_H

#include "spare_bytes.h"
#include "storage.h"
#include "winnow/workers.h"

/* Where pieces of one block go, and what went wrong: of several failures the one of the least row, then column. */
typedef struct {
    const wn_catalog *catalog; /* borrowed */
    wn_block_extent extent;
    wn_cells cells;           /* (n_rows, n_cells) */
    double *labels;           /* (n_rows) */
    bool infinite_is_missing; /* else WN_BAD_DATA */
    const double *label_missing;
    size_t n_label_missing;
    pthread_mutex_t lock; /* guards what follows */
    wn_status status;
    size_t failed_row, failed_column;
    char message[WN_MESSAGE_SIZE];
} wn_piece_target;

/* What a worker needs for itself: buffers that grow to the largest chunk. */
typedef struct {
    wn_decoder *decoder;
    wn_scratch decoded, converted;
} wn_piece_scratch;

/* Cells of a chunk's rows beyond the block, for the next block: the chunk is not decoded again. */
typedef struct {
    double *cells; /* borrowed; room for (n_rows, run) cells of the target's width */
    size_t n_rows;
} wn_piece_rest;

typedef struct {
    wn_task task; /* first: workers see only this */
    wn_piece_target *target;
    wn_piece_scratch *scratch; /* (wn_workers_count) */
    const wn_storage *storage;
    const wn_tile *tile;
    const wn_read_plan *plan;
    const char *path; /* of the dataset */
    bool is_chunk;
    bool in_place;  /* the block's cells are the dataset's bytes: they go there at once */
    int descriptor; /* of contiguous data: the file, and where the rows begin */
    haddr_t offset;
    wn_spare_bytes *spares; /* of a chunk: who gets its bytes when they are decoded; borrowed */
    wn_scratch bytes;       /* those, as they lie in the file, n_bytes of them */
    size_t n_bytes;
    uint32_t filter_mask;
    size_t skip, n_rows, at; /* rows before those wanted; those; where they begin in the block */
    wn_piece_rest rest;      /* of no rows where the block has the chunk's last row */
} wn_piece;

/* Local. The task: all fields are set. Failures are told to the target. */
void wn_piece_run(wn_task *task, size_t worker);

/* Local. Places cells (n_rows, run) of a tile that are converted already, from row `at` of the block on; they may be
 * changed. Fails by telling the target. */
void wn_piece_place(const wn_piece *piece, wn_cells cells);

/* Local. */
void wn_piece_scratch_clear(wn_piece_scratch *scratch);

#endif
