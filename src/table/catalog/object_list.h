/* object_list.h - the paths of a file's groups and datasets, each object once, none outside the file. */
#ifndef WINNOW_TABLE_OBJECT_LIST_H
#define WINNOW_TABLE_OBJECT_LIST_H

#include "hdf5_file.h"

typedef struct {
    char **paths;
    size_t n, capacity;
} wn_object_list;

/* Local. Appends a path. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_object_list_add(wn_object_list *list, const char *path);

/* Local. All groups, or all groups and datasets, in the order of names; added to the list. Fails: WN_BAD_DATA,
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_object_list_groups(wn_object_list *list, const wn_hdf5_file *file);
WN_MUST_USE wn_status wn_object_list_all(wn_object_list *list, const wn_hdf5_file *file);
void wn_object_list_clear(wn_object_list *list);

#endif
