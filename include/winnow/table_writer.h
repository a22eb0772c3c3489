/* table_writer.h - writes one HDF5 table: datasets of equal length that grow by runs of rows, in a file that appears
 * under its name only when it is whole. Used by convert, generate and apply. */
#ifndef WINNOW_TABLE_WRITER_H
#define WINNOW_TABLE_WRITER_H

#include "winnow/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    WN_STORE_UINT8,
    WN_STORE_INT64,
    WN_STORE_FLOAT32,
    WN_STORE_FLOAT64,
    WN_STORE_INT8,
    WN_STORE_INT16,
    WN_STORE_INT32,
    WN_STORE_UINT64,
    WN_STORE_BOOL /* as h5py has it; its cells are int8 of 0 and 1 */
} wn_store_type;

/* Local. Bytes of a cell of that type. */
size_t wn_store_bytes(wn_store_type type);

typedef struct wn_table_writer wn_table_writer;

typedef enum { WN_COMPRESSION_NONE, WN_COMPRESSION_GZIP, WN_COMPRESSION_ZSTD } wn_compression;

/* How a dataset whose length is known beforehand lies in the file. */
typedef struct {
    int64_t n_rows;
    size_t chunk_rows; /* 0: contiguous */
    int compression;   /* deflate level of chunks, 0: none */
    int zstd;          /* Zstandard's level of chunks, 0: none */
    bool shuffle;
    bool is_placed; /* contiguous, and allocated at once: see wn_table_writer_place */
    bool has_fill;  /* `fill` is declared as what missing cells hold; it is not written */
    int64_t fill;
} wn_table_storage;

/* Local. Refuses an output that is the same file as one that is read, by whatever name. Fails: WN_CANT_CREATE. */
WN_MUST_USE wn_status wn_table_writer_refuse(const char *path, const char *input);

/* Local. Writes to a new file beside `path`; nothing is seen under `path` before wn_table_writer_finish. What is there
 * is replaced only where it is HDF5 or empty. Fails: WN_CANT_CREATE. */
WN_MUST_USE wn_status wn_table_writer_open(wn_table_writer **writer, const char *path);

/* Local. The same; readers that ask see the datasets in the order in which they were added, not in that of names. */
WN_MUST_USE wn_status wn_table_writer_open_ordered(wn_table_writer **writer, const char *path);

/* Local. Adds a dataset (rows, dims[0], ..., dims[n_dims-1]) of `type`; n_dims = 0 is 1-D; groups of its name are made.
 * `dataset` numbers it from 0. compression is a deflate level, 0 for none (with shuffle otherwise). Fails: WN_IO. */
WN_MUST_USE wn_status wn_table_writer_add_dataset(wn_table_writer *writer, const char *name, wn_store_type type,
                                                  const size_t *dims, size_t n_dims, int compression, size_t *dataset);

/* Local. The same for a dataset of storage->n_rows rows, all of which must be appended before the finish. Its bytes are
 * the same however the rows are cut into appends of whole chunks. Fails: WN_IO. */
WN_MUST_USE wn_status wn_table_writer_add_sized(wn_table_writer *writer, const char *name, wn_store_type type,
                                                const size_t *dims, size_t n_dims, const wn_table_storage *storage,
                                                size_t *dataset);

/* Local. The same for a 1-D dataset of UTF-8 texts of n_bytes bytes, shorter ones ended by zero bytes; or, with 0, of
 * any length: its rows are then appended as pointers to char. Fails: WN_IO. */
WN_MUST_USE wn_status wn_table_writer_add_texts(wn_table_writer *writer, const char *name, size_t n_bytes,
                                                const wn_table_storage *storage, size_t *dataset);

/* A file, called by a name that holds for the directory of the table, whose dataset of the same name has rows of it. */
typedef struct {
    const char *file;
    int64_t n_rows;
} wn_table_part;

/* Local. Adds a virtual dataset: the rows of all parts, one after the other. Nothing is appended to it. Fails: WN_IO.
 */
WN_MUST_USE wn_status wn_table_writer_add_virtual(wn_table_writer *writer, const char *name, wn_store_type type,
                                                  const size_t *dims, size_t n_dims, const wn_table_part *parts,
                                                  size_t n_parts, size_t *dataset);

/* Local. The same of texts of n_bytes bytes, as wn_table_writer_add_texts makes them. Fails: WN_IO. */
WN_MUST_USE wn_status wn_table_writer_add_virtual_texts(wn_table_writer *writer, const char *name, size_t n_bytes,
                                                        const wn_table_part *parts, size_t n_parts, size_t *dataset);

/* Local. Names of flattened columns as the string attribute `columns` of a dataset. Fails: WN_IO. */
WN_MUST_USE wn_status wn_table_writer_set_columns(wn_table_writer *writer, size_t dataset, const char *const *names,
                                                  size_t n_names);

/* Local. Appends n_rows rows, of the dataset's own type, to one dataset. Fails: WN_IO (also disk full). */
WN_MUST_USE wn_status wn_table_writer_append(wn_table_writer *writer, size_t dataset, const void *cells, size_t n_rows);

/* Local. Where the bytes of a dataset with storage->is_placed begin in the unfinished file, row after row: the caller
 * writes them there, past the library and from wherever, before the finish; they count as appended. Fails: WN_IO. */
WN_MUST_USE wn_status wn_table_writer_place(wn_table_writer *writer, size_t dataset, int64_t *offset);

/* Local. The path of the unfinished file. Borrowed from the writer, until the finish. */
const char *wn_table_writer_part(const wn_table_writer *writer);

/* Local. Flushes, syncs, checks, renames to the final name. Fails: WN_IO (also where an append failed before),
 * WN_INTERNAL where datasets differ in length or lack rows; then the path is untouched. */
WN_MUST_USE wn_status wn_table_writer_finish(wn_table_writer *writer);

/* Local. Frees; without a finish before, the unfinished file is removed. */
void wn_table_writer_close(wn_table_writer *writer);

#endif
