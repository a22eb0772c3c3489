#include "member_storage.h"

#include "member_external.h"
#include "winnow/codec.h"
#include "winnow/memory.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

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
                              int depth)
{
    H5D_layout_t layout = H5Pget_layout(creation);
    if (layout == H5D_VIRTUAL)
        return wn_member_virtual(member, file, creation, depth);
    if (layout == H5D_CHUNKED)
        return check_filters(member, creation);
    if (layout != H5D_CONTIGUOUS)
        return WN_OK;
    if (H5Pget_external_count(creation) != 0)
        return wn_member_raw(member, file, dataset, creation);
    return check_extent(file, path, dataset);
}

/* A dataset that a link leads to lies in that file: its bytes, and what its own names lead to. */
static wn_status check_elsewhere(wn_member *member, wn_hdf5_file *file, const char *path, const char *elsewhere,
                                 hid_t dataset, hid_t creation, int depth)
{
    wn_status status = WN_OK;
    wn_hdf5_file other = {.path = elsewhere, .links = file->links, .allows_external = true};
    other.id = H5Iget_file_id(dataset);
    status = wn_externals_add(&member->externals, elsewhere, &other.n_bytes);
    if (status == WN_OK && other.id >= 0)
        status = check_layout(member, &other, path, dataset, creation, depth);
    wn_hdf5_release(other.id);
    return status;
}

wn_status wn_member_source(wn_member *member, wn_hdf5_file *file, const char *path, hid_t dataset, int depth)
{
    wn_status status = WN_OK;
    char *elsewhere = NULL;
    hid_t creation = H5Dget_create_plist(dataset);
    if (creation < 0)
        return wn_hdf5_fail(file, path, "truncated or damaged");
    TRY(wn_hdf5_elsewhere(&elsewhere, file, dataset));
    if (elsewhere == NULL)
        TRY(check_layout(member, file, path, dataset, creation, depth));
    else
        TRY(check_elsewhere(member, file, path, elsewhere, dataset, creation, depth));
done:
    wn_free(elsewhere);
    wn_hdf5_release(creation);
    return status;
}

/* Plain numbers in chunks that storage.h takes: what a chunk's rows are when they are decoded. */
static void measure_chunks(wn_member *member, hid_t dataset, const hsize_t *chunk, int rank)
{
    hsize_t dims[H5S_MAX_RANK] = {0};
    size_t tiles = 1, run = 1;
    hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset);
    H5T_class_t class = type >= 0 ? H5Tget_class(type) : H5T_NO_CLASS;
    bool is_plain = class == H5T_INTEGER || class == H5T_FLOAT || class == H5T_ENUM;
    is_plain = is_plain && space >= 0 && H5Sget_simple_extent_dims(space, dims, NULL) == rank;
    for (int i = 1; is_plain && i < rank; i++) {
        is_plain = chunk[i] > 0 && chunk[i] <= WN_MOST_CHUNK_CELLS / run;
        run *= is_plain ? (size_t)chunk[i] : 1;
        tiles *= is_plain ? (size_t)((dims[i] + chunk[i] - 1) / chunk[i]) : 1;
    }
    if (is_plain && chunk[0] <= WN_MOST_CHUNK_CELLS / run) {
        member->n_tiles = tiles;
        member->tile_bytes = run * H5Tget_size(type);
        member->decode_bytes = member->tile_bytes + run * sizeof(double);
    }
    wn_hdf5_release(type);
    wn_hdf5_release(space);
}

wn_status wn_member_storage(wn_member *member, wn_hdf5_file *file, hid_t dataset)
{
    hsize_t chunk[H5S_MAX_RANK];
    hid_t creation = H5Dget_create_plist(dataset);
    if (creation < 0)
        return wn_hdf5_fail(file, member->path, "truncated or damaged");
    member->chunk_rows = 1;
    int rank = H5Pget_layout(creation) == H5D_CHUNKED ? H5Pget_chunk(creation, H5S_MAX_RANK, chunk) : 0;
    if (rank > 0) {
        member->chunk_rows = (int64_t)chunk[0];
        measure_chunks(member, dataset, chunk, rank);
    }
    wn_hdf5_release(creation);
    return wn_member_source(member, file, member->path, dataset, 0);
}
