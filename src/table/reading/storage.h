/* storage.h - where the cells of a dataset lie in its file, for reading them without the HDF5 library's own decoding
 * and conversion, and which of them are wanted. Rows of contiguous data lie one after another; rows of a chunk do, too.
 * What is neither (virtual, compact and external data, contiguous data of a linked file, types that are no plain
 * numbers, chunks that the library stores in special ways) is left to the library. */
#ifndef WINNOW_TABLE_STORAGE_H
#define WINNOW_TABLE_STORAGE_H

#include "element.h"
#include "hdf5_file.h"
#include "read_plan.h"
#include "winnow/codec.h"

typedef enum { WN_STORAGE_LIBRARY, WN_STORAGE_CONTIGUOUS, WN_STORAGE_CHUNKED } wn_storage_kind;

/* One column of chunks (of contiguous data: the only one): which elements of its rows are which columns. */
typedef struct {
    hsize_t offset[H5S_MAX_RANK]; /* of its chunks, in the dataset; [0] is not set */
    size_t n;                     /* wanted columns */
    size_t *from, *to;            /* (n) element of a row here, column of the block; borrowed from the storage */
    bool has_label;
    size_t label_from;
} wn_tile;

typedef struct {
    wn_storage_kind kind;
    wn_element element;
    haddr_t offset;     /* of contiguous data in the file */
    size_t run;         /* elements of a row here: all of contiguous data, those of one chunk */
    size_t chunk_rows;  /* of chunked data */
    wn_pipeline codecs; /* of chunked data; without filters the bytes are the elements */
    size_t n_tiles;     /* those with a wanted column or the label */
    wn_tile *tiles;
    size_t *picks; /* all from and to */
} wn_storage;

/* Local. What is wanted of an open dataset: the plan's columns, of the block from plan->first_column on, and the label
 * at label_position where has_label. The caller clears it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_storage_read(wn_storage *storage, hid_t dataset, const wn_read_plan *plan, bool has_label,
                                      size_t label_position);
void wn_storage_clear(wn_storage *storage);

/* Local. Bytes of a row here, or of a chunk. */
size_t wn_storage_row_bytes(const wn_storage *storage);
size_t wn_storage_chunk_bytes(const wn_storage *storage);

#endif
