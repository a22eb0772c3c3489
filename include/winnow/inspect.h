/* inspect.h - what is in an HDF5 file, for people and for `check`. Looks at files of unknown origin in a child process,
 * so that one which crashes the library ends with a message and not with the program. */
#ifndef WINNOW_INSPECT_H
#define WINNOW_INSPECT_H

#include "winnow/catalog.h"
#include "winnow/nearest_name.h"

#include <stdio.h>

/* Local. Prints tables, columns, types, rows, chunks and filters of each file to `out`, and an `input:` section to
 * paste into a job. Fails: WN_NO_INPUT, WN_BAD_DATA (not HDF5, truncated, or the library crashed on it). */
WN_MUST_USE wn_status wn_inspect(const char *const *paths, size_t n_paths, FILE *out);

/* Local. wn_catalog_read tried in a child process: the same status and message, WN_BAD_DATA where the library crashed.
 */
WN_MUST_USE wn_status wn_catalog_try(const wn_input *input);

#endif
