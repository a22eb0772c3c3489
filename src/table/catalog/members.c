#include "member.h"

#include "categories.h"
#include "member_attributes.h"
#include "member_storage.h"
#include "record.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    char *name;
    bool is_external;
} link_entry;

typedef struct {
    link_entry *items;
    size_t n, capacity;
    wn_status status;
} link_list;

static void link_list_clear(link_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        wn_free(list->items[i].name);
    wn_free(list->items);
}

static herr_t add_link(hid_t group, const char *name, const H5L_info_t *info, void *context)
{
    (void)group;
    link_list *list = context;
    wn_status status = WN_OK;
    if (list->n == list->capacity) {
        TRY(wn_resize(&list->items, 2 * list->capacity + 16));
        list->capacity = 2 * list->capacity + 16;
    }
    TRY(wn_string_copy(&list->items[list->n].name, name));
    list->items[list->n].is_external = info->type != H5L_TYPE_HARD && info->type != H5L_TYPE_SOFT;
    list->n++;
done:
    list->status = status;
    return status == WN_OK ? 0 : -1;
}

static bool tracks_creation(hid_t group)
{
    unsigned flags = 0;
    hid_t creation = H5Gget_create_plist(group);
    bool tracks =
        creation >= 0 && H5Pget_link_creation_order(creation, &flags) >= 0 && (flags & H5P_CRT_ORDER_INDEXED) != 0;
    wn_hdf5_release(creation);
    return tracks;
}

static wn_status list_links(link_list *list, wn_hdf5_file *file, const char *path, hid_t group)
{
    H5_index_t index = tracks_creation(group) ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
    if (H5Literate(group, index, H5_ITER_INC, NULL, add_link, list) >= 0)
        return WN_OK;
    return list->status != WN_OK ? list->status : wn_hdf5_fail(file, path, "truncated or damaged");
}

static wn_status append(wn_members *members, size_t *capacity, wn_member *member)
{
    if (members->n == *capacity) {
        wn_status status = wn_resize(&members->items, 2 * *capacity + 8);
        if (status != WN_OK)
            return status;
        *capacity = 2 * *capacity + 8;
    }
    members->items[members->n++] = *member;
    *member = (wn_member){0};
    return WN_OK;
}

static wn_status external_member(wn_member *member, const char *path, const char *problem)
{
    wn_status status = WN_OK;
    *member = (wn_member){.rank = 1, .n_rows = -1, .chunk_rows = 1, .width = 1};
    TRY(wn_string_copy(&member->path, path));
    TRY(wn_string_copy(&member->source, path));
    member->name = strrchr(member->path, '/') + 1;
    TRY(wn_member_problem(member, WN_BAD_DATA, problem));
done:
    return status;
}

/* A field of records that is no number: a string, or what cannot be read. */
static wn_status read_field(wn_member *member, wn_hdf5_file *file, const char *path, hid_t dataset, const char *field,
                            hid_t type)
{
    wn_status status = WN_OK;
    hsize_t dims[H5S_MAX_RANK] = {0};
    char text[128];
    hid_t space = H5Dget_space(dataset);
    int rank = space < 0 ? -1 : H5Sget_simple_extent_dims(space, dims, NULL);
    wn_hdf5_release(space);
    *member = (wn_member){.n_rows = (int64_t)dims[0], .rank = rank == 1, .chunk_rows = 1, .width = 1};
    member->part = WN_PART_FIELD;
    member->type = wn_cell_type_of(type);
    TRY(wn_string_format(&member->path, "%s/%s", path, field));
    TRY(wn_string_copy(&member->source, path));
    member->name = member->path + strlen(path) + 1;
    if (member->type.problem != NULL) {
        snprintf(text, sizeof text, "%s are not built yet; leave it out by input.columns.exclude",
                 member->type.problem);
        TRY(wn_member_problem(member, WN_UNAVAILABLE, text));
    }
    TRY(wn_member_storage(member, file, dataset));
done:
    return status;
}

static wn_status add_fields(wn_members *members, size_t *capacity, wn_hdf5_file *file, const char *path, hid_t dataset)
{
    wn_status status = WN_OK;
    wn_member member = {0};
    char *field = NULL;
    hid_t type = -1;
    unsigned i = 0;
    TRY(wn_record_next(dataset, &i, &field, &type));
    while (field != NULL) {
        TRY(read_field(&member, file, path, dataset, field, type));
        if (member.rank > 0)
            TRY(append(members, capacity, &member));
        wn_member_clear(&member);
        wn_hdf5_release(type);
        wn_free(field);
        type = -1;
        TRY(wn_record_next(dataset, &i, &field, &type));
    }
done:
    wn_hdf5_release(type);
    wn_free(field);
    wn_member_clear(&member);
    return status;
}

/* What lies at a path: nothing, a dataset, records, codes of categories. *is_there: an object is. */
static wn_status add_object(wn_members *members, size_t *capacity, wn_hdf5_file *file, const char *path, bool *is_there)
{
    wn_status status = WN_OK;
    wn_member member = {0};
    hid_t object = -1;
    TRY(wn_hdf5_open_object(file, path, &object));
    *is_there = object >= 0;
    bool is_dataset = *is_there && H5Iget_type(object) == H5I_DATASET;
    if (is_dataset)
        TRY(wn_member_read(&member, file, path, object));
    else if (*is_there && wn_categories_are_in(object))
        TRY(wn_categories_member(&member, file, path));
    if (member.rank > 0)
        TRY(append(members, capacity, &member));
    if (is_dataset && wn_record_is(object))
        TRY(add_fields(members, capacity, file, path, object));
done:
    wn_member_clear(&member);
    wn_hdf5_release(object);
    return status;
}

static wn_status add_path(wn_members *members, size_t *capacity, wn_hdf5_file *file, const char *path, bool is_external)
{
    wn_status status = WN_OK;
    wn_member member = {0};
    bool is_there = false;
    if (is_external && !file->allows_external)
        TRY(external_member(&member, path, WN_LEADS_OUT));
    else
        TRY(add_object(members, capacity, file, path, &is_there));
    if (is_external && file->allows_external && !is_there)
        TRY(external_member(&member, path, "is a link to a file or an object that is not there"));
    if (member.rank > 0)
        TRY(append(members, capacity, &member));
done:
    wn_member_clear(&member);
    return status;
}

wn_status wn_members_read(wn_members *members, wn_hdf5_file *file, const char *group)
{
    wn_status status = WN_OK;
    link_list links = {0};
    wn_members found = {0};
    size_t capacity = 0;
    hid_t id = -1;
    char *path = NULL;
    TRY(wn_hdf5_open_object(file, group, &id));
    if (id < 0 || H5Iget_type(id) != H5I_GROUP)
        goto done;
    TRY(list_links(&links, file, group, id));
    for (size_t i = 0; i < links.n; i++) {
        if (wn_is_text_attribute(id, "_index", links.items[i].name)) /* names of AnnData's rows, no column */
            continue;
        wn_free(path);
        path = NULL;
        TRY(wn_string_format(&path, "%s/%s", strcmp(group, "/") == 0 ? "" : group, links.items[i].name));
        TRY(add_path(&found, &capacity, file, path, links.items[i].is_external));
    }
    *members = found;
    found = (wn_members){0};
done:
    wn_members_clear(&found);
    link_list_clear(&links);
    wn_free(path);
    wn_hdf5_release(id);
    return status;
}

wn_status wn_members_read_one(wn_members *members, wn_hdf5_file *file, const char *path)
{
    wn_status status = WN_OK;
    wn_members found = {0};
    size_t capacity = 0;
    TRY(add_path(&found, &capacity, file, path, false));
    *members = found;
    found = (wn_members){0};
done:
    wn_members_clear(&found);
    return status;
}

void wn_members_clear(wn_members *members)
{
    for (size_t i = 0; i < members->n; i++)
        wn_member_clear(&members->items[i]);
    wn_free(members->items);
    *members = (wn_members){0};
}
