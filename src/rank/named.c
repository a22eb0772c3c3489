#include "named.h"

#include "winnow/log.h"
#include "winnow/nearest_name.h"

#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>

static bool matches_feature(const char *glob, const wn_recipe *recipe)
{
    for (size_t f = 0; f < recipe->n_features; f++)
        if (fnmatch(glob, recipe->feature_names[f], 0) == 0)
            return true;
    return false;
}

/* A column's name, or one that a feature of it would have: NAME=level, NAME?missing, NAME:edge. */
static bool names_column(const char *glob, const wn_recipe *recipe)
{
    for (size_t c = 0; c < recipe->n_columns; c++) {
        const char *name = recipe->columns[c].name;
        size_t n = strlen(name);
        bool begins = strncmp(glob, name, n) == 0 && glob[n] != '\0' && strchr("=?:", glob[n]) != NULL;
        if (begins || fnmatch(glob, name, 0) == 0)
            return true;
    }
    return false;
}

static wn_status check(const char *key, const char *const *globs, size_t n, const wn_recipe *recipe)
{
    for (size_t i = 0; i < n; i++) {
        if (matches_feature(globs[i], recipe))
            continue;
        if (names_column(globs[i], recipe)) {
            wn_log_warning("%s: no feature matches %s: features of a column that is encoded are called NAME=...", key,
                           globs[i]);
            continue;
        }
        const char *near = wn_nearest_name(globs[i], (const char *const *)recipe->feature_names, recipe->n_features);
        return wn_fail(WN_BAD_DATA, "%s: no feature matches %s%s%s%s", key, globs[i], near ? "; did you mean " : "",
                       near ? near : "", near ? "?" : "");
    }
    return WN_OK;
}

wn_status wn_named_check(const wn_ranking_options *options, const wn_recipe *recipe)
{
    wn_status status = check("rank.always", options->always, options->n_always, recipe);
    return status != WN_OK ? status : check("rank.never", options->never, options->n_never, recipe);
}
