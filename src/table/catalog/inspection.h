/* inspection.h - prints one dataset, and the `input:` section that describes a table. */
#ifndef WINNOW_TABLE_INSPECTION_H
#define WINNOW_TABLE_INSPECTION_H

#include "member.h"
#include "winnow/inspect.h"

/* Local. One line: path, type, shape, layout, chunks, filters; more lines for what is special. */
void wn_inspect_dataset(const wn_member *member, hid_t dataset, FILE *out);

/* Local. The job's section for the files' table, guessed from the first file: its first candidate table, a label by its
 * name, without what cannot be read. Comments say what else there is, and why it is not one table if it is not. Fails:
 * WN_BAD_DATA, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_inspect_section(const char *const *paths, size_t n_paths, FILE *out);

#endif
