#include "file_list.h"

#include "winnow/memory.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
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
