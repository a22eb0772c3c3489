/* json_slab.h - a run of rows of JSON lines as cells of columns, until they are written. */
#ifndef WINNOW_CONVERT_JSON_SLAB_H
#define WINNOW_CONVERT_JSON_SLAB_H

#include "json_column.h"

typedef struct wn_json_slab wn_json_slab;

/* Local. Adds datasets for the columns, which are borrowed, to the writer, borrowed too. The caller frees it. Fails:
 * WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_json_slab_new(wn_json_slab **slab, const wn_json_columns *columns, int64_t n_rows,
                                       wn_table_writer *writer);
void wn_json_slab_free(wn_json_slab *slab);

/* Local. Begins a row of gaps; a slab that is full is written before. Fails: WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_json_slab_begin_row(wn_json_slab *slab);

/* Local. Sets a cell of the row. Fails: WN_NO_MEMORY, WN_IO (the file has changed: what is no longer what was looked
 * at). */
WN_MUST_USE wn_status wn_json_slab_set(wn_json_slab *slab, const char *name, const json_t *value);

/* Local. Writes the rows that are not written yet. Fails: WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_json_slab_write(wn_json_slab *slab);

#endif
