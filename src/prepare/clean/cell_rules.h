/* cell_rules.h - a recipe's rules for plain numbers as arrays over columns, so that many cells are cleaned, or become
 * features, by vectors and without branches. Of a single cell see outliers.h, transform.h and normalize.h, which give
 * the same bits. */
#ifndef WINNOW_PREPARE_CELL_RULES_H
#define WINNOW_PREPARE_CELL_RULES_H

#include "winnow/recipe.h"

/* All arrays (n). */
typedef struct {
    size_t n;
    size_t *position;        /* of the cell in a row; owned, like `transform` and what `lower` points to */
    wn_transform *transform; /* of filled cells */
    double *lower, *upper;   /* bounds of the outlier action; infinite where it changes no cell */
    double *below, *above;   /* what a cell outside becomes */
    double *fill;            /* for gaps; NaN leaves them */
    double *center, *scale;
} wn_cell_rules;

/* Local. Room for n columns; the caller clears it, also after a failure. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_cell_rules_init(wn_cell_rules *rules, size_t n);
void wn_cell_rules_clear(wn_cell_rules *rules);

/* Local. Rule number i is the column's, as it is now; without `fills` gaps stay, and cells are not transformed. */
void wn_cell_rules_set(wn_cell_rules *rules, size_t i, const wn_recipe_column *column, bool fills);

/* Local. Whether some cell may become another by them. */
bool wn_cell_rules_change(const wn_cell_rules *rules);

/* Local. Cleaned cells (n_rows, n) of raw ones (n_rows, n), column by column: outlier action, filling, transform. `to`
 * may be where the raw cells are, if those are doubles. Positions, centres and scales play no part. */
void wn_cell_rules_clean(const wn_cell_rules *rules, wn_cells from, size_t n_rows, double *to);

/* Local. Features (n_rows, n) of raw cells (n_rows, row_cells) at their positions: cleaned, normalized in double,
 * rounded once to float32. */
void wn_cell_rules_features(const wn_cell_rules *rules, wn_cells from, size_t row_cells, size_t n_rows, float *to);

#endif
