#include "member_external.h"

#include "external_path.h"
#include "member_storage.h"
#include "winnow/memory.h"

#include <string.h>
#include <sys/types.h>

enum { DEEPEST_VIRTUAL = 8 };

/* Bytes of all cells; false where that is too many. */
static bool count_bytes(hid_t dataset, hsize_t *n_bytes)
{
    hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset);
    hssize_t n = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
    size_t size = type < 0 ? 0 : H5Tget_size(type);
    wn_hdf5_release(space);
    wn_hdf5_release(type);
    return n >= 0 && size > 0 && !__builtin_mul_overflow((hsize_t)n, (hsize_t)size, n_bytes);
}

/* Segment i, which has at most n_left of the dataset's bytes: n_left is then what is left for the next. */
static wn_status check_segment(wn_member *member, const wn_hdf5_file *file, hid_t creation, unsigned i, hsize_t *n_left)
{
    wn_status status = WN_OK;
    char name[WN_MEMBER_NAME_SIZE] = "", *path = NULL, *problem = NULL;
    off_t offset = 0;
    hsize_t n = 0;
    int64_t n_bytes = 0;
    if (H5Pget_external(creation, i, sizeof name, name, &offset, &n) < 0 || offset < 0)
        return wn_hdf5_fail(file, member->path, "truncated or damaged");
    if (memchr(name, '\0', sizeof name) == NULL)
        return wn_member_problem(member, WN_UNAVAILABLE, "has raw storage under a name longer than is built for");
    n = n < *n_left ? n : *n_left;
    TRY(wn_external_path_raw(&path, file->path, name));
    status = wn_externals_add(&member->externals, path, &n_bytes);
    if (status == WN_OK && (hsize_t)n_bytes < n + (hsize_t)offset)
        status = wn_fail(WN_BAD_DATA, "%s: has %lld bytes, and the cells from byte %lld on take %llu", path,
                         (long long)n_bytes, (long long)offset, (unsigned long long)n);
    if (status == WN_BAD_DATA) {
        TRY(wn_string_format(&problem, "has cells in a file that lacks them: %s", wn_status_message()));
        TRY(wn_member_problem(member, WN_BAD_DATA, problem));
    }
    *n_left -= n;
done:
    wn_free(problem);
    wn_free(path);
    return status;
}

wn_status wn_member_raw(wn_member *member, const wn_hdf5_file *file, hid_t dataset, hid_t creation)
{
    wn_status status = WN_OK;
    hsize_t n_left = 0;
    int n = H5Pget_external_count(creation);
    if (!file->allows_external)
        return wn_member_problem(member, WN_BAD_DATA, WN_LEADS_OUT);
    if (!count_bytes(dataset, &n_left))
        return wn_hdf5_fail(file, member->path, "truncated or damaged");
    for (int i = 0; i < n && n_left > 0 && status == WN_OK; i++)
        status = check_segment(member, file, creation, (unsigned)i, &n_left);
    if (status == WN_OK && n_left > 0)
        status = wn_member_problem(member, WN_BAD_DATA, "has raw storage that is smaller than its cells");
    return status;
}

/* Whether a selection lies within the cells that a source has. */
static bool lies_within(hid_t taken, hid_t space)
{
    hsize_t first[H5S_MAX_RANK], last[H5S_MAX_RANK], dims[H5S_MAX_RANK];
    int rank = H5Sget_simple_extent_dims(space, dims, NULL);
    bool does = rank > 0 && rank == H5Sget_simple_extent_ndims(taken) && H5Sget_select_bounds(taken, first, last) >= 0;
    for (int d = 0; does && d < rank; d++)
        does = last[d] < dims[d];
    return does;
}

/* Whether a source has what is taken of it: what it lacks would be zeros. All of it is as many cells as are mapped. */
static bool has_cells(hid_t creation, size_t i, hid_t source)
{
    hid_t taken = H5Pget_virtual_srcspace(creation, i), mapped = H5Pget_virtual_vspace(creation, i);
    hid_t space = H5Dget_space(source);
    bool has = taken >= 0 && mapped >= 0 && space >= 0;
    if (has && H5Sget_select_type(taken) == H5S_SEL_ALL)
        has = H5Sget_select_npoints(mapped) == H5Sget_simple_extent_npoints(space);
    else if (has)
        has = lies_within(taken, space);
    wn_hdf5_release(space);
    wn_hdf5_release(mapped);
    wn_hdf5_release(taken);
    H5Eclear2(H5E_DEFAULT);
    return has;
}

static wn_status check_object(wn_member *member, wn_hdf5_file *file, const char *path, hid_t creation, size_t i,
                              int depth)
{
    wn_status status = WN_OK;
    hid_t object = -1;
    TRY(wn_hdf5_open_object(file, path, &object));
    if (object < 0 || H5Iget_type(object) != H5I_DATASET)
        TRY(wn_member_problem(member, WN_BAD_DATA, "is a virtual dataset with a source that is not there"));
    else if (!has_cells(creation, i, object))
        TRY(wn_member_problem(member, WN_BAD_DATA, "is a virtual dataset with a source that has not as many cells"));
    else
        TRY(wn_member_source(member, file, path, object, depth + 1));
done:
    wn_hdf5_release(object);
    return status;
}

/* A source in another file, which is opened for it. */
static wn_status check_file(wn_member *member, wn_hdf5_file *file, const char *name, const char *path, hid_t creation,
                            size_t i, int depth)
{
    wn_status status = WN_OK;
    bool is_beside = false;
    int64_t n_bytes = 0;
    char *found = NULL, *problem = NULL;
    wn_hdf5_file other = {.id = -1, .links = -1};
    TRY(wn_external_path_source(&found, &is_beside, file->path, name));
    if (!is_beside && !file->allows_external && (found != NULL || strchr(name, '/') != NULL)) {
        status = wn_member_problem(member, WN_BAD_DATA, WN_LEADS_OUT);
        goto done;
    }
    status = found == NULL ? wn_fail(WN_BAD_DATA, "%s is not there", name)
                           : wn_externals_add(&member->externals, found, &n_bytes);
    if (status == WN_OK)
        status = wn_hdf5_open(&other, found);
    if (status == WN_BAD_DATA || status == WN_NO_INPUT) {
        TRY(wn_string_format(&problem, "is a virtual dataset with a source file that lacks it: %s",
                             wn_status_message()));
        TRY(wn_member_problem(member, WN_BAD_DATA, problem));
        goto done;
    }
    TRY(status);
    other.allows_external = file->allows_external;
    TRY(check_object(member, &other, path, creation, i, depth));
done:
    wn_hdf5_close(&other);
    wn_free(problem);
    wn_free(found);
    return status;
}

static wn_status check_source(wn_member *member, wn_hdf5_file *file, hid_t creation, size_t i, int depth)
{
    char name[WN_MEMBER_NAME_SIZE] = "", path[WN_MEMBER_NAME_SIZE] = "/";
    ssize_t n_name = H5Pget_virtual_filename(creation, i, name, sizeof name);
    ssize_t n = H5Pget_virtual_dsetname(creation, i, path + 1, sizeof path - 1);
    if (depth > DEEPEST_VIRTUAL)
        return wn_member_problem(member, WN_UNAVAILABLE, "is a virtual dataset of more layers than are built for");
    if (n < 0 || n_name < 0 || (size_t)n > sizeof path - 2 || (size_t)n_name > sizeof name - 1 ||
        strchr(path, '%') != NULL || strchr(name, '%') != NULL)
        return wn_member_problem(member, WN_UNAVAILABLE, "is a virtual dataset of a kind that is not built yet");
    const char *absolute = path[1] == '/' ? path + 1 : path;
    if (strcmp(name, ".") == 0)
        return check_object(member, file, absolute, creation, i, depth);
    return check_file(member, file, name, absolute, creation, i, depth);
}

wn_status wn_member_virtual(wn_member *member, wn_hdf5_file *file, hid_t creation, int depth)
{
    wn_status status = WN_OK;
    size_t n = 0;
    if (H5Pget_virtual_count(creation, &n) < 0)
        return wn_hdf5_fail(file, member->path, "truncated or damaged");
    for (size_t i = 0; i < n && status == WN_OK; i++)
        status = check_source(member, file, creation, i, depth);
    return status;
}
