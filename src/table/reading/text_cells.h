/* text_cells.h - string cells through the HDF5 library: of fixed or any length, UTF-8 or ASCII. */
#ifndef WINNOW_TABLE_TEXT_CELLS_H
#define WINNOW_TABLE_TEXT_CELLS_H

#include "hdf5_file.h"
#include "winnow/text_store.h"
#include "winnow/texts.h"

/* How strings of one dataset are read: the memory type and the transfer list of H5Dread, whose buffer holds n_bytes a
 * cell. Texts of any length are put into the store by the library itself. */
typedef struct {
    hid_t type, transfer;
    size_t n_bytes;
    bool is_variable, is_space_padded, ends_with_zero;
    wn_text_store *store; /* borrowed */
    wn_status status;     /* of what the library asked the store for */
} wn_text_cells;

/* Local. Of a dataset of strings (field: ""), or of a field of its records. Stays where it is until it is cleared, also
 * after a failure. Fails: WN_BAD_DATA. */
WN_MUST_USE wn_status wn_text_cells_init(wn_text_cells *cells, const wn_hdf5_file *file, const char *path,
                                         hid_t dataset, const char *field, wn_text_store *store);
void wn_text_cells_clear(wn_text_cells *cells);

/* Local. The nth text of a buffer that was read: without the padding of strings of fixed length, whose bytes stay in
 * the buffer. */
wn_text wn_text_cells_at(const wn_text_cells *cells, const char *buffer, size_t n);

/* Local. Whether it has bytes behind a zero byte, which a C string cannot hold and which are no padding. */
bool wn_text_cells_is_cut(const wn_text_cells *cells, const char *buffer, size_t n);

/* Local. Bytes that the texts of a row of an open dataset take: exactly for strings of fixed length, else the mean over
 * a few runs of rows, at least one a cell. Fails: WN_BAD_DATA, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_text_cells_row_bytes(const wn_hdf5_file *file, const char *path, hid_t dataset,
                                              const char *field, int64_t *row_bytes);

#endif
