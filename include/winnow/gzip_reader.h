/* gzip_reader.h - the bytes of a file from its begin on, unpacked where it is compressed by gzip. Joined gzip files are
 * one, and zeros may follow. What else follows a stream is damage: zlib's own gzread ends there in silence, and rows
 * would be lost. */
#ifndef WINNOW_GZIP_READER_H
#define WINNOW_GZIP_READER_H

#include "winnow/status.h"

#include <stdbool.h>

typedef struct wn_gzip_reader wn_gzip_reader;

/* Local. Opens a regular file; what is none (a pipe, a directory) is not waited for. The caller closes it. Fails:
 * WN_NO_INPUT, WN_BAD_DATA (not a regular file), WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_gzip_reader_open(wn_gzip_reader **reader, const char *path);
void wn_gzip_reader_close(wn_gzip_reader *reader);

/* Local. Whether the file begins as those of gzip do; else its bytes are read as they are. */
bool wn_gzip_reader_is_packed(const wn_gzip_reader *reader);

/* Local. The next bytes, at most n; *n_read is less at the end of the file alone. Fails: WN_BAD_DATA (truncated or
 * damaged), WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_gzip_reader_read(wn_gzip_reader *reader, void *bytes, size_t n, size_t *n_read);

/* Local. The next n bytes. Fails: WN_BAD_DATA also where there are fewer. */
WN_MUST_USE wn_status wn_gzip_reader_take(wn_gzip_reader *reader, void *bytes, size_t n);

#endif
