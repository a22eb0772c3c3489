#include "outliers.h"

wn_status wn_outliers_fit(wn_recipe_column *column)
{
    const wn_column_rule *rule = &column->rule;
    column->lower = -(double)INFINITY;
    column->upper = (double)INFINITY;
    if (column->count == 0)
        return WN_OK;
    if (rule->outliers == WN_OUTLIERS_ZSCORE) {
        if (isinf(column->deviation))
            return wn_fail(WN_BAD_DATA,
                           "column %s: its cells lie from %g to %g, and the squares for a standard deviation exceed a "
                           "double; the rule iqr bounds it without",
                           column->name, column->min, column->max);
        column->lower = column->mean - rule->limit * column->deviation;
        column->upper = column->mean + rule->limit * column->deviation;
    } else if (rule->outliers == WN_OUTLIERS_IQR) {
        double range = column->quartile_high - column->quartile_low;
        column->lower = column->quartile_low - rule->limit * range;
        column->upper = column->quartile_high + rule->limit * range;
    }
    return WN_OK;
}

bool wn_outliers_exist(const wn_recipe_column *column)
{
    return column->count > 0 && (wn_outliers_outside(column, column->min) || wn_outliers_outside(column, column->max));
}

bool wn_outliers_keep_median(const wn_recipe_column *column)
{
    if (column->rule.outliers == WN_OUTLIERS_ZSCORE)
        return column->rule.limit > 1; /* not at 1, where rounding of the bound would decide */
    return column->rule.limit >= 0;
}
