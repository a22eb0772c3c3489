#include "label.h"

#include "selection.h"
#include "winnow/memory.h"

#include <string.h>

static wn_status fail_wide(const wn_hdf5_file *file, const wn_member *member, const char *key)
{
    return wn_fail(WN_BAD_DATA, "%s: %s: %s has %zu columns, a label has one", file->path, key, member->path,
                   member->width);
}

/* A dataset of the table called so (by its path, if the name starts with a slash), or a column of one. */
static wn_status find_inside(wn_column *label, bool *found, const wn_members *members, const wn_hdf5_file *file,
                             const char *name, const char *key)
{
    char buffer[WN_MEMBER_NAME_SIZE];
    for (size_t m = 0; m < members->n; m++) {
        const wn_member *member = &members->items[m];
        bool is_called = strcmp(name[0] == '/' ? member->path : member->name, name) == 0 && member->types == NULL;
        if (is_called && member->width > 1)
            return fail_wide(file, member, key);
        for (size_t p = 0; p < member->width; p++) {
            if (!is_called && strcmp(wn_member_column(member, p, buffer), name) != 0)
                continue;
            label->dataset = m;
            label->position = p;
            *found = true;
            return WN_OK;
        }
    }
    return WN_OK;
}

static wn_status find_at(wn_column *label, bool *found, wn_members *members, wn_hdf5_file *file, const char *path,
                         const char *key)
{
    wn_status status = WN_OK;
    wn_members one = {0};
    TRY(wn_members_read_one(&one, file, path));
    if (one.n == 0)
        goto done;
    if (one.items[0].width > 1) {
        status = fail_wide(file, &one.items[0], key);
        goto done;
    }
    TRY(wn_resize(&members->items, members->n + 1));
    members->items[members->n++] = one.items[0];
    one.n = 0;
    label->dataset = members->n - 1;
    label->position = 0;
    *found = true;
done:
    wn_members_clear(&one);
    return status;
}

/* `name` in the group of `table`, which is a dataset's path. */
static wn_status find_beside(wn_column *label, bool *found, wn_members *members, wn_hdf5_file *file, const char *table,
                             const char *name, const char *key)
{
    char *path = NULL;
    wn_status status = WN_OK;
    TRY(wn_string_format(&path, "%.*s/%s", (int)(strrchr(table, '/') - table), table, name));
    TRY(find_at(label, found, members, file, path, key));
done:
    wn_free(path);
    return status;
}

static wn_status fail_missing(wn_members *members, wn_hdf5_file *file, const char *name, const char *key)
{
    char hint[256];
    wn_members root = {0};
    wn_selection_suggest(members, name, hint, sizeof hint);
    if (hint[0] == '\0') {
        wn_status status = wn_members_read(&root, file, "/");
        if (status != WN_OK)
            return status;
        wn_selection_suggest(&root, name, hint, sizeof hint);
    }
    wn_members_clear(&root);
    return wn_fail(WN_BAD_DATA, "%s: %s: there is no '%s'%s", file->path, key, name, hint);
}

wn_status wn_label_find(wn_column *label, wn_members *members, wn_hdf5_file *file, const char *table, const char *name,
                        const char *key)
{
    wn_status status = WN_OK;
    char *absolute = NULL;
    bool found = false;
    bool is_dataset = members->n > 0 && strcmp(members->items[0].source, table) == 0;
    bool is_path = strchr(name, '/') != NULL;
    TRY(wn_string_format(&absolute, "%s%s", is_path && name[0] != '/' ? "/" : "", name));
    TRY(find_inside(label, &found, members, file, absolute, key));
    if (!found && !is_path && is_dataset)
        TRY(find_beside(label, &found, members, file, table, name, key));
    if (!found)
        TRY(find_beside(label, &found, members, file, "/", name[0] == '/' ? name + 1 : name, key));
    if (!found)
        TRY(fail_missing(members, file, name, key));
done:
    wn_free(absolute);
    return status;
}
