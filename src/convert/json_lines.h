/* json_lines.h - JSON lines into a table: one object a line, a column a field. */
#ifndef WINNOW_CONVERT_JSON_LINES_H
#define WINNOW_CONVERT_JSON_LINES_H

#include "winnow/status.h"

#include <stdbool.h>

/* Local. By its ending: .jsonl, .ndjson, or these and .gz. */
bool wn_json_lines_is_source(const char *path);

/* Local. Reads the files twice, to find the columns and to write them; see convert.h. Memory: some 30 MiB and the
 * longest line. Fails: as wn_convert. */
WN_MUST_USE wn_status wn_json_lines_convert(const char *const *sources, size_t n_sources, const char *output);

#endif
