#include "normalize.h"

#include "column_list.h"

#include "winnow/log.h"

#include <math.h>

/* What is subtracted, and what is divided by where it is not 0. */
static void center_and_spread(const wn_recipe_column *column, double *center, double *spread)
{
    *center = 0;
    *spread = 1;
    switch (column->rule.normalize) {
    case WN_NORMALIZE_STANDARD:
        *center = column->clean_mean;
        *spread = column->clean_deviation;
        break;
    case WN_NORMALIZE_MINMAX:
        *center = column->clean_min;
        *spread = column->clean_max - column->clean_min;
        break;
    case WN_NORMALIZE_ROBUST:
        *center = column->clean_median;
        *spread = column->clean_quartile_high - column->clean_quartile_low;
        break;
    case WN_NORMALIZE_MAXABS:
        *spread = fmax(fabs(column->clean_min), fabs(column->clean_max));
        break;
    default:
        break;
    }
}

bool wn_normalize_is_constant(const wn_recipe_column *column)
{
    double center, spread;
    center_and_spread(column, &center, &spread);
    return !(spread > 0);
}

wn_status wn_normalize_fit(wn_recipe_column *column)
{
    double center, spread;
    center_and_spread(column, &center, &spread);
    if (isinf(spread))
        return wn_fail(WN_BAD_DATA,
                       "column %s: its cells lie from %g to %g, and their spread (for standard, its squares) exceeds a "
                       "double; %s",
                       column->name, column->clean_min, column->clean_max,
                       column->rule.outliers == WN_OUTLIERS_NONE
                           ? "clean.outliers by iqr can bound a few such cells, normalize: log any"
                           : "normalize: log bounds them");
    column->center = center;
    column->scale = spread > 0 ? spread : 1;
    return WN_OK;
}

wn_status wn_normalize_columns(wn_recipe *recipe, const wn_moments_summary *moments, bool by_column)
{
    wn_status status = WN_OK;
    wn_column_list constant = {0};
    for (size_t f = 0; f < recipe->n_features; f++) {
        size_t i = by_column ? recipe->feature_source[f] : f;
        wn_recipe_column *column = &recipe->columns[recipe->feature_source[f]];
        if (recipe->feature_encoder[f] != WN_NO_ENCODER)
            continue;
        bool is_constant = moments->min[i] == moments->max[i]; /* then rounding has no say */
        column->clean_mean = is_constant ? moments->min[i] : moments->mean[i];
        column->clean_deviation = is_constant ? 0 : moments->deviation[i];
        column->clean_min = moments->min[i];
        column->clean_max = moments->max[i];
        TRY(wn_normalize_fit(column));
        if (wn_normalize_is_constant(column))
            wn_column_list_add(&constant, column->name, -1);
    }
    if (constant.n_names > 0)
        wn_log_warning("columns that do not vary in training rows are not scaled: %s", wn_column_list_text(&constant));
done:
    return status;
}
