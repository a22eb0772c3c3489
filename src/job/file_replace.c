#include "file_replace.h"

#include "winnow/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 64 << 20 };

static wn_status write_whole(int descriptor, const char *text, const char *path)
{
    size_t n = strlen(text);
    while (n > 0) {
        ssize_t written = write(descriptor, text, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return wn_fail(WN_IO, "%s: %s", path, strerror(errno));
        text += written;
        n -= (size_t)written;
    }
    if (fsync(descriptor) != 0)
        return wn_fail(WN_IO, "%s: %s", path, strerror(errno));
    return WN_OK;
}

static wn_status write_beside(const char *path, const char *text)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return wn_fail(errno == ENOSPC ? WN_IO : WN_CANT_CREATE, "%s: %s", path, strerror(errno));
    wn_status status = write_whole(descriptor, text, path);
    if (close(descriptor) != 0 && status == WN_OK)
        status = wn_fail(WN_IO, "%s: %s", path, strerror(errno));
    if (status != WN_OK)
        unlink(path);
    return status;
}

wn_status wn_directory_sync(const char *directory)
{
    int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return wn_fail(WN_IO, "%s: %s", directory, strerror(errno));
    /* Some file systems cannot sync a directory, and say EINVAL. */
    bool is_synced = fsync(descriptor) == 0 || errno == EINVAL;
    int cause = errno;
    close(descriptor);
    return is_synced ? WN_OK : wn_fail(WN_IO, "%s: %s", directory, strerror(cause));
}

wn_status wn_file_replace(const char *directory, const char *name, const char *text)
{
    wn_status status = WN_OK;
    char *path = NULL, *beside = NULL;
    TRY(wn_string_format(&path, "%s/%s", directory, name));
    TRY(wn_string_format(&beside, "%s.part", path));
    TRY(write_beside(beside, text));
    if (rename(beside, path) != 0) {
        status = wn_fail(WN_IO, "%s: %s", path, strerror(errno));
        unlink(beside);
        goto done;
    }
    TRY(wn_directory_sync(directory));
done:
    wn_free(beside);
    wn_free(path);
    return status;
}

wn_status wn_file_text(const char *path, char **text)
{
    wn_status status = WN_OK;
    char *bytes = NULL;
    FILE *file = fopen(path, "rb");
    if (!file)
        return wn_fail(errno == ENOENT ? WN_NO_INPUT : WN_IO, "%s: %s", path, strerror(errno));
    size_t capacity = 4096, n = 0;
    do {
        capacity *= 2;
        if (capacity > TEXT_MAX)
            TRY(wn_fail(WN_IO, "%s: too large", path));
        TRY(wn_resize(&bytes, capacity));
        n += fread(bytes + n, 1, capacity - 1 - n, file);
    } while (n == capacity - 1);
    if (ferror(file))
        TRY(wn_fail(WN_IO, "%s: cannot be read", path));
    bytes[n] = 0;
    *text = bytes;
    bytes = NULL;
done:
    wn_free(bytes);
    fclose(file);
    return status;
}
