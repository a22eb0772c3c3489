/* Reading: whatever is not as it was written is bad data. */
#include "recipe_file.h"

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
    hid_t type = wn_recipe_file_string_type();
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

/* Opens an attribute of n elements and the class of `type`; negative where it is another. */
static hid_t open_attribute(const wn_recipe_file *file, const char *object, const char *name, hid_t type, size_t n)
{
    hid_t attribute = H5Aopen_by_name(file->id, object, name, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute < 0)
        return attribute;
    hid_t space = H5Aget_space(attribute), stored = H5Aget_type(attribute);
    bool is_alike = H5Sget_simple_extent_npoints(space) == (hssize_t)n && H5Tget_class(stored) == H5Tget_class(type) &&
                    (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(stored) > 0);
    H5Tclose(stored);
    H5Sclose(space);
    if (is_alike)
        return attribute;
    H5Aclose(attribute);
    return H5I_INVALID_HID;
}

wn_status wn_recipe_file_get_integers(const wn_recipe_file *file, const char *object, const char *name, int64_t *values,
                                      size_t n)
{
    hid_t attribute = open_attribute(file, object, name, H5T_NATIVE_INT64, n);
    if (attribute < 0)
        return fail_read(file, name);
    bool is_read = H5Aread(attribute, H5T_NATIVE_INT64, values) >= 0;
    H5Aclose(attribute);
    return is_read ? WN_OK : fail_read(file, name);
}

wn_status wn_recipe_file_get_text(const wn_recipe_file *file, const char *object, const char *name, char **text)
{
    char *string = NULL;
    hid_t type = wn_recipe_file_string_type();
    hid_t attribute = open_attribute(file, object, name, type, 1);
    bool is_read = attribute >= 0 && H5Aread(attribute, type, &string) >= 0;
    if (attribute >= 0)
        H5Aclose(attribute);
    H5Tclose(type);
    if (!is_read)
        return fail_read(file, name);
    wn_status status = wn_string_copy(text, string ? string : "");
    H5free_memory(string);
    return status;
}
