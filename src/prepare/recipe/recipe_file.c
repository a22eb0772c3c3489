#include "recipe_file.h"

#include "recipe_stamp.h"

#include "winnow/durable.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

/* No locks: parallel file systems often have none. */
static hid_t access_list(void)
{
    hid_t list = H5Pcreate(H5P_FILE_ACCESS);
#if H5_VERSION_GE(1, 10, 7)
    H5Pset_file_locking(list, false, true);
#endif
    return list;
}

wn_status wn_recipe_file_create(wn_recipe_file *file, const char *path, const char *part)
{
    file->id = H5I_INVALID_HID;
    wn_status status = wn_durable_create(part);
    if (status != WN_OK)
        return status;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t creation = H5Pcreate(H5P_FILE_CREATE), access = access_list();
    H5Pset_userblock(creation, WN_RECIPE_FILE_STAMP);
    *file = (wn_recipe_file){H5Fcreate(part, H5F_ACC_TRUNC, creation, access), path};
    H5Pclose(creation);
    H5Pclose(access);
    return file->id < 0 ? wn_fail(WN_IO, "%s: cannot be written", path) : WN_OK;
}

wn_status wn_recipe_file_finish(wn_recipe_file *file, const char *part)
{
    wn_status status = WN_OK;
    herr_t closed = H5Fclose(file->id);
    file->id = H5I_INVALID_HID;
    if (closed < 0)
        return wn_fail(WN_IO, "%s: cannot be written", file->path);
    TRY(wn_recipe_stamp_write(part, file->path));
    TRY(wn_durable_rename(part, file->path));
done:
    return status;
}

wn_status wn_recipe_file_open(wn_recipe_file *file, const char *path)
{
    wn_status status = WN_OK;
    file->id = H5I_INVALID_HID;
    file->path = path;
    TRY(wn_recipe_stamp_verify(path));
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t access = access_list();
    file->id = H5Fopen(path, H5F_ACC_RDONLY, access);
    H5Pclose(access);
    if (file->id < 0)
        status = wn_fail(WN_BAD_DATA, "%s: not a recipe: it is no HDF5 file", path);
done:
    return status;
}

void wn_recipe_file_close(wn_recipe_file *file)
{
    if (file->id >= 0)
        H5Fclose(file->id);
    file->id = H5I_INVALID_HID;
}

static wn_status fail_write(const wn_recipe_file *file, const char *name)
{
    return wn_fail(WN_IO, "%s: %s cannot be written", file->path, name);
}

hid_t wn_recipe_file_string_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

/* Groups on the way to a link are made as needed. */
static hid_t link_list(void)
{
    hid_t list = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(list, 1);
    return list;
}

/* Large datasets are compressed in one chunk row after another; times are left out, so that equal recipes are equal
 * files. */
static hid_t dataset_list(hid_t type, size_t n_dims, const hsize_t *dims, size_t n)
{
    enum { COMPRESS_FROM = 16384, CHUNK_ELEMENTS = 65536 };
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(list, false);
    if (n < COMPRESS_FROM || H5Tget_class(type) == H5T_STRING)
        return list;
    hsize_t chunk[3] = {dims[0], n_dims > 1 ? dims[1] : 1, n_dims > 2 ? dims[2] : 1};
    hsize_t room = CHUNK_ELEMENTS / (chunk[1] * chunk[2]);
    if (chunk[0] > room)
        chunk[0] = room > 0 ? room : 1;
    H5Pset_chunk(list, (int)n_dims, chunk);
    H5Pset_shuffle(list);
    H5Pset_deflate(list, 1);
    return list;
}

wn_status wn_recipe_file_put(const wn_recipe_file *file, const char *name, hid_t type, size_t n_dims,
                             const size_t *dims, const void *data)
{
    hsize_t wide[3] = {0};
    size_t n = 1;
    for (size_t i = 0; i < n_dims; i++)
        n *= wide[i] = dims[i];
    hid_t space = H5Screate_simple((int)n_dims, wide, NULL);
    hid_t creation = dataset_list(type, n_dims, wide, n), link = link_list();
    hid_t dataset = H5Dcreate2(file->id, name, type, space, link, creation, H5P_DEFAULT);
    bool is_written = dataset >= 0 && (n == 0 || H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    is_written = (dataset >= 0 && H5Dclose(dataset) >= 0) && is_written;
    H5Pclose(link);
    H5Pclose(creation);
    H5Sclose(space);
    return is_written ? WN_OK : fail_write(file, name);
}

wn_status wn_recipe_file_put_strings(const wn_recipe_file *file, const char *name, char *const *text, size_t n)
{
    hid_t type = wn_recipe_file_string_type();
    wn_status status = wn_recipe_file_put(file, name, type, 1, &n, text);
    H5Tclose(type);
    return status;
}

wn_status wn_recipe_file_put_group(const wn_recipe_file *file, const char *name)
{
    hid_t link = link_list();
    hid_t group = H5Gcreate2(file->id, name, link, H5P_DEFAULT, H5P_DEFAULT);
    H5Pclose(link);
    return group >= 0 && H5Gclose(group) >= 0 ? WN_OK : fail_write(file, name);
}

static wn_status put_attribute(const wn_recipe_file *file, const char *object, const char *name, hid_t type,
                               hid_t space, const void *data)
{
    hid_t attribute = H5Acreate_by_name(file->id, object, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    bool is_written = attribute >= 0 && H5Awrite(attribute, type, data) >= 0;
    is_written = (attribute >= 0 && H5Aclose(attribute) >= 0) && is_written;
    H5Sclose(space);
    return is_written ? WN_OK : fail_write(file, name);
}

wn_status wn_recipe_file_put_integers(const wn_recipe_file *file, const char *object, const char *name,
                                      const int64_t *values, size_t n)
{
    hsize_t wide = n;
    hid_t space = n == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &wide, NULL);
    return put_attribute(file, object, name, H5T_NATIVE_INT64, space, values);
}

wn_status wn_recipe_file_put_text(const wn_recipe_file *file, const char *object, const char *name, const char *text)
{
    hid_t type = wn_recipe_file_string_type();
    wn_status status = put_attribute(file, object, name, type, H5Screate(H5S_SCALAR), &text);
    H5Tclose(type);
    return status;
}
