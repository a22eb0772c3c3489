#include "member.h"

#include "member_attributes.h"
#include "member_storage.h"
#include "record.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

static wn_status read_shape(wn_member *member, const wn_hdf5_file *file, hid_t dataset)
{
    hsize_t dims[H5S_MAX_RANK];
    hid_t space = H5Dget_space(dataset);
    if (space < 0)
        return wn_hdf5_fail(file, member->path, "truncated or damaged");
    int rank = H5Sget_simple_extent_type(space) == H5S_SIMPLE ? H5Sget_simple_extent_dims(space, dims, NULL) : 0;
    wn_hdf5_release(space);
    if (rank <= 0)
        return WN_OK;
    uint64_t width = 1;
    for (int i = 1; i < rank; i++) {
        if (dims[i] > 0 && width > (uint64_t)INT32_MAX / dims[i])
            return wn_member_problem(member, WN_UNAVAILABLE, "has more columns than are built for");
        width *= dims[i];
    }
    if (width == 0 || dims[0] > INT64_MAX)
        return WN_OK;
    member->rank = rank;
    member->n_rows = (int64_t)dims[0];
    member->width = (size_t)width;
    return WN_OK;
}

static wn_status read_type(wn_member *member, const wn_hdf5_file *file, hid_t dataset)
{
    char text[128];
    hid_t type = H5Dget_type(dataset);
    if (type < 0)
        return wn_hdf5_fail(file, member->path, "truncated or damaged");
    member->type = wn_cell_type_of(type);
    wn_hdf5_release(type);
    if (member->type.problem == NULL)
        return WN_OK;
    snprintf(text, sizeof text, "%s are not built yet; leave it out by input.columns.exclude", member->type.problem);
    return wn_member_problem(member, WN_UNAVAILABLE, text);
}

/* Records lie one behind the other; those without a number are none of a table by themselves. */
static wn_status read_records(wn_member *member, hid_t dataset)
{
    wn_status status = WN_OK;
    if (member->rank > 1)
        return wn_member_problem(member, WN_UNAVAILABLE, "has records in several dimensions, which are not built yet");
    TRY(wn_record_numbers(member, dataset));
    member->rank = member->rank == 1 && member->width > 0 ? 2 : 0; /* as a dataset of the cells of its rows */
done:
    return status;
}

/* A bare netCDF dimension is a dataset without data; scaled cells would be read as if they were not. */
static wn_status read_conventions(wn_member *member, hid_t dataset)
{
    if (wn_has_text_attribute(dataset, "NAME", "This is a netCDF dimension but not a netCDF variable"))
        member->rank = 0;
    if (H5Aexists(dataset, "scale_factor") > 0 || H5Aexists(dataset, "add_offset") > 0)
        return wn_member_problem(member, WN_UNAVAILABLE,
                                 "has scale_factor or add_offset, and scaled columns are not built yet");
    return WN_OK;
}

wn_status wn_member_read(wn_member *member, wn_hdf5_file *file, const char *path, hid_t dataset)
{
    wn_status status = WN_OK;
    wn_member m = {.n_rows = -1, .chunk_rows = 1, .width = 1};
    bool has_records = wn_record_is(dataset);
    TRY(wn_string_copy(&m.path, path));
    TRY(wn_string_copy(&m.source, path));
    m.name = strrchr(m.path, '/') + 1;
    TRY(read_shape(&m, file, dataset));
    TRY(has_records ? read_records(&m, dataset) : read_type(&m, file, dataset));
    TRY(read_conventions(&m, dataset));
    TRY(wn_member_storage(&m, file, dataset));
    if (!has_records) {
        TRY(wn_member_column_names(&m, file, dataset));
        wn_member_fill(&m, file, dataset);
    }
    *member = m;
    m = (wn_member){0};
done:
    wn_member_clear(&m);
    return status;
}

void wn_member_clear(wn_member *member)
{
    for (size_t i = 0; member->column_names != NULL && i < member->width; i++)
        wn_free(member->column_names[i]);
    wn_free(member->column_names);
    wn_free(member->types);
    wn_free(member->source);
    wn_externals_clear(&member->externals);
    wn_free(member->problem_text);
    wn_free(member->path);
    *member = (wn_member){0};
}

const char *wn_member_column(const wn_member *member, size_t position, char buffer[WN_MEMBER_NAME_SIZE])
{
    if (member->column_names != NULL)
        return member->column_names[position];
    if (member->rank <= 1)
        return member->name;
    snprintf(buffer, WN_MEMBER_NAME_SIZE, "%s%zu", member->name, position);
    return buffer;
}

wn_cell_type wn_member_type(const wn_member *member, size_t position)
{
    return member->types != NULL ? member->types[position] : member->type;
}

wn_status wn_member_check(const wn_member *member, const wn_hdf5_file *file)
{
    if (member->problem == WN_OK)
        return WN_OK;
    return wn_fail(member->problem, "%s: %s: %s", file->path, member->path, member->problem_text);
}
