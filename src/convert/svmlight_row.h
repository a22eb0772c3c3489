/* svmlight_row.h - one line of an svmlight file: a label, perhaps a query, pairs of an index and a value. */
#ifndef WINNOW_CONVERT_SVMLIGHT_ROW_H
#define WINNOW_CONVERT_SVMLIGHT_ROW_H

#include "line_reader.h"

#include <stddef.h>

enum { WN_SVMLIGHT_MOST = 1 << 24 }; /* of an index */

typedef struct {
    int64_t index;
    double value;
} wn_svmlight_pair;

typedef struct {
    double label;
    bool has_query;
    int64_t query;
    size_t n, capacity;
    wn_svmlight_pair *pairs; /* (n) ascending by index, owned */
} wn_svmlight_row;

/* Local. Reads a line into a row, whose memory grows to the longest; *is_row is false for a line that is a comment.
 * Fails: WN_BAD_DATA, WN_UNAVAILABLE, naming file and line; WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_svmlight_row_read(wn_svmlight_row *row, const char *path, const wn_line *line, bool *is_row);
void wn_svmlight_row_clear(wn_svmlight_row *row);

#endif
