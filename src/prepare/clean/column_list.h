/* column_list.h - column names in a message: the first few and "and N more". */
#ifndef WINNOW_PREPARE_COLUMN_LIST_H
#define WINNOW_PREPARE_COLUMN_LIST_H

#include <stddef.h>
#include <stdint.h>

/* All zero is the empty list. */
typedef struct {
    char text[512];
    size_t n_names;
} wn_column_list;

/* Local. Adds a name, with a count where it is not negative. */
void wn_column_list_add(wn_column_list *list, const char *name, int64_t count);

/* Local. The finished list, in the list's memory. */
const char *wn_column_list_text(wn_column_list *list);

#endif
