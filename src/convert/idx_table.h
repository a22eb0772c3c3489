/* idx_table.h - IDX files of equally many rows as one table. */
#ifndef WINNOW_CONVERT_IDX_TABLE_H
#define WINNOW_CONVERT_IDX_TABLE_H

#include "winnow/status.h"

#include <stddef.h>

/* Local. wn_convert for IDX files. */
WN_MUST_USE wn_status wn_idx_convert(const char *const *sources, size_t n_sources, const char *output);

#endif
