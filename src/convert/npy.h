/* npy.h - reads NumPy's .npy files, plain or gzip-compressed, a run of rows at a time. */
#ifndef WINNOW_CONVERT_NPY_H
#define WINNOW_CONVERT_NPY_H

#include "winnow/table_writer.h"

enum { WN_NPY_MOST_DIMS = 8 };

typedef struct wn_npy wn_npy;

/* Local. Opens a file and reads its header. Fails: WN_NO_INPUT, WN_BAD_DATA (not .npy, truncated, no dimension),
 * WN_UNAVAILABLE (other types than booleans, integers, float32 and float64; columns stored one after the other),
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_npy_open(wn_npy **npy, const char *path);
void wn_npy_close(wn_npy *npy);

/* Local. Rows, trailing dimensions (borrowed), type of the cells as they are stored (uint16 and uint32 in the next
 * signed type), and the bytes of a row of them. */
size_t wn_npy_rows(const wn_npy *npy);
const size_t *wn_npy_dims(const wn_npy *npy, size_t *n_dims);
wn_store_type wn_npy_type(const wn_npy *npy);
size_t wn_npy_row_bytes(const wn_npy *npy);

/* Local. The next n_rows rows in this machine's byte order. Fails: WN_BAD_DATA (truncated or damaged), WN_IO. */
WN_MUST_USE wn_status wn_npy_read(wn_npy *npy, void *cells, size_t n_rows);

/* Local. Fails with WN_BAD_DATA where bytes follow the last row. */
WN_MUST_USE wn_status wn_npy_check_end(wn_npy *npy);

#endif
