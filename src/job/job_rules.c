#include "job_rules.h"

#include "winnow/memory.h"
#include "winnow/nearest_name.h"

#include <fnmatch.h>
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

static wn_status check_overrides(const wn_job *job, const char *const *columns, size_t n_columns)
{
    wn_status status = WN_OK;
    for (size_t i = 0; job->has_clean && i < job->clean.n_overrides; i++)
        TRY(wn_job_pattern_check(job, "clean.overrides", job->clean.overrides[i].glob, columns, n_columns));
    for (size_t i = 0; job->has_normalize && i < job->normalize.n_overrides; i++)
        TRY(wn_job_pattern_check(job, "normalize.overrides", job->normalize.overrides[i].glob, columns, n_columns));
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
    TRY(check_overrides(job, columns, recipe->n_columns));
    for (size_t i = 0; i < recipe->n_columns; i++) {
        wn_column_rule rule = {.missing = WN_MISSING_ERROR};
        if (job->has_clean)
            clean_rule(job, columns[i], &rule);
        if (job->has_normalize)
            normalize_rule(job, columns[i], &rule);
        recipe->columns[i].rule = rule;
    }
done:
    wn_free(columns);
    return status;
}
