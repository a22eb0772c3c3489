/* normalize.h - centre and scale of one column. */
#ifndef WINNOW_PREPARE_NORMALIZE_H
#define WINNOW_PREPARE_NORMALIZE_H

#include "winnow/recipe.h"

/* Local. Sets center and scale from the moments of the cleaned cells: standard takes mean and population deviation; 0
 * and 1 without normalization; scale 1 where the cells do not vary (scikit-learn's StandardScaler). Fails: WN_BAD_DATA
 * where the deviation is beyond a double. */
WN_MUST_USE wn_status wn_normalize_fit(wn_recipe_column *column);

/* Local. Whether normalization was wanted and the cells do not vary. */
bool wn_normalize_is_constant(const wn_recipe_column *column);

/* Local. The normalized cell. */
static inline double wn_normalize_apply(const wn_recipe_column *column, double cell)
{
    return (cell - column->center) / column->scale;
}

#endif
