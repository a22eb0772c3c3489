#include "selection.h"

#include "winnow/memory.h"
#include "winnow/nearest_name.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

/* A name that holds brackets is matched by itself, too. */
static bool matches_name(const char *pattern, const char *name)
{
    return strcmp(pattern, name) == 0 || fnmatch(pattern, name, 0) == 0;
}

static bool matches(const char *pattern, const wn_member *member, const char *column)
{
    return matches_name(pattern, column) || matches_name(pattern, member->name);
}

static bool is_matched(const char *const *patterns, size_t n, const wn_member *member, const char *column)
{
    for (size_t i = 0; i < n; i++) {
        if (matches(patterns[i], member, column))
            return true;
    }
    return false;
}

static bool is_included(const wn_input *input, const wn_member *member, const char *column)
{
    if (is_matched(input->exclude, input->n_exclude, member, column))
        return false;
    return input->n_include == 0 || is_matched(input->include, input->n_include, member, column);
}

bool wn_selection_wants(const wn_member *member, const wn_input *input)
{
    char buffer[WN_MEMBER_NAME_SIZE];
    for (size_t p = 0; p < member->width; p++) {
        if (is_included(input, member, wn_member_column(member, p, buffer)))
            return true;
    }
    return false;
}

static bool is_label(const wn_column *label, size_t member, size_t position)
{
    return label != NULL && label->dataset == member && label->position == position;
}

static size_t count_included(const wn_members *members, const wn_input *input, const wn_column *label)
{
    char buffer[WN_MEMBER_NAME_SIZE];
    size_t n = 0;
    for (size_t m = 0; m < members->n; m++) {
        const wn_member *member = &members->items[m];
        for (size_t p = 0; p < member->width; p++)
            n += !is_label(label, m, p) && is_included(input, member, wn_member_column(member, p, buffer));
    }
    return n;
}

static bool matches_any(const char *pattern, const wn_members *members)
{
    char buffer[WN_MEMBER_NAME_SIZE];
    for (size_t m = 0; m < members->n; m++) {
        const wn_member *member = &members->items[m];
        for (size_t p = 0; p < member->width; p++) {
            if (matches(pattern, member, wn_member_column(member, p, buffer)))
                return true;
        }
    }
    return false;
}

/* A pattern that stands for one name. */
static wn_status fail_name(const wn_hdf5_file *file, const char *pattern, const char *hint)
{
    char name[WN_MEMBER_NAME_SIZE];
    size_t n = 0;
    for (const char *c = pattern; *c != '\0' && n + 1 < sizeof name; c++)
        if (*c != '\\' || c[1] == '\0')
            name[n++] = *c;
    name[n] = '\0';
    return wn_fail(WN_BAD_DATA, "%s: there is no column '%s'%s", file->path, name, hint);
}

/* Every include pattern must match something; of exclude only plain names. */
static wn_status check_patterns(const wn_members *members, const wn_hdf5_file *file, const char *key,
                                const char *const *patterns, size_t n, bool is_strict)
{
    char hint[256];
    for (size_t i = 0; i < n; i++) {
        bool is_plain = strpbrk(patterns[i], "*?[") == NULL;
        if ((!is_plain && !is_strict) || matches_any(patterns[i], members))
            continue;
        wn_selection_suggest(members, patterns[i], hint, sizeof hint);
        if (key == NULL)
            return fail_name(file, patterns[i], hint);
        return wn_fail(WN_BAD_DATA, "%s: input.columns.%s: no column is called '%s'%s", file->path, key, patterns[i],
                       hint);
    }
    return WN_OK;
}

static wn_status fill_columns(const wn_members *members, const wn_input *input, const wn_column *label,
                              wn_column *columns)
{
    char buffer[WN_MEMBER_NAME_SIZE];
    size_t n = 0;
    for (size_t m = 0; m < members->n; m++) {
        const wn_member *member = &members->items[m];
        for (size_t p = 0; p < member->width; p++) {
            const char *name = wn_member_column(member, p, buffer);
            if (is_label(label, m, p) || !is_included(input, member, name))
                continue;
            wn_status status = wn_string_copy(&columns[n].name, name);
            if (status != WN_OK)
                return status;
            columns[n].dataset = m;
            columns[n++].position = p;
        }
    }
    return WN_OK;
}

wn_status wn_selection_columns(const wn_members *members, const wn_hdf5_file *file, const wn_input *input,
                               const wn_column *label, wn_column **columns, size_t *n_columns)
{
    wn_status status = WN_OK;
    wn_column *found = NULL;
    size_t n = 0;
    TRY(check_patterns(members, file, input->is_direct ? NULL : "include", input->include, input->n_include, true));
    TRY(check_patterns(members, file, "exclude", input->exclude, input->n_exclude, false));
    n = count_included(members, input, label);
    if (n == 0) {
        status = wn_fail(WN_BAD_DATA, "%s: input.columns leaves no column", file->path);
        goto done;
    }
    TRY(wn_new(&found, n));
    TRY(fill_columns(members, input, label, found));
    *columns = found;
    *n_columns = n;
    found = NULL;
done:
    if (found != NULL)
        wn_selection_free(found, n);
    return status;
}

void wn_selection_free(wn_column *columns, size_t n_columns)
{
    for (size_t i = 0; columns != NULL && i < n_columns; i++)
        wn_free(columns[i].name);
    wn_free(columns);
}

void wn_selection_suggest(const wn_members *members, const char *name, char *text, size_t n)
{
    enum { MOST = 4096 };
    const char *names[MOST];
    size_t n_names = 0;
    for (size_t m = 0; m < members->n; m++) {
        const wn_member *member = &members->items[m];
        if (n_names < MOST)
            names[n_names++] = member->name;
        for (size_t p = 0; member->column_names != NULL && p < member->width && n_names < MOST; p++)
            names[n_names++] = member->column_names[p];
    }
    const char *nearest = wn_nearest_name(name, names, n_names);
    snprintf(text, n, nearest != NULL ? "; did you mean '%s'?" : "%s", nearest != NULL ? nearest : "");
}
