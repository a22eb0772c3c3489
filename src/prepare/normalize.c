#include "normalize.h"

bool wn_normalize_is_constant(const wn_recipe_column *column)
{
    return column->rule.normalize == WN_NORMALIZE_STANDARD && !(column->clean_deviation > 0);
}

void wn_normalize_fit(wn_recipe_column *column)
{
    column->center = 0;
    column->scale = 1;
    if (column->rule.normalize != WN_NORMALIZE_STANDARD)
        return;
    column->center = column->clean_mean;
    if (!wn_normalize_is_constant(column))
        column->scale = column->clean_deviation;
}
