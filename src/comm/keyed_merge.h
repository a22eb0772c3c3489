/* keyed_merge.h - the entries of keyed counts in the order of keys, one at a time. Private to src/comm. */
#ifndef WINNOW_KEYED_MERGE_H
#define WINNOW_KEYED_MERGE_H

#include "keyed_table.h"

typedef struct wn_keyed_merge wn_keyed_merge;

/* Local. Over all runs, and over the table too where is_whole. The counts are borrowed and stay as they are meanwhile.
 * The caller frees it. Fails: WN_NO_MEMORY, WN_IO. */
WN_MUST_USE wn_status wn_keyed_merge_new(wn_keyed_merge **merge, const wn_keyed_counts *counts, bool is_whole);
void wn_keyed_merge_free(wn_keyed_merge *merge);

/* Local. The next entry; its text is valid until the next call. *has tells whether there is one. Fails: WN_NO_MEMORY,
 * WN_IO. */
WN_MUST_USE wn_status wn_keyed_merge_next(wn_keyed_merge *merge, wn_keyed_count *entry, bool *has);

#endif
