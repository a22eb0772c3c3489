/* recipe_memory.h - a recipe of given sizes, to be filled by who reads it from a file. */
#ifndef WINNOW_PREPARE_RECIPE_MEMORY_H
#define WINNOW_PREPARE_RECIPE_MEMORY_H

#include "winnow/recipe.h"

/* Local. All names NULL, no selection, no label name. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_recipe_new_sized(wn_recipe **recipe, size_t n_columns, size_t n_features);

#endif
