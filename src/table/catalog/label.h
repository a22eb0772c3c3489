/* label.h - where the label is: in the table, beside it, or at the file's root. */
#ifndef WINNOW_TABLE_LABEL_H
#define WINNOW_TABLE_LABEL_H

#include "member.h"

/* Local. Finds `name` as a dataset or a column of the members, then in the group that `table` lies in (where the table
 * is a dataset), then at the root; a path with a slash is taken as it is. What it finds outside is appended to the
 * members. Fails: WN_BAD_DATA where there is none (with what is spelt alike) or it has more than one column,
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_label_find(wn_column *label, wn_members *members, wn_hdf5_file *file, const char *table,
                                    const char *name, const char *key);

#endif
