/* externals.h - the other files that a table's cells lie in: raw storage, what external links lead to, and the sources
 * of virtual datasets. They are as much of the input as the file that names them. */
#ifndef WINNOW_TABLE_EXTERNALS_H
#define WINNOW_TABLE_EXTERNALS_H

#include "winnow/catalog.h"

typedef struct {
    wn_external *items;
    size_t n;
} wn_externals;

/* Local. Adds a regular file, once; *n_bytes is its size. Fails: WN_BAD_DATA (not there, not a file), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_externals_add(wn_externals *list, const char *path, int64_t *n_bytes);

/* Local. Adds those of another list, each once. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_externals_join(wn_externals *list, const wn_externals *more);
void wn_externals_clear(wn_externals *list);

/* Local. Whether the files still have the sizes that they had: reading beyond their ends gives zeros without an error.
 * Fails: WN_BAD_DATA, WN_IO. */
WN_MUST_USE wn_status wn_externals_check(const wn_external *items, size_t n);

#endif
