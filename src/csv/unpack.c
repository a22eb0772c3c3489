#include "unpack.h"

#include "winnow/durable.h"
#include "winnow/gzip_reader.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { BUFFER_BYTES = 256 << 10 };

bool wn_csv_is_packed(const char *path)
{
    size_t n = strlen(path);
    return n > 3 && strcasecmp(path + n - 3, ".gz") == 0;
}

static wn_status fail_write(const char *path)
{
    return wn_fail(WN_IO, "%s: cannot be written: %s", path, strerror(errno));
}

static wn_status copy(wn_gzip_reader *reader, FILE *out, const char *path)
{
    wn_status status = WN_OK;
    unsigned char *bytes = NULL;
    size_t n = BUFFER_BYTES;
    TRY(wn_new(&bytes, BUFFER_BYTES));
    while (n == BUFFER_BYTES) {
        if (wn_stop_requested())
            TRY(wn_fail(WN_STOPPED, "stopped while a table was converted; what was written is removed"));
        TRY(wn_gzip_reader_read(reader, bytes, BUFFER_BYTES, &n));
        if (fwrite(bytes, 1, n, out) != n)
            TRY(fail_write(path));
    }
done:
    wn_free(bytes);
    return status;
}

static wn_status unpack(const char *source, const char *path)
{
    wn_status status = WN_OK;
    wn_gzip_reader *reader = NULL;
    FILE *out = NULL;
    TRY(wn_gzip_reader_open(&reader, source));
    if (!wn_gzip_reader_is_packed(reader))
        TRY(wn_fail(WN_BAD_DATA, "%s: truncated or damaged: not of gzip", source));
    out = fopen(path, "wbe");
    status = out == NULL ? wn_durable_refusal(path) : copy(reader, out, path);
done:
    if (out != NULL && fclose(out) != 0 && status == WN_OK)
        status = fail_write(path);
    wn_gzip_reader_close(reader);
    return status;
}

static wn_status unpack_all(const char *const *sources, size_t n, const char *output, char **plain)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < n; i++) {
        if (!wn_csv_is_packed(sources[i]))
            continue;
        TRY(wn_string_format(&plain[i], "%s.part-%ld-%zu.csv", output, (long)getpid(), i));
        TRY(unpack(sources[i], plain[i]));
    }
done:
    return status;
}

wn_status wn_csv_unpack(const wn_ranks *ranks, const char *const *sources, size_t n, const char *output, char ***plain)
{
    char **paths = NULL;
    wn_status status = wn_ranks_agree(ranks, wn_new(&paths, n));
    if (status == WN_OK)
        status = wn_ranks_agree(ranks, ranks->rank == 0 ? unpack_all(sources, n, output, paths) : WN_OK);
    for (size_t i = 0; i < n && status == WN_OK; i++)
        status = wn_ranks_broadcast_text(ranks, 0, &paths[i]);
    if (status == WN_OK)
        *plain = paths;
    else
        wn_csv_unpacked_free(ranks, paths, n);
    return status;
}

void wn_csv_unpacked_free(const wn_ranks *ranks, char **plain, size_t n)
{
    for (size_t i = 0; plain != NULL && i < n; i++) {
        if (plain[i] != NULL && ranks->rank == 0)
            unlink(plain[i]);
        wn_free(plain[i]);
    }
    wn_free(plain);
}
