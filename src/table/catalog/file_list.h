/* file_list.h - the paths that globs stand for. */
#ifndef WINNOW_TABLE_FILE_LIST_H
#define WINNOW_TABLE_FILE_LIST_H

#include "winnow/status.h"

#include <stddef.h>

typedef struct {
    char **paths; /* sorted by bytes, each once */
    size_t n;
} wn_file_list;

/* Local. A pattern that names a file as it stands means that file. Fails: WN_NO_INPUT where a pattern matches nothing,
 * naming `key` (input.files; NULL: none), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_file_list_expand(wn_file_list *list, const char *const *globs, size_t n_globs,
                                          const char *key);
void wn_file_list_clear(wn_file_list *list);

/* Local. By what the file system says they are: other spellings of a path, and links, are the same file. Files that
 * are not there are left to their opening. Fails: WN_BAD_DATA for one in both, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_file_list_disjoint(const wn_file_list *files, const wn_file_list *test);

#endif
