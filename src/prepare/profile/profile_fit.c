/* A profile from its sums alone, as profile.c and statistics.c fit it from rows. */
#include "bounds.h"
#include "encoder.h"
#include "images.h"
#include "indicator.h"
#include "level_counts.h"
#include "missing.h"
#include "normalize.h"
#include "outliers.h"
#include "profile_sums.h"

#include "winnow/memory.h"

#include <math.h>

static const wn_ranks ALONE = {.comm = MPI_COMM_NULL, .size = 1};

static wn_status describe_columns(wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_moments_summary *raw = NULL;
    static const wn_outlier_spread none = {0};
    TRY(wn_moments_finish(recipe->sums->raw, &raw));
    for (size_t i = 0; i < recipe->n_cells; i++) {
        wn_recipe_column *column = &recipe->columns[i];
        wn_bounds_describe(column, raw, i);
        column->quartile_low = column->median = column->quartile_high = (double)NAN;
        TRY(wn_outliers_fit(column, &none));
    }
done:
    wn_moments_summary_free(raw);
    return status;
}

/* A category's own level fills it. */
static void fit_fills(wn_recipe *recipe)
{
    for (size_t i = 0; i < recipe->n_cells; i++) {
        wn_recipe_column *column = &recipe->columns[i];
        column->outliers = 0;
        if (column->levels == 0 || column->rule.missing == WN_MISSING_CONSTANT)
            wn_missing_fit(column, column->mean, (double)NAN, (double)NAN);
    }
}

static wn_status encode_levels(wn_recipe *recipe, const wn_profile_levels *levels)
{
    wn_status status = WN_OK;
    const wn_recipe_column *column = &recipe->columns[levels->column];
    wn_keyed_counts *counts = NULL;
    TRY(wn_keyed_counts_new(&counts, 0, NULL));
    for (size_t i = 0; i < levels->all.n; i++)
        TRY(wn_keyed_counts_add(counts, &levels->all.entries[i]));
    TRY(wn_level_counts_encode(&ALONE, counts, levels->column, column->count + column->missing, recipe));
done:
    wn_keyed_counts_free(counts);
    return status;
}

static wn_status fit_encoders(wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_recipe_forget_encoders(recipe);
    for (size_t l = 0; l < recipe->sums->n_levels; l++)
        TRY(encode_levels(recipe, &recipe->sums->levels[l]));
    TRY(wn_images_fit(recipe));
    TRY(wn_indicators_fit(recipe));
    TRY(wn_recipe_list_features(recipe));
done:
    return status;
}

wn_status wn_profile_fit(wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_moments_summary *clean = NULL;
    TRY(describe_columns(recipe));
    TRY(wn_missing_check(recipe));
    fit_fills(recipe);
    TRY(fit_encoders(recipe));
    TRY(wn_profile_sums_clean(recipe, &clean));
    TRY(wn_normalize_columns(recipe, clean, true));
done:
    wn_moments_summary_free(clean);
    return status;
}
