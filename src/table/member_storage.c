#include "member_storage.h"

#include "winnow/codec.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

enum { DEEPEST_VIRTUAL = 8 };

wn_status wn_member_problem(wn_member *member, wn_status problem, const char *text)
{
    if (member->problem != WN_OK)
        return WN_OK;
    wn_status status = wn_string_copy(&member->problem_text, text);
    if (status == WN_OK)
        member->problem = problem;
    return status;
}

void wn_filter_name(H5Z_filter_t filter, char *text, size_t n)
{
    const wn_codec *codec = wn_codec_find(filter);
    if (codec == NULL)
        snprintf(text, n, "filter %d", (int)filter);
    else
        snprintf(text, n, "%s", filter == H5Z_FILTER_DEFLATE ? "gzip" : codec->name);
}

/* What keeps filter i from being undone, here or by the library. Fails: WN_UNAVAILABLE. */
static wn_status check_filter(hid_t creation, unsigned i)
{
    wn_pipeline one = {.n_filters = 1};
    wn_filter *filter = &one.filters[0];
    wn_codec_place place;
    unsigned flags;
    size_t n_values = WN_FILTER_VALUES;
    filter->id = H5Pget_filter2(creation, i, &flags, &n_values, filter->values, 0, NULL, NULL);
    filter->n_values = n_values < WN_FILTER_VALUES ? (unsigned)n_values : WN_FILTER_VALUES;
    wn_status status = filter->id < 0 ? WN_OK : wn_codec_check(&one, &place);
    if (filter->id < 0 || status != WN_OK || place == WN_CODEC_HERE || H5Zfilter_avail(filter->id) > 0)
        return status;
    return wn_fail(WN_UNAVAILABLE, "is compressed by %s (HDF5 filter %d), which this HDF5 library was built without",
                   wn_codec_find(filter->id)->name, filter->id);
}

static wn_status check_filters(wn_member *member, hid_t creation)
{
    wn_status status = WN_OK;
    int n = H5Pget_nfilters(creation);
    for (int i = 0; i < n && status == WN_OK; i++)
        if (check_filter(creation, (unsigned)i) != WN_OK)
            status = wn_member_problem(member, WN_UNAVAILABLE, wn_status_message());
    H5Eclear2(H5E_DEFAULT);
    return status;
}

/* A contiguous dataset whose bytes end beyond the file was cut off. */
static wn_status check_extent(const wn_hdf5_file *file, const char *path, hid_t dataset)
{
    haddr_t offset = H5Dget_offset(dataset);
    hsize_t n_bytes = H5Dget_storage_size(dataset);
    if (offset == HADDR_UNDEF)
        return WN_OK;
    if (offset + n_bytes < offset || offset + n_bytes > (haddr_t)file->n_bytes)
        return wn_fail(WN_BAD_DATA, "%s: %s: truncated or damaged: its cells lie beyond the end of the file",
                       file->path, path);
    return WN_OK;
}

static wn_status check_layout(wn_member *member, wn_hdf5_file *file, const char *path, hid_t dataset, hid_t creation,
                              int depth);

/* A source must lie in this file, exist (missing ones read as zeros) and be readable itself. */
static wn_status check_source(wn_member *member, wn_hdf5_file *file, hid_t creation, size_t i, int depth)
{
    wn_status status = WN_OK;
    hid_t object = -1, source_creation = -1;
    char name[2] = "", path[WN_MEMBER_NAME_SIZE] = "/";
    if (depth > DEEPEST_VIRTUAL || H5Pget_virtual_filename(creation, i, name, sizeof name) != 1 || name[0] != '.')
        return wn_member_problem(member, WN_BAD_DATA, WN_LEADS_OUT);
    ssize_t n = H5Pget_virtual_dsetname(creation, i, path + 1, sizeof path - 1);
    if (n < 0 || (size_t)n > sizeof path - 2 || strchr(path, '%') != NULL)
        return wn_member_problem(member, WN_UNAVAILABLE, "is a virtual dataset of a kind that is not built yet");
    const char *absolute = path[1] == '/' ? path + 1 : path;
    TRY(wn_hdf5_open_object(file, absolute, &object));
    if (object < 0 || H5Iget_type(object) != H5I_DATASET) {
        status = wn_member_problem(member, WN_BAD_DATA, "is a virtual dataset with a source that is not there");
        goto done;
    }
    source_creation = H5Dget_create_plist(object);
    TRY(check_layout(member, file, absolute, object, source_creation, depth + 1));
done:
    wn_hdf5_release(source_creation);
    wn_hdf5_release(object);
    return status;
}

static wn_status check_virtual(wn_member *member, wn_hdf5_file *file, hid_t creation, int depth)
{
    wn_status status = WN_OK;
    size_t n = 0;
    if (H5Pget_virtual_count(creation, &n) < 0)
        return wn_hdf5_fail(file, member->path, "truncated or damaged");
    for (size_t i = 0; i < n && status == WN_OK; i++)
        status = check_source(member, file, creation, i, depth);
    return status;
}

static wn_status check_layout(wn_member *member, wn_hdf5_file *file, const char *path, hid_t dataset, hid_t creation,
                              int depth)
{
    H5D_layout_t layout = H5Pget_layout(creation);
    if (layout == H5D_VIRTUAL)
        return check_virtual(member, file, creation, depth);
    if (layout == H5D_CHUNKED)
        return check_filters(member, creation);
    if (layout != H5D_CONTIGUOUS)
        return WN_OK;
    if (H5Pget_external_count(creation) != 0)
        return wn_member_problem(member, WN_BAD_DATA, WN_LEADS_OUT);
    return check_extent(file, path, dataset);
}

wn_status wn_member_storage(wn_member *member, wn_hdf5_file *file, hid_t dataset)
{
    wn_status status = WN_OK;
    hsize_t chunk[H5S_MAX_RANK];
    hid_t creation = H5Dget_create_plist(dataset);
    if (creation < 0)
        return wn_hdf5_fail(file, member->path, "truncated or damaged");
    member->chunk_rows = 1;
    if (H5Pget_layout(creation) == H5D_CHUNKED && H5Pget_chunk(creation, H5S_MAX_RANK, chunk) > 0)
        member->chunk_rows = (int64_t)chunk[0];
    TRY(check_layout(member, file, member->path, dataset, creation, 0));
done:
    wn_hdf5_release(creation);
    return status;
}
