/* json_row.h - one line of JSON lines: its fields by name, those of objects within it by names joined with dots. */
#ifndef WINNOW_CONVERT_JSON_ROW_H
#define WINNOW_CONVERT_JSON_ROW_H

#include "line_reader.h"

#include <jansson.h>

enum { WN_JSON_NAME_SIZE = 1024 };

/* What is called with every field: a name as HDF5 takes it, and a value that is no object and no array. */
typedef struct {
    wn_status (*take)(void *context, const char *name, const json_t *value);
    void *context; /* borrowed */
} wn_json_sink;

/* Local. Hands the fields of a line to the sink, in their order. A slash in a name becomes `_`. Fails: WN_BAD_DATA (no
 * JSON, no object, a name twice in one object, empty or too long, an array; the message has path and line), and as the
 * sink does. */
WN_MUST_USE wn_status wn_json_row_read(const char *path, const wn_line *line, wn_json_sink sink);

#endif
