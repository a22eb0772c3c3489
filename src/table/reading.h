/* reading.h - one block on its way: bytes are fetched by the thread that starts it, decoded and placed by workers.
 * Several may be under way at once; a source starts them one after another. */
#ifndef WINNOW_TABLE_READING_H
#define WINNOW_TABLE_READING_H

#include "piece.h"
#include "table_file.h"

typedef struct {
    wn_piece_target target;
    wn_task_group group;
    wn_piece **pieces; /* (n_pieces) owned; the first n_used are of this block */
    size_t n_pieces, n_used;
    bool is_unchecked; /* cells came through the library too, and were not looked at for infinite ones */
} wn_reading;

/* Local. The caller clears it when its group was waited for. */
void wn_reading_init(wn_reading *reading);
void wn_reading_clear(wn_reading *reading);

/* What is left of chunks that the last block ended in. */
typedef struct {
    size_t file, dataset, tile;
    int64_t first_row; /* in the file */
    wn_piece_rest rest;
    size_t n_bytes;
    wn_reading *reading; /* whose worker fills it; NULL when it has */
} wn_chunk_rest;

typedef struct {
    wn_workers *workers; /* borrowed */
    wn_piece_scratch *scratch;
    wn_chunk_rest *rests; /* (n_rests) owned */
    size_t n_rests, n_rest_bytes;
} wn_fetcher;

void wn_fetcher_clear(wn_fetcher *fetcher);

/* Local. Whether an open dataset's cells can be fetched without the library: its storage, and that of all chunks of
 * these rows, lies there. */
bool wn_fetcher_takes(const wn_table_file *file, size_t dataset, const wn_block_extent *extent);

/* Local. Fetches the bytes of an open dataset for the reading's block and hands its pieces to the workers. Fails:
 * WN_NO_MEMORY, WN_IO, WN_BAD_DATA. */
WN_MUST_USE wn_status wn_fetcher_fetch(wn_fetcher *fetcher, wn_reading *reading, wn_table_file *file, size_t dataset,
                                       const wn_read_plan *plan);

/* Local. Waits for the reading's pieces. The rests that it filled no longer need it; if it failed they are none. */
void wn_fetcher_finish(wn_fetcher *fetcher, wn_reading *reading);

/* Local. Before a block is fetched: forgets all rests but those that begin with its first row. */
void wn_fetcher_forget(wn_fetcher *fetcher, const wn_block_extent *extent);

#endif
