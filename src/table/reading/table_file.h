/* table_file.h - one file of a catalog, open, and runs of rows of its datasets. */
#ifndef WINNOW_TABLE_TABLE_FILE_H
#define WINNOW_TABLE_TABLE_FILE_H

#include "categories.h"
#include "storage.h"
#include "winnow/text_store.h"
#include "winnow/texts.h"

typedef struct {
    hid_t id; /* -1: not opened yet */
    int rank;
    hsize_t dims[H5S_MAX_RANK];
    wn_storage storage;
    hid_t cells_types[2];     /* memory types of the numbers of records as float64, float32; -1: there are none */
    wn_categories categories; /* of codes */
    size_t slice_rows;        /* rows are read in runs of a multiple of these, so that a chunk is decoded once */
} wn_open_dataset;

typedef struct {
    const wn_catalog *catalog; /* borrowed */
    size_t number;             /* of the file in the catalog */
    wn_hdf5_file file;
    int descriptor;            /* for reading bytes without the library */
    wn_open_dataset *datasets; /* (catalog->n_datasets) */
} wn_table_file;

/* Local. Opens file `number`. Fails: WN_NO_INPUT, WN_BAD_DATA (also where it is not the file that was cataloged),
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_table_file_open(wn_table_file **file, const wn_catalog *catalog, size_t number);
void wn_table_file_close(wn_table_file *file);

/* Local. Opens a dataset once; the plan says what is wanted of it. Fails: WN_BAD_DATA, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_table_file_open_dataset(wn_table_file *file, size_t dataset, const wn_read_plan *plan);

/* Local. Reading beyond the end gives zeros without an error, so the size is to be looked at again after reading.
 * Fails: WN_BAD_DATA, WN_IO. */
WN_MUST_USE wn_status wn_table_file_check_size(const wn_table_file *file);

/* Local. How many rows of `width` cells to read at a time, so that they take no more than a bounded buffer where a
 * chunk does not, and chunks that several ranges share are decoded once. */
size_t wn_table_file_slice(const wn_table_file *file, size_t dataset, size_t width, size_t n_ranges);

/* Local. Rows [first, first + n_rows) of an open dataset into cells of the memory type: of a dataset of two dimensions
 * the ranges' columns side by side, of others everything. Fails: WN_BAD_DATA (damaged), WN_IO. */
WN_MUST_USE wn_status wn_table_file_read(wn_table_file *file, size_t dataset, int64_t first, size_t n_rows,
                                         const wn_column_range *ranges, size_t n_ranges, bool is_float32, void *cells);

/* Local. The same of a dataset of strings: new texts (n_rows, width), owned by the caller, whose bytes are in the
 * store. Fails: also WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_table_file_read_texts(wn_table_file *file, size_t dataset, int64_t first, size_t n_rows,
                                               const wn_column_range *ranges, size_t n_ranges, size_t width,
                                               wn_text_store *store, wn_text **texts);

#endif
