/* outliers.h - bounds of one column, and what becomes of a cell outside them. For rows that go as a whole see clean.h.
 */
#ifndef WINNOW_PREPARE_OUTLIERS_H
#define WINNOW_PREPARE_OUTLIERS_H

#include "winnow/recipe.h"

#include <math.h>

/* What bounds need besides the column's moments and quartiles. */
typedef struct {
    double absolute_deviation;  /* mad: the median of |cell - median| */
    double tail_low, tail_high; /* quantile: the quantiles limit and 1 - limit */
} wn_outlier_spread;

/* Local. Sets [lower, upper] from what is known of the raw cells: zscore mean -+ limit x deviation, iqr quartiles -+
 * limit x their difference, mad median -+ limit x 1.4826 x the median absolute deviation, quantile the tails (exactly
 * that, also where the spread is 0: only cells equal to the bound then lie inside); infinite without a rule or without
 * valid cells. Fails: WN_BAD_DATA under zscore where the deviation is beyond a double. */
WN_MUST_USE wn_status wn_outliers_fit(wn_recipe_column *column, const wn_outlier_spread *spread);

/* Local. Whether the training cells have any outlier; any that its action changes or drops. */
bool wn_outliers_exist(const wn_recipe_column *column);
bool wn_outliers_act(const wn_recipe_column *column);

/* Local. Bounds of the cells that the action leaves, whatever the rows: infinite under drop_row and report. */
double wn_outliers_least(const wn_recipe_column *column);
double wn_outliers_most(const wn_recipe_column *column);

/* Local. Whether clipping leaves the median alone: both order statistics around it lie inside the bounds for certain.
 * For iqr they lie between the quartiles; for zscore a median is within one deviation of the mean; for mad both are
 * at most one median absolute deviation away; for quantile the tails must be short enough. */
bool wn_outliers_keep_median(const wn_recipe_column *column);

/* Local. A cell is outside; NaN never is. */
static inline bool wn_outliers_outside(const wn_recipe_column *column, double cell)
{
    return cell < column->lower || cell > column->upper;
}

/* Local. The cell after the action: clipped, or NaN. Under drop_row and report it stays. */
static inline double wn_outliers_apply(const wn_recipe_column *column, double cell)
{
    if (!wn_outliers_outside(column, cell))
        return cell;
    switch (column->rule.action) {
    case WN_OUTLIER_MISSING:
        return (double)NAN;
    case WN_OUTLIER_CLIP:
        return cell < column->lower ? column->lower : column->upper;
    default:
        return cell;
    }
}

#endif
