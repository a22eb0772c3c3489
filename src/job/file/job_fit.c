#include "job_fit.h"

#include "job_rules.h"

wn_status wn_job_type_fit(const wn_job *job, size_t entry, const wn_recipe *recipe)
{
    const wn_column_type *type = &job->input.types[entry];
    for (size_t i = 0; i < recipe->n_columns; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        if (!wn_job_matches(job, type->name, column->name))
            continue;
        if (column->is_text && (type->word == WN_TYPE_NUMERIC || type->word == WN_TYPE_IMAGE))
            return wn_fail(WN_BAD_DATA, "input.types: %s is numeric or an image, but column %s has strings", type->name,
                           column->name);
        if (!column->is_text && type->word == WN_TYPE_TEXT)
            return wn_fail(WN_BAD_DATA, "input.types: %s is text, but column %s has numbers", type->name, column->name);
    }
    return WN_OK;
}

/* What of an override a column cannot have; NULL: nothing. */
static const char *clean_misfit(const wn_clean_override *override, const wn_recipe_column *column)
{
    bool fills = override->missing != WN_MISSING_ERROR && override->missing != WN_MISSING_DROP_ROW;
    bool is_level =
        override->missing == WN_MISSING_MOST_FREQUENT || (override->missing == WN_MISSING_CONSTANT && !column->is_text);
    if (column->kind == WN_COLUMN_NUMERIC)
        return NULL;
    if (override->has_missing && fills && column->kind == WN_COLUMN_TEXT)
        return "a fill";
    if (override->has_missing && fills && !is_level)
        return "a fill for numbers";
    return override->has_outliers && override->rule != WN_OUTLIERS_NONE ? "outliers" : NULL;
}

static wn_status refuse(const char *key, const char *glob, const char *what, const char *column, const char *kind)
{
    return wn_fail(WN_BAD_DATA, "%s: %s has %s, which makes no sense for column %s, a %s", key, glob, what, column,
                   kind);
}

static const char *const kind_names[] = {"number", "category", "text"};

wn_status wn_job_clean_fit(const wn_job *job, size_t entry, const wn_recipe *recipe)
{
    const wn_clean_override *override = &job->clean.overrides[entry];
    for (size_t i = 0; i < recipe->n_columns; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        const char *misfit = clean_misfit(override, column);
        if (misfit != NULL && wn_job_matches(job, override->glob, column->name))
            return refuse("clean.overrides", override->glob, misfit, column->name, kind_names[column->kind]);
    }
    return WN_OK;
}

/* A pixel that features are made of is normalized neither before that nor after. */
wn_status wn_job_normalize_fit(const wn_job *job, size_t entry, const wn_recipe *recipe)
{
    const wn_normalize_override *override = &job->normalize.overrides[entry];
    bool acts = override->how.method != WN_NORMALIZE_NONE || override->how.transform != WN_TRANSFORM_NONE;
    for (size_t i = 0; i < recipe->n_columns && acts; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        bool is_pixel = wn_job_encodes_pixel(job, column->name);
        if ((column->kind != WN_COLUMN_NUMERIC || is_pixel) && wn_job_matches(job, override->glob, column->name))
            return refuse("normalize.overrides", override->glob, "a method", column->name,
                          is_pixel ? "pixel of extract.image" : kind_names[column->kind]);
    }
    return WN_OK;
}
