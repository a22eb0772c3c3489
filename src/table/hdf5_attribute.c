#include "winnow/hdf5_attribute.h"

hid_t wn_hdf5_text_type(size_t n_bytes)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 && H5Tset_size(type, n_bytes > 0 ? n_bytes : H5T_VARIABLE) >= 0 &&
        H5Tset_strpad(type, n_bytes > 0 ? H5T_STR_NULLPAD : H5T_STR_NULLTERM) >= 0 &&
        H5Tset_cset(type, H5T_CSET_UTF8) >= 0)
        return type;
    if (type >= 0)
        H5Tclose(type);
    return H5I_INVALID_HID;
}

bool wn_hdf5_put_attribute(hid_t where, const char *object, const char *name, hid_t type, size_t n, const void *values)
{
    hsize_t dims = n;
    hid_t space = n == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &dims, NULL);
    if (space < 0)
        return false;
    hid_t attribute = H5Acreate_by_name(where, object, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    bool is_written = attribute >= 0 && H5Awrite(attribute, type, values) >= 0;
    is_written = attribute >= 0 && H5Aclose(attribute) >= 0 && is_written;
    return H5Sclose(space) >= 0 && is_written;
}

static bool is_alike(hid_t attribute, hid_t type, size_t n)
{
    hid_t space = H5Aget_space(attribute), stored = H5Aget_type(attribute);
    bool is_text = H5Tget_class(type) == H5T_STRING;
    bool alike = H5Sget_simple_extent_npoints(space) == (hssize_t)n && H5Tget_class(stored) == H5Tget_class(type) &&
                 (!is_text || H5Tis_variable_str(stored) > 0);
    H5Tclose(stored);
    H5Sclose(space);
    return alike;
}

bool wn_hdf5_get_attribute(hid_t where, const char *object, const char *name, hid_t type, size_t n, void *values)
{
    hid_t attribute = H5Aopen_by_name(where, object, name, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute < 0)
        return false;
    bool is_read = is_alike(attribute, type, n) && H5Aread(attribute, type, values) >= 0;
    return H5Aclose(attribute) >= 0 && is_read;
}
