#include "object_list.h"

#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST_PATH = 1024 };

wn_status wn_object_list_add(wn_object_list *list, const char *path)
{
    wn_status status = WN_OK;
    if (list->n == list->capacity) {
        TRY(wn_resize(&list->paths, 2 * list->capacity + 8));
        list->capacity = 2 * list->capacity + 8;
    }
    TRY(wn_string_copy(&list->paths[list->n], path));
    list->n++;
done:
    return status;
}

void wn_object_list_clear(wn_object_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        wn_free(list->paths[i]);
    wn_free(list->paths);
    *list = (wn_object_list){0};
}

typedef struct {
    wn_object_list *list;
    bool has_datasets;
    wn_status status;
} visit;

static herr_t add_object(hid_t object, const char *name, const H5O_info_t *info, void *context)
{
    (void)object;
    visit *v = context;
    char path[LONGEST_PATH];
    bool is_wanted = info->type == H5O_TYPE_GROUP || (info->type == H5O_TYPE_DATASET && v->has_datasets);
    if (!is_wanted || (size_t)snprintf(path, sizeof path, "/%s", strcmp(name, ".") == 0 ? "" : name) >= sizeof path)
        return 0;
    v->status = wn_object_list_add(v->list, path);
    return v->status == WN_OK ? 0 : -1;
}

static wn_status visit_file(visit *v, const wn_hdf5_file *file)
{
    if (H5Ovisit(file->id, H5_INDEX_NAME, H5_ITER_INC, add_object, v) >= 0)
        return WN_OK;
    return v->status != WN_OK ? v->status : wn_hdf5_fail(file, NULL, "truncated or damaged");
}

wn_status wn_object_list_groups(wn_object_list *list, const wn_hdf5_file *file)
{
    visit v = {.list = list};
    return visit_file(&v, file);
}

wn_status wn_object_list_all(wn_object_list *list, const wn_hdf5_file *file)
{
    visit v = {.list = list, .has_datasets = true};
    return visit_file(&v, file);
}
