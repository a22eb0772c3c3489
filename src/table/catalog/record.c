#include "record.h"

#include "winnow/memory.h"

#include <stdlib.h>
#include <string.h>

bool wn_record_is(hid_t dataset)
{
    hid_t type = H5Dget_type(dataset);
    bool is = type >= 0 && H5Tget_class(type) == H5T_COMPOUND;
    wn_hdf5_release(type);
    return is;
}

static bool is_number(hid_t type)
{
    H5T_class_t class = H5Tget_class(type);
    return class == H5T_INTEGER || class == H5T_FLOAT || class == H5T_ENUM;
}

/* A field that is a number, or an array of numbers. */
typedef struct {
    hid_t type, base; /* owned; base: of an array's elements, else the same type again */
    int rank;         /* of the array; 0: one number */
    hsize_t dims[H5S_MAX_RANK];
    size_t n; /* cells; 0: no numbers */
} field_numbers;

static void open_field(field_numbers *field, hid_t record, unsigned i)
{
    *field = (field_numbers){.type = H5Tget_member_type(record, i), .base = -1, .n = 1};
    bool is_array = field->type >= 0 && H5Tget_class(field->type) == H5T_ARRAY;
    field->base = is_array ? H5Tget_super(field->type) : H5Tcopy(field->type);
    if (is_array)
        field->rank = H5Tget_array_dims2(field->type, field->dims);
    for (int d = 0; d < field->rank; d++)
        field->n = field->dims[d] > 0 && field->n <= INT32_MAX / field->dims[d] ? field->n * (size_t)field->dims[d] : 0;
    if (field->base < 0 || field->rank < 0 || !is_number(field->base))
        field->n = 0;
}

static void close_field(field_numbers *field)
{
    wn_hdf5_release(field->base);
    wn_hdf5_release(field->type);
}

static wn_status name_cells(char **names, const char *name, const field_numbers *field)
{
    wn_status status = WN_OK;
    for (size_t k = 0; k < field->n && status == WN_OK; k++)
        status = field->rank > 0 ? wn_string_format(&names[k], "%s%zu", name, k) : wn_string_copy(&names[k], name);
    return status;
}

/* Names and types of a field's cells behind those that the member has. */
static wn_status add_field(wn_member *member, hid_t record, unsigned i)
{
    wn_status status = WN_OK;
    field_numbers field;
    char *name = H5Tget_member_name(record, i);
    open_field(&field, record, i);
    if (field.n == 0 || name == NULL)
        goto done;
    TRY(wn_resize(&member->column_names, member->width + field.n));
    for (size_t k = 0; k < field.n; k++)
        member->column_names[member->width + k] = NULL;
    member->width += field.n;
    TRY(wn_resize(&member->types, member->width));
    for (size_t k = member->width - field.n; k < member->width; k++)
        member->types[k] = wn_cell_type_of(field.base);
    TRY(name_cells(member->column_names + member->width - field.n, name, &field));
done:
    H5free_memory(name);
    close_field(&field);
    return status;
}

wn_status wn_record_numbers(wn_member *member, hid_t dataset)
{
    wn_status status = WN_OK;
    hid_t record = H5Dget_type(dataset);
    int n = H5Tget_nmembers(record);
    member->part = WN_PART_NUMBERS;
    member->width = 0;
    member->type = (wn_cell_type){.kind = WN_CELL_BOOL, .fits_float32 = true};
    for (int i = 0; i < n; i++)
        TRY(add_field(member, record, (unsigned)i));
    for (size_t k = 0; k < member->width; k++) {
        const wn_cell_type *type = &member->types[k];
        member->type.kind = type->kind > member->type.kind ? type->kind : member->type.kind;
        member->type.fits_float32 = member->type.fits_float32 && type->fits_float32;
        member->type.is_half |= type->is_half;
        member->type.is_single |= type->is_single;
        member->type.is_long |= type->is_long;
    }
done:
    wn_hdf5_release(record);
    return status;
}

wn_status wn_record_next(hid_t dataset, unsigned *i, char **field, hid_t *type)
{
    wn_status status = WN_OK;
    hid_t record = H5Dget_type(dataset);
    int n = H5Tget_nmembers(record);
    *field = NULL;
    while ((int)*i < n && *field == NULL) {
        field_numbers numbers;
        open_field(&numbers, record, *i);
        char *name = numbers.n == 0 ? H5Tget_member_name(record, *i) : NULL;
        if (name != NULL) {
            *type = H5Tcopy(numbers.type);
            status = wn_string_copy(field, name);
        }
        H5free_memory(name);
        close_field(&numbers);
        (*i)++;
        TRY(status);
    }
done:
    if (status != WN_OK)
        wn_hdf5_release(*type);
    wn_hdf5_release(record);
    return status;
}

static bool insert_field(hid_t cells, hid_t record, unsigned i, hid_t number, size_t *at)
{
    field_numbers field;
    char *name = H5Tget_member_name(record, i);
    open_field(&field, record, i);
    bool is_inserted = name != NULL;
    if (field.n > 0 && is_inserted) {
        hid_t type = field.rank > 0 ? H5Tarray_create2(number, (unsigned)field.rank, field.dims) : H5Tcopy(number);
        is_inserted = type >= 0 && H5Tinsert(cells, name, *at, type) >= 0;
        *at += field.n * H5Tget_size(number);
        wn_hdf5_release(type);
    }
    H5free_memory(name);
    close_field(&field);
    return is_inserted;
}

static size_t count_numbers(hid_t record)
{
    size_t n = 0;
    int n_fields = H5Tget_nmembers(record);
    for (int i = 0; i < n_fields; i++) {
        field_numbers field;
        open_field(&field, record, (unsigned)i);
        n += field.n;
        close_field(&field);
    }
    return n;
}

hid_t wn_record_cells_type(hid_t dataset, bool is_float32)
{
    hid_t record = H5Dget_type(dataset), number = is_float32 ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
    size_t n = record < 0 ? 0 : count_numbers(record), at = 0;
    hid_t cells = n > 0 ? H5Tcreate(H5T_COMPOUND, n * H5Tget_size(number)) : -1;
    int n_fields = record < 0 ? 0 : H5Tget_nmembers(record);
    bool is_made = cells >= 0;
    for (int i = 0; i < n_fields && is_made; i++)
        is_made = insert_field(cells, record, (unsigned)i, number, &at);
    wn_hdf5_release(record);
    if (is_made)
        return cells;
    wn_hdf5_release(cells);
    return -1;
}

hid_t wn_record_field_type(hid_t dataset, const char *field)
{
    hid_t record = H5Dget_type(dataset), type = -1;
    int i = record < 0 ? -1 : H5Tget_member_index(record, field);
    if (i >= 0)
        type = H5Tget_member_type(record, (unsigned)i);
    wn_hdf5_release(record);
    return type;
}

hid_t wn_record_field_alone(hid_t type, const char *field)
{
    hid_t alone = H5Tcreate(H5T_COMPOUND, H5Tget_size(type));
    if (alone >= 0 && H5Tinsert(alone, field, 0, type) < 0) {
        H5Tclose(alone);
        return -1;
    }
    return alone;
}
