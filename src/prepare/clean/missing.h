/* missing.h - what a missing cell of a column becomes. */
#ifndef WINNOW_PREPARE_MISSING_H
#define WINNOW_PREPARE_MISSING_H

#include "winnow/recipe.h"

/* Which statistic of the cleaned cells a fill is. */
typedef enum { WN_FILL_FIXED, WN_FILL_MEAN, WN_FILL_MEDIAN, WN_FILL_MODE } wn_fill_kind;

/* Local. Mean, median (also of drop_row, for rows that are not dropped), most frequent value, or a number that needs no
 * statistic. */
wn_fill_kind wn_missing_fill_kind(const wn_column_rule *rule);

/* Local. Whether the mean or median that the raw cells give is not that of the cells after drops and outlier action. */
bool wn_missing_needs_clean_cells(const wn_recipe_column *column, bool rows_go);

/* Local. Sets the fill from the mean, the median and the most frequent value of the cells. */
void wn_missing_fit(wn_recipe_column *column, double mean, double median, double mode);

/* Local. wanted[n_columns]: the columns whose most frequent value is the fill, and is to be counted in raw cells (or
 * not in raw cells, but in those after drops and outlier action): known from the rules alone, before any pass. */
void wn_missing_choose_modes(const wn_recipe *recipe, bool raw, unsigned char *wanted);

/* Local. Fails with WN_BAD_DATA, naming the columns, where gaps are an error, where outliers would become gaps that are
 * an error, or where no valid cell is left for a mean, median or most frequent value. */
WN_MUST_USE wn_status wn_missing_check(const wn_recipe *recipe);

#endif
