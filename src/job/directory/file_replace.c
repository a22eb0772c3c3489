#include "file_replace.h"

#include "winnow/durable.h"
#include "winnow/memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 64 << 20 };

wn_status wn_file_replace(const char *directory, const char *name, const char *text)
{
    wn_status status = WN_OK;
    char *path = NULL, *beside = NULL;
    TRY(wn_string_format(&path, "%s/%s", directory, name));
    TRY(wn_string_format(&beside, "%s.part", path));
    TRY(wn_durable_write(beside, text, strlen(text)));
    status = wn_durable_rename(beside, path);
    if (status != WN_OK)
        unlink(beside);
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
