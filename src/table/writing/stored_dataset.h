/* stored_dataset.h - a dataset that the table writer fills: its type, shape and how it lies in the file. */
#ifndef WINNOW_TABLE_STORED_DATASET_H
#define WINNOW_TABLE_STORED_DATASET_H

#include "winnow/table_writer.h"

#include <hdf5.h>

enum { WN_STORED_MOST_DIMS = 8 };

typedef struct {
    hid_t id;
    char *name;
    wn_store_type type;
    hid_t own_type; /* of texts and booleans; -1: the library's of `type` */
    int rank;
    hsize_t dims[WN_STORED_MOST_DIMS]; /* dims[0]: rows so far */
    int64_t n_rows;                    /* in the end; -1: as many as come */
} wn_stored_dataset;

/* Local. The type of a cell, in memory and in the file: the dataset's own or a constant of the library. */
hid_t wn_stored_type(const wn_stored_dataset *d);

/* Local. A new type of UTF-8 texts of n_bytes bytes; 0: of any length. Negative where the library fails. */
hid_t wn_stored_text_type(size_t n_bytes);

/* Local. A new type of booleans as h5py has them. Negative where the library fails. */
hid_t wn_stored_bool_type(void);

/* Local. Chunks of a power of two rows near 512 KiB; few enough rows that narrow datasets do not make blocks of wide
 * ones large. */
size_t wn_stored_chunk_rows(const wn_stored_dataset *d);

/* Local. Makes the dataset in an open file. Negative where the library fails. */
hid_t wn_stored_create(hid_t file, const wn_stored_dataset *d, const wn_table_storage *storage);

/* Local. The same, virtual over the datasets of its name in other files. */
hid_t wn_stored_create_virtual(hid_t file, const wn_stored_dataset *d, const wn_table_part *parts, size_t n_parts);

#endif
