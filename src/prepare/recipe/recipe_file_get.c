/* Reading: whatever is not as it was written is bad data. */
#include "recipe_file.h"

#include "winnow/hdf5_attribute.h"
#include "winnow/memory.h"

static wn_status fail_read(const wn_recipe_file *file, const char *name)
{
    return wn_fail(WN_BAD_DATA, "%s: not a recipe: %s is absent or not as expected", file->path, name);
}

wn_status wn_recipe_file_dims(const wn_recipe_file *file, const char *name, size_t n_dims, size_t *dims)
{
    hsize_t wide[H5S_MAX_RANK] = {0};
    hid_t dataset = H5Dopen2(file->id, name, H5P_DEFAULT);
    if (dataset < 0)
        return fail_read(file, name);
    hid_t space = H5Dget_space(dataset);
    int n = H5Sget_simple_extent_ndims(space);
    if (n == (int)n_dims)
        H5Sget_simple_extent_dims(space, wide, NULL);
    H5Sclose(space);
    H5Dclose(dataset);
    if (n != (int)n_dims)
        return fail_read(file, name);
    for (size_t i = 0; i < n_dims; i++)
        dims[i] = wide[i];
    return WN_OK;
}

bool wn_recipe_file_has_strings(const wn_recipe_file *file, const char *name)
{
    hid_t dataset = H5Dopen2(file->id, name, H5P_DEFAULT);
    if (dataset < 0)
        return false;
    hid_t type = H5Dget_type(dataset);
    bool has_strings = H5Tget_class(type) == H5T_STRING;
    H5Tclose(type);
    H5Dclose(dataset);
    return has_strings;
}

wn_status wn_recipe_file_get(const wn_recipe_file *file, const char *name, hid_t type, size_t n, void *data)
{
    hid_t dataset = H5Dopen2(file->id, name, H5P_DEFAULT);
    if (dataset < 0)
        return fail_read(file, name);
    hid_t space = H5Dget_space(dataset), stored = H5Dget_type(dataset);
    bool is_read = H5Sget_simple_extent_npoints(space) == (hssize_t)n && H5Tget_class(stored) == H5Tget_class(type) &&
                   (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(stored) > 0) &&
                   (n == 0 || H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Tclose(stored);
    H5Sclose(space);
    H5Dclose(dataset);
    return is_read ? WN_OK : fail_read(file, name);
}

wn_status wn_recipe_file_get_strings(const wn_recipe_file *file, const char *name, char **text, size_t n)
{
    wn_status status = WN_OK;
    char **strings = NULL;
    hid_t type = wn_hdf5_text_type(0);
    TRY(wn_new(&strings, n));
    TRY(wn_recipe_file_get(file, name, type, n, strings));
    for (size_t i = 0; i < n && status == WN_OK; i++)
        status = wn_string_copy(&text[i], strings[i] ? strings[i] : "");
    for (size_t i = 0; i < n; i++)
        H5free_memory(strings[i]);
done:
    wn_free(strings);
    H5Tclose(type);
    return status;
}

wn_status wn_recipe_file_get_integers(const wn_recipe_file *file, const char *object, const char *name, int64_t *values,
                                      size_t n)
{
    bool is_read = wn_hdf5_get_attribute(file->id, object, name, H5T_NATIVE_INT64, n, values);
    return is_read ? WN_OK : fail_read(file, name);
}

wn_status wn_recipe_file_get_text(const wn_recipe_file *file, const char *object, const char *name, char **text)
{
    char *string = NULL;
    hid_t type = wn_hdf5_text_type(0);
    bool is_read = type >= 0 && wn_hdf5_get_attribute(file->id, object, name, type, 1, &string);
    H5Tclose(type);
    if (!is_read)
        return fail_read(file, name);
    wn_status status = wn_string_copy(text, string ? string : "");
    H5free_memory(string);
    return status;
}
