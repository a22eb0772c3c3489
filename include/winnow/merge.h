/* merge.h - profiles of disjoint files as one recipe, as if the files had been read together: `winnow merge`. */
#ifndef WINNOW_MERGE_H
#define WINNOW_MERGE_H

#include "winnow/status.h"

#include <stddef.h>

/* Local. Reads n (two or more) recipes, each a run directory or a file, adds them and writes the recipe of all their
 * files to `output`, beside its name, synced and renamed; an existing file is replaced only where it is a recipe.
 * Fails: WN_NO_INPUT, WN_BAD_DATA (damaged; a profile that does not add to others; other options, columns, types or
 * classes; a file in two of them), WN_CANT_CREATE, WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_merge(const char *const *sources, size_t n, const char *output);

#endif
