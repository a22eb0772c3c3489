#include "file_list.h"

#include "winnow/memory.h"

#include <glob.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static wn_status add_paths(wn_file_list *list, char *const *paths, size_t n)
{
    wn_status status = WN_OK;
    TRY(wn_resize(&list->paths, list->n + n));
    for (size_t i = 0; i < n; i++) {
        TRY(wn_string_copy(&list->paths[list->n], paths[i]));
        list->n++;
    }
done:
    return status;
}

static wn_status add_glob(wn_file_list *list, const char *pattern, const char *key)
{
    glob_t found = {0};
    char *literal = (char *)pattern;
    if (access(pattern, F_OK) == 0)
        return add_paths(list, &literal, 1);
    wn_status status = WN_OK;
    int result = glob(pattern, GLOB_NOSORT, NULL, &found);
    if (result == 0)
        status = add_paths(list, found.gl_pathv, found.gl_pathc);
    else if (result == GLOB_NOSPACE)
        status = wn_fail(WN_NO_MEMORY, "no memory for the files of '%s'", pattern);
    else
        status = key != NULL ? wn_fail(WN_NO_INPUT, "%s: no file matches '%s'", key, pattern)
                             : wn_fail(WN_NO_INPUT, "%s: no such file", pattern);
    globfree(&found);
    return status;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_unique(wn_file_list *list)
{
    size_t kept = 0;
    qsort(list->paths, list->n, sizeof *list->paths, compare_paths);
    for (size_t i = 0; i < list->n; i++) {
        if (kept > 0 && strcmp(list->paths[kept - 1], list->paths[i]) == 0)
            wn_free(list->paths[i]);
        else
            list->paths[kept++] = list->paths[i];
    }
    list->n = kept;
}

wn_status wn_file_list_expand(wn_file_list *list, const char *const *globs, size_t n_globs, const char *key)
{
    wn_status status = WN_OK;
    wn_file_list all = {0};
    for (size_t i = 0; i < n_globs; i++)
        TRY(add_glob(&all, globs[i], key));
    if (all.n > 0)
        sort_unique(&all);
    *list = all;
    all = (wn_file_list){0};
done:
    wn_file_list_clear(&all);
    return status;
}

void wn_file_list_clear(wn_file_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        wn_free(list->paths[i]);
    wn_free(list->paths);
    *list = (wn_file_list){0};
}

/* A file of the file system. */
typedef struct {
    dev_t device;
    ino_t number;
    const char *path; /* borrowed */
} identity;

static int compare_identities(const void *a, const void *b)
{
    const identity *left = a, *right = b;
    if (left->device != right->device)
        return left->device < right->device ? -1 : 1;
    return left->number < right->number ? -1 : left->number > right->number;
}

static bool identify(const char *path, identity *found)
{
    struct stat facts;
    if (stat(path, &facts) != 0)
        return false;
    *found = (identity){facts.st_dev, facts.st_ino, path};
    return true;
}

wn_status wn_file_list_disjoint(const wn_file_list *files, const wn_file_list *test)
{
    wn_status status = WN_OK;
    identity *known = NULL, one;
    size_t n = 0;
    if (test->n == 0)
        return WN_OK;
    TRY(wn_new(&known, files->n));
    for (size_t i = 0; i < files->n; i++)
        n += identify(files->paths[i], &known[n]);
    qsort(known, n, sizeof *known, compare_identities);
    for (size_t i = 0; i < test->n && status == WN_OK; i++) {
        const identity *same =
            identify(test->paths[i], &one) ? bsearch(&one, known, n, sizeof one, compare_identities) : NULL;
        if (same != NULL)
            status = wn_fail(WN_BAD_DATA, "%s: is in both input.files and input.test", same->path);
    }
done:
    wn_free(known);
    return status;
}
