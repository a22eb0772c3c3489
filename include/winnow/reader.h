/* reader.h - reads blocks of a cataloged table. One reader serves one thread at a time (the HDF5 library is not
 * thread-safe), and decodes in threads of its own. HDF5 is opened serial, read-only and without file locks; plain
 * numbers are read past it, to the same cells. A budget keeps blocks that were read in
 * memory, in float32 where the catalog says that loses nothing, so that later passes read no file. */
#ifndef WINNOW_READER_H
#define WINNOW_READER_H

#include "winnow/block.h"
#include "winnow/catalog.h"

typedef struct {
    const double *missing_values; /* cells with such a value become NaN */
    size_t n_missing_values;
    const double *label_missing; /* labels with such a value become NaN */
    size_t n_label_missing;
    bool infinite_is_missing; /* else an infinite cell is WN_BAD_DATA */
    size_t cache_bytes;
    bool through_library; /* every cell by H5Dread: slow, and what other ways of reading are held against */
    size_t n_threads;     /* that decode and convert beside the calling one; 0: that one does it */
} wn_reader_options;

typedef struct wn_reader wn_reader;

/* Local. The catalog is borrowed until the reader is closed; the options are copied. Files are opened when first
 * needed. The caller closes it. Fails: WN_NO_MEMORY, WN_INTERNAL where no thread can be had. */
WN_MUST_USE wn_status wn_reader_open(wn_reader **reader, const wn_catalog *catalog, const wn_reader_options *options);
void wn_reader_close(wn_reader *reader);

/* Local. A block that holds any of the table's. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_reader_new_block(const wn_reader *reader, wn_block **block);

/* Local. Fills a block of wn_reader_new_block with the raw cells of block `index`; -0 stays -0. Cells kept in memory
 * are lent, not copied: they last as long as the reader. Fails: WN_BAD_DATA (infinite cell: file, column and row are
 * named; damaged chunk; a label or cell that has no number), WN_IO. */
WN_MUST_USE wn_status wn_reader_read(wn_reader *reader, int64_t index, wn_block *block);

/* A block under way. */
typedef struct wn_block_read wn_block_read;

enum { WN_MOST_BLOCKS_AHEAD = 16 };

/* Local. The caller frees it when what it started was finished. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_block_read_new(wn_block_read **read);
void wn_block_read_free(wn_block_read *read);

/* Local. wn_reader_read in two halves: its bytes are fetched, and decoded by the reader's threads while the caller goes
 * on; after the second half the block is filled. Blocks are finished in the order in which they were started, at most
 * WN_MOST_BLOCKS_AHEAD are under way, and also one whose start failed is finished. Fails: as wn_reader_read. */
WN_MUST_USE wn_status wn_reader_start(wn_reader *reader, int64_t index, wn_block *block, wn_block_read *read);
WN_MUST_USE wn_status wn_reader_finish(wn_reader *reader, wn_block_read *read);

/* Local. How many blocks under way keep the reader's threads busy. */
size_t wn_reader_blocks_ahead(const wn_reader *reader);

/* Local. Only the labels of block `index` into labels[its rows]; all NaN where the table has none. Labels of strings
 * are numbers among the words of wn_reader_set_label_words, empty ones NaN. */
WN_MUST_USE wn_status wn_reader_read_labels(wn_reader *reader, int64_t index, double *labels);

/* Local. The words (n, ascending by their bytes; copied) whose numbers labels of strings are from now on; any other
 * is n, as all are before. To be called before a block is read. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_reader_set_label_words(wn_reader *reader, const wn_text *words, size_t n);

/* Local. The labels of block `index`, which are strings, into labels[its rows]; their bytes are the store's. Fails: as
 * wn_reader_read. */
WN_MUST_USE wn_status wn_reader_read_label_texts(wn_reader *reader, int64_t index, wn_text_store *store,
                                                 wn_text *labels);

/* Local. The largest number of rows of any block: the capacity that fits all. */
size_t wn_reader_block_capacity(const wn_reader *reader);

/* Local. The number of rows of one block. */
size_t wn_reader_block_rows(const wn_reader *reader, int64_t index);

/* Local. Columns of a block: the catalog's. */
size_t wn_reader_n_cols(const wn_reader *reader);

/* Local. Bytes of cells and labels got from files so far (decoded size; from the cache counts nothing). */
int64_t wn_reader_bytes_read(const wn_reader *reader);

#endif
