/* line_reader.h - the lines of a text file, also one compressed by gzip, one after the other. Lines end with LF or CR
 * LF, the last one may end without; a byte order mark is left out. */
#ifndef WINNOW_CONVERT_LINE_READER_H
#define WINNOW_CONVERT_LINE_READER_H

#include "winnow/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct wn_line_reader wn_line_reader;

typedef struct {
    const char *text; /* n bytes without their end, lent until the next line */
    size_t n;
    int64_t number; /* from 1 */
} wn_line;

/* Local. The caller closes it. Fails: WN_NO_INPUT, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_line_reader_open(wn_line_reader **reader, const char *path);
void wn_line_reader_close(wn_line_reader *reader);

/* Local. The next line that has more than spaces; *is_there is false behind the last. Memory grows to the longest
 * line. Fails: WN_BAD_DATA (gzip damaged or cut short), WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_line_reader_next(wn_line_reader *reader, wn_line *line, bool *is_there);

#endif
