#include "unpack.h"

#include "winnow/durable.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <zlib.h>

enum { BUFFER_BYTES = 256 << 10 };

bool wn_csv_is_packed(const char *path)
{
    size_t n = strlen(path);
    return n > 3 && strcasecmp(path + n - 3, ".gz") == 0;
}

static wn_status fail_read(gzFile in, const char *source)
{
    int code = Z_OK;
    const char *reason = gzerror(in, &code);
    if (code == Z_ERRNO)
        return wn_fail(WN_IO, "%s: %s", source, strerror(errno));
    return wn_fail(WN_BAD_DATA, "%s: truncated or damaged: %s", source, reason);
}

static wn_status fail_write(const char *path)
{
    return wn_fail(WN_IO, "%s: cannot be written: %s", path, strerror(errno));
}

/* At its end zlib has held the bytes against their checksum, or says that the stream was cut. */
static wn_status copy(gzFile in, const char *source, FILE *out, const char *path)
{
    wn_status status = WN_OK;
    char *bytes = NULL;
    int n, code;
    TRY(wn_new(&bytes, BUFFER_BYTES));
    while ((n = gzread(in, bytes, BUFFER_BYTES)) > 0) {
        if (wn_stop_requested())
            TRY(wn_fail(WN_STOPPED, "stopped while a table was converted; what was written is removed"));
        if (fwrite(bytes, 1, (size_t)n, out) != (size_t)n)
            TRY(fail_write(path));
    }
    gzerror(in, &code);
    if (n < 0 || (code != Z_OK && code != Z_STREAM_END))
        status = fail_read(in, source);
done:
    wn_free(bytes);
    return status;
}

static wn_status unpack(const char *source, const char *path)
{
    wn_status status = WN_OK;
    FILE *out = NULL;
    errno = 0;
    gzFile in = gzopen(source, "rb");
    if (in == NULL)
        return errno == 0 ? wn_fail(WN_NO_MEMORY, "%s: no memory to read it", source)
                          : wn_fail(WN_NO_INPUT, "%s: cannot be opened: %s", source, strerror(errno));
    gzbuffer(in, BUFFER_BYTES);
    out = fopen(path, "wbe");
    if (out == NULL) {
        status = wn_durable_refusal(path);
        goto done;
    }
    TRY(copy(in, source, out, path));
done:
    gzclose(in);
    if (out != NULL && fclose(out) != 0 && status == WN_OK)
        status = fail_write(path);
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
