#include "member_attributes.h"

#include "winnow/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The strings of an open attribute as the library gives them: pointers of its own for variable-length ones. */
typedef struct {
    hid_t type, memory_type, space;
    size_t n, width;
    bool is_variable;
    char *bytes;
} text_list;

static void text_list_clear(text_list *list)
{
    if (list->is_variable && list->bytes != NULL)
        H5Dvlen_reclaim(list->memory_type, list->space, H5P_DEFAULT, list->bytes);
    wn_free(list->bytes);
    wn_hdf5_release(list->memory_type);
    wn_hdf5_release(list->space);
    wn_hdf5_release(list->type);
}

/* list->n stays 0 where the attribute is not of strings. */
static wn_status text_list_read(text_list *list, hid_t attribute)
{
    wn_status status = WN_OK;
    *list = (text_list){.type = H5Aget_type(attribute), .memory_type = -1, .space = H5Aget_space(attribute)};
    if (list->type < 0 || list->space < 0 || H5Tget_class(list->type) != H5T_STRING)
        return WN_OK;
    hssize_t n = H5Sget_simple_extent_npoints(list->space);
    list->is_variable = H5Tis_variable_str(list->type) > 0;
    list->width = H5Tget_size(list->type);
    list->memory_type = H5Tcopy(list->type);
    if (n <= 0 || list->memory_type < 0)
        return WN_OK;
    TRY(wn_memory_new((void **)&list->bytes, (size_t)n, list->width, __func__));
    if (H5Aread(attribute, list->memory_type, list->bytes) < 0) {
        wn_free(list->bytes);
        list->bytes = NULL;
        H5Eclear2(H5E_DEFAULT);
        goto done;
    }
    list->n = (size_t)n;
done:
    return status;
}

/* String i without the padding of fixed-length ones. */
static wn_status text_list_copy(const text_list *list, size_t i, char **copy)
{
    if (list->is_variable) {
        const char *text;
        memcpy(&text, list->bytes + i * list->width, sizeof text);
        return wn_string_copy(copy, text != NULL ? text : "");
    }
    const char *text = list->bytes + i * list->width;
    size_t n = strnlen(text, list->width);
    while (n > 0 && H5Tget_strpad(list->type) == H5T_STR_SPACEPAD && text[n - 1] == ' ')
        n--;
    return wn_string_format(copy, "%.*s", (int)n, text);
}

static hid_t open_attribute(hid_t object, const char *name)
{
    if (H5Aexists(object, name) <= 0)
        return -1;
    return H5Aopen(object, name, H5P_DEFAULT);
}

wn_status wn_member_column_names(wn_member *member, const wn_hdf5_file *file, hid_t dataset)
{
    wn_status status = WN_OK;
    text_list list = {.type = -1, .memory_type = -1, .space = -1};
    char **names = NULL;
    hid_t attribute = member->rank > 1 ? open_attribute(dataset, "columns") : -1;
    if (attribute < 0)
        return WN_OK;
    TRY(text_list_read(&list, attribute));
    if (list.n == 0)
        goto done;
    if (list.n != member->width) {
        status = wn_fail(WN_BAD_DATA, "%s: %s: the attribute `columns` names %zu of %zu columns", file->path,
                         member->path, list.n, member->width);
        goto done;
    }
    TRY(wn_new(&names, list.n));
    member->column_names = names;
    for (size_t i = 0; i < list.n; i++)
        TRY(text_list_copy(&list, i, &names[i]));
done:
    text_list_clear(&list);
    wn_hdf5_release(attribute);
    return status;
}

/* One text of an open attribute, cut to the buffer; false where it is not one text. */
static bool read_text(hid_t attribute, hid_t type, char *text, size_t n)
{
    char *own = NULL;
    hid_t space = H5Aget_space(attribute);
    bool is_one = space >= 0 && H5Sget_simple_extent_npoints(space) == 1 && H5Tget_class(type) == H5T_STRING;
    bool is_read = false;
    if (is_one && H5Tis_variable_str(type) > 0) {
        is_read = H5Aread(attribute, type, &own) >= 0 && own != NULL;
        snprintf(text, n, "%s", is_read ? own : "");
        H5free_memory(own);
    } else if (is_one && H5Tget_size(type) < n) {
        is_read = H5Aread(attribute, type, text) >= 0;
        text[H5Tget_size(type)] = '\0';
    }
    wn_hdf5_release(space);
    return is_read;
}

/* One text of an object, cut to the buffer; false where there is none. */
static bool read_text_of(hid_t object, const char *name, char *text, size_t n)
{
    hid_t attribute = open_attribute(object, name), type = attribute < 0 ? -1 : H5Aget_type(attribute);
    bool is_read = type >= 0 && read_text(attribute, type, text, n);
    wn_hdf5_release(type);
    wn_hdf5_release(attribute);
    return is_read;
}

enum { MOST_TEXT = 256 };

bool wn_has_text_attribute(hid_t object, const char *name, const char *start)
{
    char text[MOST_TEXT] = "";
    return read_text_of(object, name, text, sizeof text) && strncmp(text, start, strlen(start)) == 0;
}

bool wn_is_text_attribute(hid_t object, const char *name, const char *value)
{
    char text[MOST_TEXT] = "";
    return read_text_of(object, name, text, sizeof text) && strcmp(text, value) == 0;
}

static bool read_number(hid_t attribute, double *number)
{
    hid_t space = H5Aget_space(attribute);
    bool is_one = space >= 0 && H5Sget_simple_extent_npoints(space) == 1;
    bool is_read = is_one && H5Aread(attribute, H5T_NATIVE_DOUBLE, number) >= 0;
    wn_hdf5_release(space);
    return is_read;
}

/* netCDF sets a fill value for every variable; for bytes it means nothing without the attribute. */
static bool is_netcdf_byte(const wn_hdf5_file *file, hid_t dataset)
{
    hid_t type = H5Dget_type(dataset);
    bool is = type >= 0 && H5Tget_size(type) == 1 && H5Aexists_by_name(file->id, "/", "_NCProperties", H5P_DEFAULT) > 0;
    wn_hdf5_release(type);
    return is;
}

static bool read_created_fill(hid_t dataset, double *fill)
{
    H5D_fill_value_t defined = H5D_FILL_VALUE_ERROR;
    hid_t creation = H5Dget_create_plist(dataset);
    bool is_read = creation >= 0 && H5Pfill_value_defined(creation, &defined) >= 0 &&
                   defined == H5D_FILL_VALUE_USER_DEFINED && H5Pget_fill_value(creation, H5T_NATIVE_DOUBLE, fill) >= 0;
    wn_hdf5_release(creation);
    return is_read;
}

void wn_member_fill(wn_member *member, const wn_hdf5_file *file, hid_t dataset)
{
    if (member->type.problem != NULL || member->type.kind == WN_CELL_BOOL || member->type.kind == WN_CELL_STRING)
        return;
    double fill = NAN;
    hid_t attribute = open_attribute(dataset, "_FillValue");
    bool has = attribute >= 0 && read_number(attribute, &fill);
    if (attribute < 0 && !is_netcdf_byte(file, dataset))
        has = read_created_fill(dataset, &fill);
    wn_hdf5_release(attribute);
    H5Eclear2(H5E_DEFAULT);
    if (!has || isnan(fill))
        return;
    member->has_fill = true;
    member->fill = fill;
}
