#include "outliers.h"

/* Makes a median absolute deviation an estimate of a normal's standard deviation. */
static const double MAD_FACTOR = 1.4826;

static wn_status check_deviation(const wn_recipe_column *column)
{
    if (!isinf(column->deviation))
        return WN_OK;
    return wn_fail(WN_BAD_DATA,
                   "column %s: its cells lie from %g to %g, and the squares for a standard deviation exceed a double; "
                   "the rule iqr bounds it without",
                   column->name, column->min, column->max);
}

wn_status wn_outliers_fit(wn_recipe_column *column, const wn_outlier_spread *spread)
{
    const wn_column_rule *rule = &column->rule;
    double low = -(double)INFINITY, high = (double)INFINITY, width = 0;
    column->lower = low;
    column->upper = high;
    if (column->count == 0)
        return WN_OK;
    switch (rule->outliers) {
    case WN_OUTLIERS_ZSCORE: {
        wn_status status = check_deviation(column);
        if (status != WN_OK)
            return status;
        low = high = column->mean;
        width = rule->limit * column->deviation;
        break;
    }
    case WN_OUTLIERS_IQR:
        low = column->quartile_low;
        high = column->quartile_high;
        width = rule->limit * (high - low);
        break;
    case WN_OUTLIERS_MAD:
        low = high = column->median;
        width = rule->limit * (MAD_FACTOR * spread->absolute_deviation);
        break;
    case WN_OUTLIERS_QUANTILE:
        low = spread->tail_low;
        high = spread->tail_high;
        break;
    default:
        break;
    }
    column->lower = low - width;
    column->upper = high + width;
    return WN_OK;
}

bool wn_outliers_exist(const wn_recipe_column *column)
{
    return column->count > 0 && (wn_outliers_outside(column, column->min) || wn_outliers_outside(column, column->max));
}

bool wn_outliers_act(const wn_recipe_column *column)
{
    return column->rule.action != WN_OUTLIER_REPORT && wn_outliers_exist(column);
}

static bool bounds_cells(const wn_recipe_column *column)
{
    return column->rule.action == WN_OUTLIER_CLIP || column->rule.action == WN_OUTLIER_MISSING;
}

double wn_outliers_least(const wn_recipe_column *column)
{
    return bounds_cells(column) ? column->lower : -(double)INFINITY;
}

double wn_outliers_most(const wn_recipe_column *column)
{
    return bounds_cells(column) ? column->upper : (double)INFINITY;
}

bool wn_outliers_keep_median(const wn_recipe_column *column)
{
    double limit = column->rule.limit;
    switch (column->rule.outliers) {
    case WN_OUTLIERS_ZSCORE:
        return limit > 1; /* not at 1, where rounding of the bound would decide */
    case WN_OUTLIERS_MAD:
        return limit * MAD_FACTOR > 1;
    case WN_OUTLIERS_QUANTILE: {
        double last = (double)(column->count - 1);
        return last * limit <= floor(last / 2);
    }
    default:
        return limit >= 0;
    }
}
