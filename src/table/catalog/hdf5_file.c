#include "hdf5_file.h"

#include "winnow/hdf5_filters.h"
#include "winnow/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REASON_SIZE = 256 };

static char *path_note;
static size_t path_note_size;

void wn_hdf5_note_paths(char *note, size_t n)
{
    path_note = note;
    path_note_size = n;
}

/* After a write that failed (a full disk) the library cannot close the file, and crashes when it tries again at exit.
 * Files are closed here by whoever opened them, so it has nothing to do then. This must come before any other call of
 * the library, from wherever in the program. */
__attribute__((constructor)) static void leave_exit_alone(void)
{
    H5dont_atexit();
}

void wn_hdf5_setup(void)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    wn_hdf5_filters_register();
}

void wn_hdf5_release(hid_t id)
{
    if (id < 0)
        return;
    switch (H5Iget_type(id)) {
    case H5I_FILE:
        H5Fclose(id);
        break;
    case H5I_GROUP:
    case H5I_DATASET:
        H5Oclose(id);
        break;
    case H5I_DATATYPE:
        H5Tclose(id);
        break;
    case H5I_DATASPACE:
        H5Sclose(id);
        break;
    case H5I_ATTR:
        H5Aclose(id);
        break;
    case H5I_GENPROP_LST:
        H5Pclose(id);
        break;
    default:
        break;
    }
}

/* So begins what base/memory says in a filter of ours; what a damaged file asks for is no lack of memory. */
static const char OWN_MEMORY[] = "out of memory: ";

static herr_t keep_innermost(unsigned n, const H5E_error2_t *error, void *reason)
{
    if (n == 0 && error->desc != NULL)
        snprintf(reason, REASON_SIZE, "%s", error->desc);
    return 0;
}

wn_status wn_hdf5_fail(const wn_hdf5_file *file, const char *object, const char *what)
{
    char reason[REASON_SIZE] = "";
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, reason);
    H5Eclear2(H5E_DEFAULT);
    wn_status status = strstr(reason, "errno = ") != NULL ? WN_IO : WN_BAD_DATA;
    if (strncmp(reason, OWN_MEMORY, strlen(OWN_MEMORY)) == 0)
        status = WN_NO_MEMORY;
    const char *colon = object != NULL ? ": " : "", *open = reason[0] != '\0' ? " (HDF5: " : "";
    const char *close = reason[0] != '\0' ? ")" : "";
    return wn_fail(status, "%s%s%s: %s%s%s%s", file->path, colon, object != NULL ? object : "", what, open, reason,
                   close);
}

wn_status wn_hdf5_refuse(const wn_hdf5_file *file, const char *object)
{
    return wn_fail(WN_BAD_DATA, "%s: %s " WN_LEADS_OUT, file->path, object);
}

/* The library asks before it follows an external link. */
static herr_t judge_link(const char *parent_file, const char *parent_group, const char *child_file,
                         const char *child_object, unsigned *flags, hid_t access, void *context)
{
    (void)parent_file, (void)parent_group, (void)child_file, (void)child_object, (void)flags, (void)access;
    wn_hdf5_file *file = context;
    file->has_refused = !file->allows_external;
    return file->allows_external ? 0 : -1;
}

/* Opened once by the system itself, whose errno says more than the library: what is not there differs from what fails.
 */
static wn_status check_regular(wn_hdf5_file *file)
{
    struct stat info;
    int descriptor = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        bool is_absent = errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == EPERM || errno == ELOOP;
        return wn_fail(is_absent ? WN_NO_INPUT : WN_IO, "%s: cannot be opened: %s", file->path, strerror(errno));
    }
    int failed = fstat(descriptor, &info);
    close(descriptor);
    if (failed != 0)
        return wn_fail(WN_IO, "%s: %s", file->path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return wn_fail(WN_BAD_DATA, "%s: is not a regular file", file->path);
    file->n_bytes = info.st_size;
    file->mtime = (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
    return WN_OK;
}

hid_t wn_hdf5_new_access(void)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
#if H5_VERSION_GE(1, 10, 7)
    if (access >= 0)
        H5Pset_file_locking(access, false, true);
#else
    setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
#endif
    return access;
}

wn_status wn_hdf5_open(wn_hdf5_file *file, const char *path)
{
    wn_status status = WN_OK;
    hid_t access = -1;
    *file = (wn_hdf5_file){.id = -1, .links = -1, .path = path};
    wn_hdf5_setup();
    TRY(check_regular(file));
    if (path_note != NULL)
        snprintf(path_note, path_note_size, "%s", path);
    access = wn_hdf5_new_access();
    file->links = H5Pcreate(H5P_LINK_ACCESS);
    if (access < 0 || file->links < 0 || H5Pset_elink_cb(file->links, judge_link, file) < 0) {
        status = wn_fail(WN_NO_MEMORY, "%s: the HDF5 library has no memory left", path);
        goto done;
    }
    if (H5Fis_hdf5(path) <= 0) {
        status = wn_fail(WN_BAD_DATA, "%s: is not an HDF5 file", path);
        goto done;
    }
    file->id = H5Fopen(path, H5F_ACC_RDONLY, access);
    if (file->id < 0)
        status = wn_hdf5_fail(file, NULL, "truncated or damaged");
done:
    wn_hdf5_release(access);
    if (status != WN_OK)
        wn_hdf5_close(file);
    return status;
}

void wn_hdf5_close(wn_hdf5_file *file)
{
    wn_hdf5_release(file->id);
    wn_hdf5_release(file->links);
    file->id = file->links = -1;
}

/* Whether each link of the path exists and the last one leads to something. */
static wn_status look_for(bool *exists, wn_hdf5_file *file, const char *path)
{
    wn_status status = WN_OK;
    char *part = NULL;
    size_t n = strlen(path);
    *exists = true;
    if (strcmp(path, "/") == 0)
        return WN_OK;
    TRY(wn_string_copy(&part, path));
    for (size_t i = 1; i <= n && *exists; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        part[i] = '\0';
        *exists = H5Lexists(file->id, part, file->links) > 0 && H5Oexists_by_name(file->id, part, file->links) > 0;
        part[i] = path[i];
    }
done:
    wn_free(part);
    return status;
}

wn_status wn_hdf5_open_object(wn_hdf5_file *file, const char *path, hid_t *object)
{
    bool found = false;
    file->has_refused = false;
    *object = -1;
    wn_status status = look_for(&found, file, path);
    if (status != WN_OK)
        return status;
    if (found)
        *object = H5Oopen(file->id, path, file->links);
    if (*object >= 0)
        return WN_OK;
    if (file->has_refused)
        return wn_hdf5_refuse(file, path);
    if (found)
        return wn_hdf5_fail(file, path, "truncated or damaged");
    H5Eclear2(H5E_DEFAULT);
    return WN_OK;
}

static wn_status name_of(char **name, const wn_hdf5_file *file, hid_t object)
{
    wn_status status = WN_OK;
    char *made = NULL;
    ssize_t n = H5Fget_name(object, NULL, 0);
    if (n < 0)
        return wn_hdf5_fail(file, NULL, "truncated or damaged");
    TRY(wn_new(&made, (size_t)n + 1));
    if (H5Fget_name(object, made, (size_t)n + 1) != n)
        TRY(wn_hdf5_fail(file, NULL, "truncated or damaged"));
    *name = made;
    made = NULL;
done:
    wn_free(made);
    return status;
}

wn_status wn_hdf5_elsewhere(char **path, const wn_hdf5_file *file, hid_t object)
{
    wn_status status = WN_OK;
    char *own = NULL, *name = NULL;
    TRY(name_of(&own, file, file->id));
    TRY(name_of(&name, file, object));
    if (strcmp(own, name) != 0) {
        *path = name;
        name = NULL;
    }
done:
    wn_free(name);
    wn_free(own);
    return status;
}
