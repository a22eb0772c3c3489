#include "externals.h"

#include "winnow/memory.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const wn_external *find(const wn_externals *list, const char *path)
{
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->items[i].path, path) == 0)
            return &list->items[i];
    }
    return NULL;
}

static wn_status append(wn_externals *list, const char *path, int64_t n_bytes, int64_t mtime)
{
    wn_status status = WN_OK;
    if (find(list, path) != NULL)
        return WN_OK;
    TRY(wn_resize(&list->items, list->n + 1));
    list->items[list->n] = (wn_external){.n_bytes = n_bytes, .mtime = mtime};
    TRY(wn_string_copy(&list->items[list->n].path, path));
    list->n++;
done:
    return status;
}

wn_status wn_externals_add(wn_externals *list, const char *path, int64_t *n_bytes)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return wn_fail(WN_BAD_DATA, "%s: %s", path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return wn_fail(WN_BAD_DATA, "%s: is not a regular file", path);
    *n_bytes = info.st_size;
    return append(list, path, info.st_size, (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec);
}

wn_status wn_externals_join(wn_externals *list, const wn_externals *more)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < more->n && status == WN_OK; i++)
        status = append(list, more->items[i].path, more->items[i].n_bytes, more->items[i].mtime);
    return status;
}

void wn_externals_clear(wn_externals *list)
{
    for (size_t i = 0; i < list->n; i++)
        wn_free(list->items[i].path);
    wn_free(list->items);
    *list = (wn_externals){0};
}

wn_status wn_externals_check(const wn_external *items, size_t n)
{
    struct stat info;
    for (size_t i = 0; i < n; i++) {
        if (stat(items[i].path, &info) != 0)
            return wn_fail(WN_IO, "%s: %s", items[i].path, strerror(errno));
        if (info.st_size != items[i].n_bytes)
            return wn_fail(WN_BAD_DATA, "%s: has changed since it was first looked at: %lld bytes, not %lld",
                           items[i].path, (long long)info.st_size, (long long)items[i].n_bytes);
    }
    return WN_OK;
}
