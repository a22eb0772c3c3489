/* npy_table.h - NumPy's .npy files of equally many rows as one table, a dataset a file. */
#ifndef WINNOW_CONVERT_NPY_TABLE_H
#define WINNOW_CONVERT_NPY_TABLE_H

#include "winnow/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Local. By its ending: .npy, or that and .gz. */
bool wn_npy_is_source(const char *path);

/* Local. wn_convert for .npy files; a dataset has the name of its file without ending. */
WN_MUST_USE wn_status wn_npy_convert(const char *const *sources, size_t n_sources, const char *output);

#endif
