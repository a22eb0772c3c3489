/* idx.h - reads IDX files (MNIST's format), plain or gzip-compressed, a run of rows at a time. */
#ifndef WINNOW_CONVERT_IDX_H
#define WINNOW_CONVERT_IDX_H

#include "winnow/table_writer.h"

enum { WN_IDX_MOST_DIMS = 8 };

typedef struct wn_idx wn_idx;

/* Local. Opens a file and reads its header. Fails: WN_NO_INPUT, WN_BAD_DATA (not IDX, truncated), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_idx_open(wn_idx **idx, const char *path);
void wn_idx_close(wn_idx *idx);

/* Local. Rows, trailing dimensions (borrowed), type of the cells, and the bytes of a row of them. */
size_t wn_idx_rows(const wn_idx *idx);
const size_t *wn_idx_dims(const wn_idx *idx, size_t *n_dims);
wn_store_type wn_idx_type(const wn_idx *idx);
size_t wn_idx_row_bytes(const wn_idx *idx);

/* Local. The next n_rows rows in this machine's byte order. Fails: WN_BAD_DATA (truncated or damaged), WN_IO. */
WN_MUST_USE wn_status wn_idx_read(wn_idx *idx, void *cells, size_t n_rows);

/* Local. Fails with WN_BAD_DATA where bytes follow the last row, or the checksum of a compressed file is wrong. */
WN_MUST_USE wn_status wn_idx_check_end(wn_idx *idx);

#endif
