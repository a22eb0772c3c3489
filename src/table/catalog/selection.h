/* selection.h - which columns input.columns and input.label choose. */
#ifndef WINNOW_TABLE_SELECTION_H
#define WINNOW_TABLE_SELECTION_H

#include "member.h"

/* Local. Whether any column of the member is included by input.columns. */
bool wn_selection_wants(const wn_member *member, const wn_input *input);

/* Local. The included columns of all members but the label's (may be NULL), in order: *columns (new, owned by the
 * caller, who frees the names too). A pattern matches a column's name or that of its dataset. Fails: WN_BAD_DATA where
 * an include pattern or a plain name of exclude matches nothing, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_selection_columns(const wn_members *members, const wn_hdf5_file *file, const wn_input *input,
                                           const wn_column *label, wn_column **columns, size_t *n_columns);

/* Local. Frees what wn_selection_columns made. */
void wn_selection_free(wn_column *columns, size_t n_columns);

/* Local. Text like "; did you mean 'temperature'?" for a name that no column or dataset of the members has, or "". */
void wn_selection_suggest(const wn_members *members, const char *name, char *text, size_t n);

#endif
