#include "job_rules.h"

#include "job_fit.h"
#include "winnow/memory.h"
#include "winnow/nearest_name.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

bool wn_job_matches(const wn_job *job, const char *pattern, const char *column)
{
    return strcmp(pattern, column) == 0 || fnmatch(pattern, column, 0) == 0 || wn_job_image_has(job, pattern, column);
}

bool wn_job_matches_any(const wn_job *job, const char *pattern, const char *const *columns, size_t n_columns)
{
    for (size_t i = 0; i < n_columns; i++)
        if (wn_job_matches(job, pattern, columns[i]))
            return true;
    return false;
}

static void clean_rule(const wn_job *job, const char *column, wn_column_rule *rule)
{
    rule->missing = job->clean.missing;
    rule->constant = job->clean.constant;
    rule->outliers = job->clean.rule;
    rule->limit = job->clean.limit;
    rule->action = job->clean.action;
    for (size_t i = 0; i < job->clean.n_overrides; i++) {
        const wn_clean_override *override = &job->clean.overrides[i];
        if (!wn_job_matches(job, override->glob, column))
            continue;
        if (override->has_missing) {
            rule->missing = override->missing;
            rule->constant = override->constant;
        }
        if (override->has_outliers) {
            rule->outliers = override->rule;
            rule->limit = override->limit;
            rule->action = override->action;
        }
    }
}

static void normalize_rule(const wn_job *job, const char *column, wn_column_rule *rule)
{
    wn_normalization how = job->normalize.how;
    for (size_t i = 0; i < job->normalize.n_overrides; i++)
        if (wn_job_matches(job, job->normalize.overrides[i].glob, column))
            how = job->normalize.overrides[i].how;
    rule->normalize = how.method;
    rule->transform = how.transform;
}

wn_status wn_job_pattern_check(const wn_job *job, const char *key, const char *pattern, const char *const *columns,
                               size_t n_columns)
{
    if (wn_job_matches_any(job, pattern, columns, n_columns))
        return WN_OK;
    const char *near = wn_nearest_name(pattern, columns, n_columns);
    return wn_fail(WN_BAD_DATA, "%s: no column matches %s%s%s%s", key, pattern, near ? "; did you mean " : "",
                   near ? near : "", near ? "?" : "");
}

bool wn_job_seeks_repeats(const wn_job *job)
{
    return (job->has_clean && job->clean.drop_duplicates) || job->input.test.n > 0;
}

wn_status wn_job_identity(const wn_job *job, const wn_catalog *catalog, wn_identity *identity)
{
    wn_status status = WN_OK;
    const char **names = NULL;
    const wn_text_list *patterns = &job->clean.duplicate_columns;
    wn_identity made = {.has_label = patterns->n == 0};
    size_t n = catalog->n_columns, n_names = n + catalog->has_label;
    TRY(wn_new(&names, n_names));
    TRY(wn_new(&made.columns, n));
    for (size_t c = 0; c < n_names; c++)
        names[c] = c < n ? catalog->columns[c].name : catalog->label.name;
    for (size_t i = 0; i < patterns->n; i++)
        TRY(wn_job_pattern_check(job, "clean.duplicates", patterns->text[i], names, n_names));
    for (size_t c = 0; c < n_names; c++) {
        bool is_named = patterns->n == 0;
        for (size_t i = 0; i < patterns->n; i++)
            is_named |= wn_job_matches(job, patterns->text[i], names[c]);
        if (is_named && c < n)
            made.columns[made.n_columns++] = c;
        made.has_label |= is_named && c == n;
    }
    *identity = made;
    made.columns = NULL;
done:
    wn_free(made.columns);
    wn_free(names);
    return status;
}

/* Names that match nothing. A column that is ignored is none any more; images are looked for as their cells. */
static wn_status check_names(const wn_job *job, const char *const *columns, size_t n_columns)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < job->input.n_types; i++)
        if (job->input.types[i].word != WN_TYPE_IGNORE && job->input.types[i].word != WN_TYPE_IMAGE)
            TRY(wn_job_pattern_check(job, "input.types", job->input.types[i].name, columns, n_columns));
    for (size_t i = 0; job->has_clean && i < job->clean.n_overrides; i++)
        TRY(wn_job_pattern_check(job, "clean.overrides", job->clean.overrides[i].glob, columns, n_columns));
    for (size_t i = 0; job->has_normalize && i < job->normalize.n_overrides; i++)
        TRY(wn_job_pattern_check(job, "normalize.overrides", job->normalize.overrides[i].glob, columns, n_columns));
done:
    return status;
}

void wn_job_column_kinds(const wn_job *job, wn_recipe *recipe)
{
    static const wn_column_kind kinds[] = {WN_COLUMN_NUMERIC, WN_COLUMN_CATEGORICAL, WN_COLUMN_TEXT, WN_COLUMN_NUMERIC,
                                           WN_COLUMN_NUMERIC};
    for (size_t c = 0; c < recipe->n_columns; c++) {
        wn_recipe_column *column = &recipe->columns[c];
        column->kind = column->is_text ? WN_COLUMN_CATEGORICAL : WN_COLUMN_NUMERIC;
        for (size_t i = 0; i < job->input.n_types; i++)
            if (wn_job_matches(job, job->input.types[i].name, column->name))
                column->kind = kinds[job->input.types[i].word];
    }
}

/* What is said of columns by name. */
static wn_status check_fit(const wn_job *job, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < job->input.n_types; i++)
        TRY(wn_job_type_fit(job, i, recipe));
    for (size_t i = 0; job->has_clean && i < job->clean.n_overrides; i++)
        TRY(wn_job_clean_fit(job, i, recipe));
    for (size_t i = 0; job->has_normalize && i < job->normalize.n_overrides; i++)
        TRY(wn_job_normalize_fit(job, i, recipe));
done:
    return status;
}

/* What is for numbers alone. */
static void leave_cells(wn_column_rule *rule)
{
    rule->outliers = WN_OUTLIERS_NONE;
    rule->action = WN_OUTLIER_CLIP;
    rule->normalize = WN_NORMALIZE_NONE;
    rule->transform = WN_TRANSFORM_NONE;
}

/* Section-wide choices go to the columns they fit; a category takes its own defaults. */
static void fit_category(const wn_job *job, wn_recipe_column *column)
{
    wn_column_rule *rule = &column->rule;
    column->levels = job->has_extract && job->extract.method != WN_CATEGORY_NONE ? (size_t)job->extract.levels : 0;
    column->is_ordinal = job->extract.method == WN_CATEGORY_ORDINAL;
    if (job->extract.method == WN_CATEGORY_TARGET)
        column->target = (wn_target_rule){WN_TARGET_FOLDS, job->extract.smoothing, (uint64_t)job->seed};
    leave_cells(rule);
    bool fills = rule->missing == WN_MISSING_MEAN || rule->missing == WN_MISSING_MEDIAN ||
                 (column->is_text && rule->missing == WN_MISSING_CONSTANT);
    if (column->levels > 0 && fills)
        rule->missing = WN_MISSING_MOST_FREQUENT;
    if (column->levels == 0 && column->is_text && rule->missing != WN_MISSING_DROP_ROW)
        rule->missing = WN_MISSING_CONSTANT; /* it makes no feature: its gaps do not matter */
}

/* Section-wide an error is what is not said. */
static bool is_error_by_name(const wn_job *job, const char *column)
{
    bool is_error = false;
    for (size_t i = 0; job->has_clean && i < job->clean.n_overrides; i++)
        if (job->clean.overrides[i].has_missing && wn_job_matches(job, job->clean.overrides[i].glob, column))
            is_error = job->clean.overrides[i].missing == WN_MISSING_ERROR;
    return is_error;
}

static void fit_text(const wn_job *job, wn_recipe_column *column)
{
    wn_column_rule *rule = &column->rule;
    if (job->has_extract && job->extract.text.method != WN_TEXT_NONE)
        column->text = (wn_text_rule){(size_t)job->extract.text.terms, job->extract.text.method == WN_TEXT_TFIDF,
                                      job->extract.text.minimum_documents, (size_t)job->extract.text.ngrams,
                                      job->extract.text.stem};
    leave_cells(rule);
    if (rule->missing != WN_MISSING_DROP_ROW && !is_error_by_name(job, column->name))
        rule->missing = WN_MISSING_CONSTANT; /* without a word */
}

static void column_rule(const wn_job *job, wn_recipe_column *column)
{
    wn_column_rule rule = {.missing = WN_MISSING_ERROR};
    if (job->has_clean)
        clean_rule(job, column->name, &rule);
    if (job->has_normalize)
        normalize_rule(job, column->name, &rule);
    column->indicates = job->has_clean && job->clean.indicators && column->kind != WN_COLUMN_TEXT;
    column->rule = rule;
    if (column->kind == WN_COLUMN_CATEGORICAL)
        fit_category(job, column);
    else if (column->kind == WN_COLUMN_TEXT)
        fit_text(job, column);
}

/* An image begins at the column of its first pixel; those of the others are to follow in order. Features are made of
 * filled pixels, and what is normalized are numbers. */
static wn_status image_rule(const wn_job *job, const wn_column_type *type, wn_recipe *recipe)
{
    bool has_cells = job->extract.image.method == WN_IMAGE_ORIENTATIONS;
    size_t n = (size_t)wn_job_image_cells(type), first = 0, n_name = strlen(type->name), k = 0;
    while (first < recipe->n_cells && !wn_job_image_has(job, type->name, recipe->columns[first].name))
        first++;
    for (; k < n && first + k < recipe->n_cells; k++) {
        wn_recipe_column *column = &recipe->columns[first + k];
        if (!wn_job_image_has(job, type->name, column->name) || column->kind != WN_COLUMN_NUMERIC ||
            (size_t)atoll(column->name + n_name) != k)
            break;
        column->rule.normalize = WN_NORMALIZE_NONE;
        column->rule.transform = WN_TRANSFORM_NONE;
    }
    if (k < n)
        return wn_fail(WN_BAD_DATA, "input.types: the %zu columns of the image %s do not lie side by side in order", n,
                       type->name);
    recipe->columns[first].image = (wn_image_rule){type->name,
                                                   {(size_t)type->height, (size_t)type->width, (size_t)type->channels},
                                                   has_cells ? (size_t)job->extract.image.cell : 0,
                                                   has_cells ? (size_t)job->extract.image.bins : 0};
    return WN_OK;
}

static wn_status image_rules(const wn_job *job, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    if (!job->has_extract || job->extract.image.method == WN_IMAGE_NONE)
        return WN_OK;
    for (size_t i = 0; i < job->input.n_types; i++)
        if (job->input.types[i].word == WN_TYPE_IMAGE)
            TRY(image_rule(job, &job->input.types[i], recipe));
done:
    return status;
}

wn_status wn_job_column_rules(const wn_job *job, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    const char **columns = NULL;
    TRY(wn_new(&columns, recipe->n_columns));
    for (size_t i = 0; i < recipe->n_columns; i++)
        columns[i] = recipe->columns[i].name;
    TRY(check_names(job, columns, recipe->n_columns));
    wn_job_column_kinds(job, recipe);
    TRY(check_fit(job, recipe));
    for (size_t i = 0; i < recipe->n_columns; i++)
        column_rule(job, &recipe->columns[i]);
    TRY(image_rules(job, recipe));
done:
    wn_free(columns);
    return status;
}
