#include "recipe_stamp.h"

#include "recipe_file.h"

#include "winnow/hash.h"
#include "winnow/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PIECE_BYTES = 1 << 20 };

/* The stamp that a file with such bytes has. */
static void format_stamp(wn_hash hash, char stamp[WN_RECIPE_FILE_STAMP])
{
    char text[WN_HASH_TEXT_SIZE];
    wn_hash_text(hash, text);
    memset(stamp, 0, WN_RECIPE_FILE_STAMP);
    snprintf(stamp, WN_RECIPE_FILE_STAMP, "winnow recipe 1\nxxh3-128 of the bytes behind the first %d: %s\n",
             WN_RECIPE_FILE_STAMP, text);
}

/* Local. The hash of all bytes behind the stamp. */
static wn_status hash_behind_stamp(int descriptor, const char *path, wn_hash *hash)
{
    wn_status status = WN_OK;
    wn_hasher *hasher = NULL;
    char *piece = NULL;
    off_t offset = WN_RECIPE_FILE_STAMP;
    TRY(wn_hasher_new(&hasher, 0));
    TRY(wn_new(&piece, PIECE_BYTES));
    for (;;) {
        ssize_t n = pread(descriptor, piece, PIECE_BYTES, offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            TRY(wn_fail(WN_IO, "%s: %s", path, strerror(errno)));
        if (n <= 0)
            break;
        wn_hasher_add(hasher, piece, (size_t)n);
        offset += n;
    }
    *hash = wn_hasher_finish(hasher);
done:
    wn_free(piece);
    wn_hasher_free(hasher);
    return status;
}

wn_status wn_recipe_stamp_write(const char *part, const char *path)
{
    wn_status status = WN_OK;
    wn_hash hash;
    char stamp[WN_RECIPE_FILE_STAMP];
    int descriptor = open(part, O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        return wn_fail(WN_IO, "%s: %s", path, strerror(errno));
    TRY(hash_behind_stamp(descriptor, path, &hash));
    format_stamp(hash, stamp);
    if (pwrite(descriptor, stamp, sizeof stamp, 0) != (ssize_t)sizeof stamp || fsync(descriptor) != 0)
        status = wn_fail(WN_IO, "%s: %s", path, strerror(errno));
done:
    if (close(descriptor) != 0 && status == WN_OK)
        status = wn_fail(WN_IO, "%s: %s", path, strerror(errno));
    return status;
}

wn_status wn_recipe_stamp_verify(const char *path)
{
    wn_status status = WN_OK;
    wn_hash hash;
    char stamp[WN_RECIPE_FILE_STAMP], expected[WN_RECIPE_FILE_STAMP];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return wn_fail(WN_NO_INPUT, "%s: %s", path, strerror(errno));
    ssize_t n = pread(descriptor, stamp, sizeof stamp, 0);
    if (n < 0)
        TRY(wn_fail(WN_IO, "%s: %s", path, strerror(errno)));
    if (n != (ssize_t)sizeof stamp || memcmp(stamp, "winnow recipe", strlen("winnow recipe")) != 0)
        TRY(wn_fail(WN_BAD_DATA, "%s: not a recipe", path));
    TRY(hash_behind_stamp(descriptor, path, &hash));
    format_stamp(hash, expected);
    if (memcmp(stamp, expected, sizeof stamp) != 0)
        status = wn_fail(WN_BAD_DATA, "%s: damaged: the checksum does not fit its bytes", path);
done:
    close(descriptor);
    return status;
}
