#include "values.h"

#include "winnow/memory.h"

#include <string.h>

static wn_status unreadable(void)
{
    return wn_fail(WN_BAD_DATA, "cannot be read");
}

static bool find_kind(hid_t type, wn_values_kind *kind)
{
    switch (H5Tget_class(type)) {
    case H5T_INTEGER:
        *kind = WN_VALUES_INTEGERS;
        return true;
    case H5T_FLOAT:
        *kind = WN_VALUES_REALS;
        return true;
    case H5T_STRING:
        *kind = WN_VALUES_TEXTS;
        return true;
    default:
        return false;
    }
}

static bool find_shape(wn_values *values)
{
    hid_t space = values->is_attribute ? H5Aget_space(values->id) : H5Dget_space(values->id);
    int n_dims = space >= 0 ? H5Sget_simple_extent_ndims(space) : -1;
    bool is_found = n_dims >= 0 && n_dims <= WN_VALUES_DIMS &&
                    (n_dims == 0 || H5Sget_simple_extent_dims(space, values->dims, NULL) == n_dims);
    values->n_dims = is_found ? n_dims : 0;
    values->n_rows = n_dims > 0 ? values->dims[0] : 1;
    values->row_size = 1;
    for (int i = 1; i < values->n_dims; i++)
        values->row_size *= values->dims[i];
    if (space >= 0)
        H5Sclose(space);
    return is_found;
}

wn_status wn_values_open(wn_values *values, hid_t id, bool is_attribute)
{
    *values = (wn_values){.id = id, .type = H5I_INVALID_HID, .is_attribute = is_attribute};
    if (id < 0)
        return unreadable();
    values->type = is_attribute ? H5Aget_type(id) : H5Dget_type(id);
    if (values->type < 0 || !find_kind(values->type, &values->kind) || !find_shape(values))
        return unreadable();
    return WN_OK;
}

void wn_values_close(wn_values *values)
{
    if (values->type > 0)
        H5Tclose(values->type);
    if (values->id > 0 && values->is_attribute)
        H5Aclose(values->id);
    else if (values->id > 0)
        H5Dclose(values->id);
    *values = (wn_values){0};
}

bool wn_values_same_shape(const wn_values *a, const wn_values *b)
{
    return a->n_dims == b->n_dims && memcmp(a->dims, b->dims, sizeof a->dims) == 0;
}

static bool read_rows(const wn_values *values, hid_t type, size_t first, size_t n_rows, void *cells)
{
    hsize_t start[WN_VALUES_DIMS] = {first}, count[WN_VALUES_DIMS];
    memcpy(count, values->dims, sizeof count);
    count[0] = n_rows;
    hid_t file = H5Dget_space(values->id);
    hid_t memory = H5Screate_simple(values->n_dims, count, NULL);
    bool is_read = file >= 0 && memory >= 0 &&
                   H5Sselect_hyperslab(file, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                   H5Dread(values->id, type, memory, file, H5P_DEFAULT, cells) >= 0;
    if (memory >= 0)
        H5Sclose(memory);
    if (file >= 0)
        H5Sclose(file);
    return is_read;
}

static bool read_all(const wn_values *values, hid_t type, void *cells)
{
    if (values->is_attribute)
        return H5Aread(values->id, type, cells) >= 0;
    return H5Dread(values->id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, cells) >= 0;
}

wn_status wn_values_read(const wn_values *values, size_t first, size_t n_rows, wn_value *cells)
{
    hid_t type = values->kind == WN_VALUES_INTEGERS ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE;
    bool is_whole = values->is_attribute || values->n_dims == 0;
    bool is_read = is_whole ? read_all(values, type, cells) : read_rows(values, type, first, n_rows, cells);
    return is_read ? WN_OK : unreadable();
}

/* Texts of the library's own memory, copied. */
static wn_status copy_variable(const wn_values *values, char **copies, size_t n)
{
    wn_status status = WN_OK;
    char **texts = NULL;
    TRY(wn_new(&texts, n));
    if (!read_all(values, values->type, texts))
        TRY(unreadable());
    for (size_t i = 0; i < n; i++) {
        if (status == WN_OK)
            status = wn_string_copy(&copies[i], texts[i] ? texts[i] : "");
        H5free_memory(texts[i]);
    }
done:
    wn_free(texts);
    return status;
}

static wn_status copy_fixed(const wn_values *values, char **copies, size_t n)
{
    wn_status status = WN_OK;
    char *bytes = NULL;
    size_t size = H5Tget_size(values->type);
    TRY(wn_new(&bytes, n * size + 1));
    if (!read_all(values, values->type, bytes))
        TRY(unreadable());
    for (size_t i = 0; i < n; i++)
        TRY(wn_string_format(&copies[i], "%.*s", (int)size, bytes + i * size));
done:
    wn_free(bytes);
    return status;
}

wn_status wn_values_texts(const wn_values *values, char ***texts)
{
    wn_status status = WN_OK;
    char **copies = NULL;
    size_t n = values->n_rows * values->row_size;
    TRY(wn_new(&copies, n));
    TRY(H5Tis_variable_str(values->type) > 0 ? copy_variable(values, copies, n) : copy_fixed(values, copies, n));
    *texts = copies;
    copies = NULL;
done:
    if (copies)
        wn_values_free_texts(copies, n);
    return status;
}

void wn_values_free_texts(char **texts, size_t n)
{
    for (size_t i = 0; texts && i < n; i++)
        wn_free(texts[i]);
    wn_free(texts);
}
