/* block_source.h - the cells and labels of a block, from its file; which values are missing is decided here. */
#ifndef WINNOW_TABLE_BLOCK_SOURCE_H
#define WINNOW_TABLE_BLOCK_SOURCE_H

#include "read_plan.h"
#include "winnow/cells.h"

enum { WN_MOST_OPEN_FILES = 8 };

typedef struct {
    const wn_catalog *catalog; /* borrowed */
    bool infinite_is_missing;
    wn_read_plan *plans;
    double *label_missing;
    size_t n_label_missing;
    wn_table_file *files[WN_MOST_OPEN_FILES]; /* the most recently used first */
    void *scratch;                            /* rows of one dataset */
    size_t scratch_bytes;
    int64_t closed_bytes; /* read by files that are closed */
} wn_block_source;

/* Local. The caller clears it, also after a failure. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_block_source_init(wn_block_source *source, const wn_catalog *catalog,
                                           const wn_reader_options *options);
void wn_block_source_clear(wn_block_source *source);

/* Local. The block's cells (n_rows, n_columns) in the catalog's width. Fails: as wn_reader_read. */
WN_MUST_USE wn_status wn_block_source_cells(wn_block_source *source, const wn_block_extent *extent, wn_cells block);

/* Local. The block's labels (n_rows); all NaN where there are none. Fails: as wn_reader_read. */
WN_MUST_USE wn_status wn_block_source_labels(wn_block_source *source, const wn_block_extent *extent, double *labels);

/* Local. Bytes read from files so far. */
int64_t wn_block_source_bytes(const wn_block_source *source);

#endif
