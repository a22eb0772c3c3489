/* extracted.h - rows with encoders on their way to what is chosen of their features: dense (recipe_apply.c), sparse
 * (recipe_sparse.c), or a block of both (chosen_rows.c). Private to src/prepare. */
#ifndef WINNOW_PREPARE_EXTRACTED_H
#define WINNOW_PREPARE_EXTRACTED_H

#include "winnow/recipe.h"
#include "winnow/wide_columns.h"

/* Rows whose cells are visited together, so that a column's numbers are loaded once for all of them. */
enum { WN_TILE_ROWS = 64 };

/* A tile's features as they are made, and where they go. */
typedef struct {
    wn_wide_columns wide;
    double *dense; /* (WN_TILE_ROWS, wide.n_dense) */
    size_t *place; /* (n_features) among those chosen; SIZE_MAX for the others */
} wn_extracted;

/* Local. For rows of a recipe with encoders, and n of its features. The caller clears it, also after a failure. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_extracted_init(wn_extracted *run, const wn_recipe *recipe, const size_t *features, size_t n);
void wn_extracted_clear(wn_extracted *run);

/* Local. Rows first .. first + n_rows - 1 of some. */
wn_raw_rows wn_raw_rows_run(const wn_raw_rows *rows, size_t first, size_t n_rows);

/* Local. The failure of wn_recipe_check_features: WN_BAD_DATA naming the column of the selected feature j (the
 * first and the last, where it is one of an image) and the row, whose value is NaN or infinite. */
wn_status wn_recipe_refuse_feature(const wn_recipe *recipe, const wn_catalog *catalog, size_t j, int64_t row,
                                   float value);

#endif
