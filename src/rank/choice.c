#include "choice.h"

#include "winnow/memory.h"

#include <fnmatch.h>
#include <math.h>

static bool matches(const char *name, const char *const *globs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fnmatch(globs[i], name, 0) == 0)
            return true;
    return false;
}

size_t wn_choice_keep(const wn_ranking_options *options, size_t n)
{
    if (options->keep_count > 0)
        return options->keep_count;
    size_t share = (size_t)lround(options->keep_share * (double)n);
    return share > 0 ? share : 1;
}

static void name_kinds(const wn_ranking_options *options, const wn_recipe *recipe, wn_choice *choice)
{
    for (size_t f = 0; f < recipe->n_features; f++) {
        const char *name = recipe->feature_names[f];
        if (matches(name, options->never, options->n_never))
            choice[f].kind = WN_CHOICE_NEVER;
        else if (matches(name, options->always, options->n_always))
            choice[f].kind = WN_CHOICE_ALWAYS;
    }
}

/* Whether a feature follows one of the originals; the one that it follows most closely is noted. */
static bool find_original(const wn_correlations *correlations, double least, const size_t *originals, size_t n,
                          size_t feature, wn_choice *choice)
{
    static const double ROUNDING = 1e-9; /* of a correlation of exact copies */
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double r = wn_correlation_between(correlations, feature, originals[i]);
        if (fabs(r) + ROUNDING < least || fabs(r) <= most)
            continue;
        most = fabs(r);
        choice[feature].original = originals[i];
        choice[feature].correlation = r;
    }
    return most > 0;
}

/* Those of `always` are originals, whatever their place, for they stay. */
static wn_status find_copies(double least, const wn_correlations *correlations, size_t n_features, const size_t *order,
                             wn_choice *choice)
{
    wn_status status = WN_OK;
    size_t *originals = NULL, n = 0;
    TRY(wn_new(&originals, n_features));
    for (size_t i = 0; i < n_features; i++)
        if (choice[order[i]].kind == WN_CHOICE_ALWAYS)
            originals[n++] = order[i];
    for (size_t i = 0; i < n_features; i++) {
        if (choice[order[i]].kind != WN_CHOICE_RANKED)
            continue;
        if (find_original(correlations, least, originals, n, order[i], choice))
            choice[order[i]].kind = WN_CHOICE_COPY;
        else
            originals[n++] = order[i];
    }
done:
    wn_free(originals);
    return status;
}

static void line_up(const size_t *order, size_t n_features, wn_choice *choice, size_t *line, size_t *n_line)
{
    size_t n = 0, place = 0;
    for (size_t i = 0; i < n_features; i++)
        if (choice[order[i]].kind == WN_CHOICE_RANKED || choice[order[i]].kind == WN_CHOICE_ALWAYS) {
            choice[order[i]].place = choice[order[i]].kind == WN_CHOICE_RANKED ? ++place : 0;
            line[n++] = order[i];
        }
    for (size_t i = 0; i < n_features; i++)
        if (choice[order[i]].kind == WN_CHOICE_COPY) {
            choice[order[i]].place = ++place;
            line[n++] = order[i];
        }
    *n_line = n;
}

wn_status wn_choice_make(const wn_ranking_options *options, const wn_recipe *recipe, const size_t *order,
                         const wn_correlations *correlations, wn_choice *choice, size_t *line, size_t *n_line)
{
    wn_status status = WN_OK;
    size_t n_features = recipe->n_features, n = 0, keep = wn_choice_keep(options, n_features);
    name_kinds(options, recipe, choice);
    if (correlations != NULL)
        TRY(find_copies(options->correlated, correlations, n_features, order, choice));
    line_up(order, n_features, choice, line, n_line);
    for (size_t f = 0; f < n_features; f++)
        n += choice[f].stays = choice[f].kind == WN_CHOICE_ALWAYS;
    for (size_t i = 0; i < *n_line && n < keep; i++) {
        n += !choice[line[i]].stays;
        choice[line[i]].stays = true;
    }
done:
    return status;
}

wn_status wn_choice_reason(const wn_choice *choice, const wn_recipe *recipe, size_t n_ranked_kept, char **reason)
{
    switch (choice->kind) {
    case WN_CHOICE_ALWAYS:
        return wn_string_copy(reason, "always");
    case WN_CHOICE_NEVER:
        return wn_string_copy(reason, "never");
    case WN_CHOICE_COPY:
        return wn_string_format(reason, "copy of %s, correlation %.4f%s", recipe->feature_names[choice->original],
                                choice->correlation, choice->stays ? "; fills up keep" : "");
    case WN_CHOICE_RANKED:
        break;
    }
    return wn_string_format(reason, choice->stays ? "place %zu of %zu kept" : "place %zu, %zu kept", choice->place,
                            n_ranked_kept);
}
