/* block_source.h - the cells and labels of a block, from its file; which values are missing is decided here. */
#ifndef WINNOW_TABLE_BLOCK_SOURCE_H
#define WINNOW_TABLE_BLOCK_SOURCE_H

#include "fetcher.h"
#include "read_plan.h"

enum { WN_MOST_OPEN_FILES = 2 * WN_MOST_BLOCKS_AHEAD }; /* files of blocks that are under way stay open */

typedef struct {
    const wn_catalog *catalog; /* borrowed */
    bool infinite_is_missing, through_library;
    wn_read_plan *plans;
    double *label_missing;
    size_t n_label_missing;
    wn_text *words; /* (n_words) what labels of strings may be, ascending; their bytes are in word_store */
    size_t n_words;
    wn_text_store word_store;
    wn_workers *workers;
    wn_piece_scratch *scratch_of_workers;
    wn_fetcher fetcher;
    wn_table_file *files[WN_MOST_OPEN_FILES]; /* the most recently used first */
    wn_scratch scratch;                       /* rows of one dataset, read through the library */
} wn_block_source;

/* Local. The caller clears it, also after a failure, when all readings are finished. Fails: WN_NO_MEMORY, WN_INTERNAL.
 */
WN_MUST_USE wn_status wn_block_source_init(wn_block_source *source, const wn_catalog *catalog,
                                           const wn_reader_options *options);
void wn_block_source_clear(wn_block_source *source);

/* Local. The words that labels of strings are told by (copied), in place of those before. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_block_source_set_words(wn_block_source *source, const wn_text *words, size_t n);

/* Local. The labels of a block, which are strings; their bytes go to the store. Fails: as wn_reader_read. */
WN_MUST_USE wn_status wn_block_source_label_texts(wn_block_source *source, const wn_block_extent *extent,
                                                  wn_text_store *store, wn_text *labels);

/* Where a block's cells go; what is NULL is not wanted. */
typedef struct {
    wn_cells cells;       /* (n_rows, n_cells) in the catalog's width */
    wn_text *texts;       /* (n_rows, n_texts) */
    wn_text_store *store; /* their bytes */
    double *labels;       /* (n_rows); all NaN where the table has none */
} wn_block_room;

/* Local. Begins to read a block. It is there after finish, which also a failed start needs. At most
 * WN_MOST_BLOCKS_AHEAD are under way. Fails: as wn_reader_read. */
WN_MUST_USE wn_status wn_block_source_start(wn_block_source *source, const wn_block_extent *extent,
                                            const wn_block_room *room, wn_reading *reading);
WN_MUST_USE wn_status wn_block_source_finish(wn_block_source *source, wn_reading *reading);

#endif
