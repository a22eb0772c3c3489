#include "normalize.h"

#include <math.h>

bool wn_normalize_is_constant(const wn_recipe_column *column)
{
    return column->rule.normalize == WN_NORMALIZE_STANDARD && !(column->clean_deviation > 0);
}

wn_status wn_normalize_fit(wn_recipe_column *column)
{
    column->center = 0;
    column->scale = 1;
    if (column->rule.normalize != WN_NORMALIZE_STANDARD)
        return WN_OK;
    if (isinf(column->clean_deviation))
        return wn_fail(
            WN_BAD_DATA,
            "column %s: its cells lie from %g to %g, and the squares for a standard deviation exceed a double; "
            "clean.outliers by iqr can bound them",
            column->name, column->clean_min, column->clean_max);
    column->center = column->clean_mean;
    if (!wn_normalize_is_constant(column))
        column->scale = column->clean_deviation;
    return WN_OK;
}
