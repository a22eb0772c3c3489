/* reader.h - reads blocks of a cataloged table. One reader serves one thread at a time (the HDF5 library is not
 * thread-safe). HDF5 is opened serial, read-only and without file locks. A budget keeps blocks that were read in
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
} wn_reader_options;

typedef struct wn_reader wn_reader;

/* Local. The catalog is borrowed until the reader is closed; the options are copied. Files are opened when first
 * needed. */
WN_MUST_USE wn_status wn_reader_open(wn_reader **reader, const wn_catalog *catalog, const wn_reader_options *options);
void wn_reader_close(wn_reader *reader);

/* Local. A block that holds any of the table's. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_reader_new_block(const wn_reader *reader, wn_block **block);

/* Local. Fills a block of wn_reader_new_block with the raw cells of block `index`; -0 stays -0. Cells kept in memory
 * are lent, not copied: they last as long as the reader. Fails: WN_BAD_DATA (infinite cell: file, column and row are
 * named; damaged chunk; a label or cell that has no number), WN_IO. */
WN_MUST_USE wn_status wn_reader_read(wn_reader *reader, int64_t index, wn_block *block);

/* Local. Only the labels of block `index` into labels[its rows]; all NaN where the table has none. */
WN_MUST_USE wn_status wn_reader_read_labels(wn_reader *reader, int64_t index, double *labels);

/* Local. The largest number of rows of any block: the capacity that fits all. */
size_t wn_reader_block_capacity(const wn_reader *reader);

/* Local. Columns of a block: the catalog's. */
size_t wn_reader_n_cols(const wn_reader *reader);

/* Local. Bytes of cells and labels got from files so far (decoded size; from the cache counts nothing). */
int64_t wn_reader_bytes_read(const wn_reader *reader);

#endif
