/* normalize.h - centre and scale of one column. */
#ifndef WINNOW_PREPARE_NORMALIZE_H
#define WINNOW_PREPARE_NORMALIZE_H

#include "winnow/moments.h"
#include "winnow/recipe.h"

/* Local. Sets center and scale from what is known of the cleaned, transformed cells: standard takes mean and population
 * deviation, minmax the least and the range, robust the median and the distance of the quartiles, maxabs 0 and the
 * greatest size; 0 and 1 without normalization. Scale 1 where it would be 0. Fails: WN_BAD_DATA where the scale is
 * beyond a double. */
WN_MUST_USE wn_status wn_normalize_fit(wn_recipe_column *column);

/* Local. Whether the cells have no spread to divide by: all the same, or for robust the middle half of them; for maxabs
 * all 0. */
bool wn_normalize_is_constant(const wn_recipe_column *column);

/* Local. Cleaned moments, then centre and scale, of every column whose cell is a feature; columns that do not vary are
 * told. moments are of columns, or of features. Fails: as wn_normalize_fit. */
WN_MUST_USE wn_status wn_normalize_columns(wn_recipe *recipe, const wn_moments_summary *moments, bool by_column);

/* Local. The normalized cell. */
static inline double wn_normalize_apply(const wn_recipe_column *column, double cell)
{
    return (cell - column->center) / column->scale;
}

#endif
