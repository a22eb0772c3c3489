/* candidate.h - which group or dataset of a file is the table when the job does not say. */
#ifndef WINNOW_TABLE_CANDIDATE_H
#define WINNOW_TABLE_CANDIDATE_H

#include "member.h"
#include "object_list.h"

/* Local. The path of the one candidate (new, owned by the caller): a group whose included datasets have rows in common,
 * or, in a group of different lengths, a dataset of more than one dimension. Fails: WN_BAD_DATA where there is none or
 * more than one, WN_UNAVAILABLE where all there is needs what is not built yet. */
WN_MUST_USE wn_status wn_candidate_find(char **table, wn_hdf5_file *file, const wn_input *input);

/* Local. All candidates, at least one; the caller clears the list. Fails: as wn_candidate_find where there is none. */
WN_MUST_USE wn_status wn_candidate_list(wn_object_list *tables, wn_hdf5_file *file, const wn_input *input);

/* Local. A group in another program's format (a pandas frame, a sparse matrix) that is not built yet: WN_UNAVAILABLE
 * naming it. */
WN_MUST_USE wn_status wn_candidate_check_format(wn_hdf5_file *file, const char *group);

/* Local. Text like "; did you mean '/train'?" for a table that is not there, or "". Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_candidate_suggest(wn_hdf5_file *file, const char *table, char *text, size_t n);

#endif
