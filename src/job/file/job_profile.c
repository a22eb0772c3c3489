/* What of a job decides whether its profile can be added to those of other files, and by what it was made. */
#include "job_profile.h"

#include "keys.h"
#include "winnow/memory.h"
#include "winnow/profile_sums.h"

#include <stdio.h>

/* What the job holds back or drops by other rows; NULL: nothing. */
static const char *rows_refusal(const wn_job *job)
{
    if (job->input.split_validation > 0 || job->input.split_test > 0)
        return "input.split held rows back from it";
    if (job->input.test.n > 0)
        return "it has test rows (input.test)";
    if (job->has_clean && job->clean.drop_duplicates)
        return "clean.duplicates dropped rows that others repeat";
    return NULL;
}

bool wn_job_profile_adds(const wn_job *job)
{
    return rows_refusal(job) == NULL;
}

/* What a column's fill or bounds are that sums do not give; NULL: nothing. */
static const char *column_refusal(const wn_recipe_column *column)
{
    const wn_column_rule *rule = &column->rule;
    if (column->target.folds > 0)
        return "extract.categorical: target needs the labels of all files";
    if (rule->missing == WN_MISSING_MEDIAN)
        return "clean.missing: median needs the cells of all files";
    if (rule->missing == WN_MISSING_DROP_ROW)
        return "clean.missing: drop_row fills by the median, which needs the cells of all files";
    if (rule->missing == WN_MISSING_MOST_FREQUENT && column->levels == 0)
        return "clean.missing: most_frequent needs the cells of all files";
    if (rule->outliers != WN_OUTLIERS_NONE)
        return "clean.outliers needs the bounds of all files";
    return NULL;
}

static wn_status find_refusal(const wn_job *job, const wn_recipe *recipe, char **refusal)
{
    const char *why = rows_refusal(job);
    if (why != NULL)
        return wn_string_copy(refusal, why);
    for (size_t i = 0; i < recipe->n_columns; i++) {
        why = column_refusal(&recipe->columns[i]);
        if (why != NULL)
            return wn_string_format(refusal, "column %s: %s", recipe->columns[i].name, why);
    }
    *refusal = NULL;
    return WN_OK;
}

wn_status wn_job_profile_sums(const wn_job *job, const wn_catalog *catalog, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    char *refusal = NULL;
    TRY(find_refusal(job, recipe, &refusal));
    TRY(refusal != NULL ? wn_profile_sums_refuse(recipe, refusal) : wn_profile_sums_begin(recipe, catalog));
done:
    wn_free(refusal);
    return status;
}

/* What follows the profile and needs more than sums; NULL: nothing. *column: where one column does. */
static const char *later_refusal(const wn_job *job, const wn_recipe *recipe, const char **column)
{
    if (job->has_rank)
        return "it was ranked (rank), which needs the rows";
    if (job->has_reduce && job->reduce.method != WN_REDUCE_NONE)
        return "it was reduced (reduce), which needs the rows";
    for (size_t i = 0; i < recipe->n_columns; i++)
        if (recipe->columns[i].rule.normalize == WN_NORMALIZE_ROBUST) {
            *column = recipe->columns[i].name;
            return "normalize: robust needs the cells of all files";
        }
    return NULL;
}

wn_status wn_job_profile_close(const wn_job *job, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    const char *column = NULL, *why = later_refusal(job, recipe, &column);
    char *text = NULL;
    if (recipe->sums == NULL || wn_profile_sums_refusal(recipe->sums) != NULL)
        return WN_OK;
    if (why == NULL) {
        TRY(wn_job_profile_text(job, &text));
        TRY(wn_profile_sums_set_options(recipe->sums, text));
    } else {
        TRY(wn_string_format(&text, "%s%s%s%s", column ? "column " : "", column ? column : "", column ? ": " : "",
                             why));
        TRY(wn_profile_sums_refuse(recipe, text));
    }
done:
    wn_free(text);
    return status;
}
