#include "winnow/durable.h"

#include "winnow/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static wn_status fault(const char *path)
{
    return wn_fail(WN_IO, "%s: %s", path, strerror(errno));
}

static wn_status write_all(int descriptor, const char *bytes, size_t n, const char *path)
{
    while (n > 0) {
        ssize_t written = write(descriptor, bytes, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fault(path);
        bytes += written;
        n -= (size_t)written;
    }
    return fsync(descriptor) == 0 ? WN_OK : fault(path);
}

wn_status wn_durable_refusal(const char *path)
{
    bool is_disk = errno == ENOSPC || errno == EDQUOT || errno == EIO;
    return wn_fail(is_disk ? WN_IO : WN_CANT_CREATE, "%s: cannot be created: %s", path, strerror(errno));
}

static wn_status create(const char *path, int *descriptor)
{
    *descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return *descriptor < 0 ? wn_durable_refusal(path) : WN_OK;
}

wn_status wn_durable_write(const char *path, const void *bytes, size_t n)
{
    int descriptor;
    wn_status status = create(path, &descriptor);
    if (status != WN_OK)
        return status;
    status = write_all(descriptor, bytes, n, path);
    if (close(descriptor) != 0 && status == WN_OK)
        status = fault(path);
    if (status != WN_OK)
        unlink(path);
    return status;
}

wn_status wn_durable_create(const char *path)
{
    int descriptor;
    wn_status status = create(path, &descriptor);
    if (status == WN_OK)
        close(descriptor);
    return status;
}

/* Some file systems cannot sync a directory, and say EINVAL. */
static wn_status sync_path(const char *path, int flags)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | flags);
    if (descriptor < 0)
        return fault(path);
    bool is_synced = fsync(descriptor) == 0 || (flags != 0 && errno == EINVAL);
    int cause = errno;
    close(descriptor);
    errno = cause;
    return is_synced ? WN_OK : fault(path);
}

wn_status wn_durable_sync(const char *path)
{
    return sync_path(path, 0);
}

wn_status wn_durable_rename(const char *from, const char *to)
{
    char *copy = NULL;
    wn_status status = wn_string_copy(&copy, to);
    if (status != WN_OK)
        return status;
    status = rename(from, to) == 0 ? sync_path(dirname(copy), O_DIRECTORY) : fault(to);
    wn_free(copy);
    return status;
}

wn_status wn_durable_directory(const char *path)
{
    char *part = NULL;
    wn_status status = wn_string_copy(&part, path);
    if (status != WN_OK)
        return status;
    for (char *c = part + 1; status == WN_OK && *path; c++) {
        if (*c && *c != '/')
            continue;
        char end = *c;
        *c = 0;
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            status = wn_durable_refusal(part);
        *c = end;
        if (!end)
            break;
    }
    wn_free(part);
    return status;
}
