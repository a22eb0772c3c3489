/* fetcher.h - gets the bytes of blocks out of a file past the HDF5 library's own reading, and hands them to workers in
 * pieces. One thread fetches, block after block; several blocks may be under way. A chunk that reaches into the next
 * block is decoded once: what is left of it waits for that block. */
#ifndef WINNOW_TABLE_FETCHER_H
#define WINNOW_TABLE_FETCHER_H

#include "reading.h"
#include "table_file.h"

/* What is left of a chunk that a block ended in. */
typedef struct {
    size_t file, dataset, tile;
    int64_t first_row; /* in the file */
    wn_piece_rest rest;
    size_t n_bytes;
    wn_reading *reading; /* whose worker fills it; NULL when it has */
} wn_chunk_rest;

typedef struct {
    wn_workers *workers;       /* borrowed */
    wn_piece_scratch *scratch; /* (wn_workers_count) borrowed */
    wn_spare_bytes spares;     /* for the bytes of chunks */
    wn_chunk_rest *rests;      /* (n_rests) owned */
    size_t n_rests, n_rest_bytes;
} wn_fetcher;

/* Local. Without rests, and workers to be set; the caller clears it when no reading is under way. */
void wn_fetcher_init(wn_fetcher *fetcher);
void wn_fetcher_clear(wn_fetcher *fetcher);

/* Local. Before a block is fetched: forgets all rests but those that begin with its first row. */
void wn_fetcher_forget(wn_fetcher *fetcher, const wn_block_extent *extent);

/* Local. Whether an open dataset's cells can be fetched without the library: its storage, and that of all chunks of
 * these rows, lies there. */
bool wn_fetcher_takes(const wn_table_file *file, size_t dataset, const wn_block_extent *extent);

/* Local. Fetches the bytes of an open dataset for the reading's block and hands its pieces to the workers. Fails:
 * WN_NO_MEMORY, WN_IO, WN_BAD_DATA. */
WN_MUST_USE wn_status wn_fetcher_fetch(wn_fetcher *fetcher, wn_reading *reading, wn_table_file *file, size_t dataset,
                                       const wn_read_plan *plan);

/* Local. Waits for the reading's pieces. The rests that it filled no longer need it; if it failed they are none. */
void wn_fetcher_finish(wn_fetcher *fetcher, wn_reading *reading);

#endif
