#include "job_rules.h"

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

/* Kinds by input.types, the later one wins. Fails: WN_BAD_DATA where the cells are none of the kind. */
static wn_status set_kind(const wn_job *job, const char *column, bool is_text, wn_column_kind *kind)
{
    static const wn_column_kind kinds[] = {WN_COLUMN_NUMERIC, WN_COLUMN_CATEGORICAL, WN_COLUMN_TEXT, WN_COLUMN_NUMERIC,
                                           WN_COLUMN_NUMERIC};
    *kind = is_text ? WN_COLUMN_CATEGORICAL : WN_COLUMN_NUMERIC;
    for (size_t i = 0; i < job->input.n_types; i++) {
        const wn_column_type *type = &job->input.types[i];
        if (!wn_job_matches(job, type->name, column))
            continue;
        *kind = kinds[type->word];
        if (is_text && *kind == WN_COLUMN_NUMERIC)
            return wn_fail(WN_BAD_DATA, "input.types: %s is numeric or an image, but column %s has strings", type->name,
                           column);
        if (!is_text && *kind == WN_COLUMN_TEXT)
            return wn_fail(WN_BAD_DATA, "input.types: %s is text, but column %s has numbers", type->name, column);
    }
    return WN_OK;
}

static wn_status refuse_override(const char *key, const char *glob, const char *what, const char *column,
                                 wn_column_kind kind)
{
    return wn_fail(WN_BAD_DATA, "%s: %s has %s, which makes no sense for column %s, a %s", key, glob, what, column,
                   kind == WN_COLUMN_TEXT ? "text" : "category");
}

/* Overrides that a column which is no number cannot have. */
static wn_status check_fit(const wn_job *job, const wn_recipe_column *column)
{
    wn_column_kind kind = column->kind;
    for (size_t i = 0; job->has_clean && i < job->clean.n_overrides; i++) {
        const wn_clean_override *override = &job->clean.overrides[i];
        bool fills_number = override->missing == WN_MISSING_MEAN || override->missing == WN_MISSING_MEDIAN ||
                            (column->is_text && override->missing == WN_MISSING_CONSTANT);
        if (!wn_job_matches(job, override->glob, column->name))
            continue;
        if (override->has_missing && fills_number)
            return refuse_override("clean.overrides", override->glob, "a fill for numbers", column->name, kind);
        if (override->has_outliers && override->rule != WN_OUTLIERS_NONE)
            return refuse_override("clean.overrides", override->glob, "outliers", column->name, kind);
    }
    for (size_t i = 0; job->has_normalize && i < job->normalize.n_overrides; i++) {
        const wn_normalize_override *override = &job->normalize.overrides[i];
        bool acts = override->how.method != WN_NORMALIZE_NONE || override->how.transform != WN_TRANSFORM_NONE;
        if (acts && wn_job_matches(job, override->glob, column->name))
            return refuse_override("normalize.overrides", override->glob, "a method", column->name, kind);
    }
    return WN_OK;
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

static void fit_text(const wn_job *job, wn_recipe_column *column)
{
    wn_column_rule *rule = &column->rule;
    if (job->has_extract && job->extract.text.method != WN_TEXT_NONE)
        column->text = (wn_text_rule){(size_t)job->extract.text.terms, job->extract.text.method == WN_TEXT_TFIDF,
                                      job->extract.text.minimum_documents, (size_t)job->extract.text.ngrams,
                                      job->extract.text.stem};
    leave_cells(rule);
    if (rule->missing != WN_MISSING_DROP_ROW)
        rule->missing = WN_MISSING_CONSTANT; /* without a word */
}

static wn_status column_rule(const wn_job *job, wn_recipe_column *column)
{
    wn_status status = WN_OK;
    wn_column_rule rule = {.missing = WN_MISSING_ERROR};
    TRY(set_kind(job, column->name, column->is_text, &column->kind));
    if (job->has_clean)
        clean_rule(job, column->name, &rule);
    if (job->has_normalize)
        normalize_rule(job, column->name, &rule);
    column->indicates = job->has_clean && job->clean.indicators && column->kind != WN_COLUMN_TEXT;
    column->rule = rule;
    if (column->kind == WN_COLUMN_NUMERIC)
        goto done;
    TRY(check_fit(job, column));
    if (column->kind == WN_COLUMN_CATEGORICAL)
        fit_category(job, column);
    else
        fit_text(job, column);
done:
    return status;
}

/* An image begins at the column of its first pixel; those of the others are to follow in order. */
static wn_status image_rule(const wn_job *job, const wn_column_type *type, wn_recipe *recipe)
{
    bool has_cells = job->extract.image.method == WN_IMAGE_ORIENTATIONS;
    size_t n = (size_t)wn_job_image_cells(type), first = 0, n_name = strlen(type->name), k = 0;
    while (first < recipe->n_cells && !wn_job_image_has(job, type->name, recipe->columns[first].name))
        first++;
    for (; k < n && first + k < recipe->n_cells; k++) {
        const wn_recipe_column *column = &recipe->columns[first + k];
        if (!wn_job_image_has(job, type->name, column->name) || column->kind != WN_COLUMN_NUMERIC ||
            (size_t)atoll(column->name + n_name) != k)
            break;
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
    for (size_t i = 0; i < recipe->n_columns; i++)
        TRY(column_rule(job, &recipe->columns[i]));
    TRY(image_rules(job, recipe));
done:
    wn_free(columns);
    return status;
}
