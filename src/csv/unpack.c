#include "unpack.h"

#include "source.h"
#include "winnow/durable.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <zlib.h>

enum { BUFFER_BYTES = 256 << 10, GZIP_ONLY = 16 };

bool wn_csv_is_packed(const char *path)
{
    size_t n = strlen(path);
    return n > 3 && strcasecmp(path + n - 3, ".gz") == 0;
}

typedef struct {
    wn_csv_file source;
    FILE *out;
    const char *path; /* of out */
    z_stream stream;
    unsigned char *in, *to; /* (BUFFER_BYTES) */
    bool is_between;        /* streams: the last one that began has ended */
    size_t n_streams;       /* that ended */
} unpacking;

static wn_status fail_damaged(const unpacking *u, const char *reason)
{
    return wn_fail(WN_BAD_DATA, "%s: truncated or damaged: %s", u->source.path, reason);
}

static wn_status fail_write(const char *path)
{
    return wn_fail(WN_IO, "%s: cannot be written: %s", path, strerror(errno));
}

/* The next bytes of the source; none at its end. */
static wn_status fill(unpacking *u)
{
    ssize_t n;
    do
        n = read(u->source.descriptor, u->in, BUFFER_BYTES);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return wn_fail(WN_IO, "%s: %s", u->source.path, strerror(errno));
    u->stream.next_in = u->in;
    u->stream.avail_in = (unsigned)n;
    return WN_OK;
}

/* What comes out of the bytes at hand, to the end of the stream at most. */
static wn_status inflate_some(unpacking *u)
{
    int code;
    do {
        u->stream.next_out = u->to;
        u->stream.avail_out = BUFFER_BYTES;
        code = inflate(&u->stream, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            return code == Z_MEM_ERROR ? wn_fail(WN_NO_MEMORY, "%s: no memory to read it", u->source.path)
                                       : fail_damaged(u, u->stream.msg != NULL ? u->stream.msg : "not of gzip");
        size_t n = BUFFER_BYTES - u->stream.avail_out;
        if (fwrite(u->to, 1, n, u->out) != n)
            return fail_write(u->path);
    } while (code == Z_OK && u->stream.avail_out == 0);
    u->is_between = code == Z_STREAM_END;
    u->n_streams += u->is_between;
    if (u->is_between)
        inflateReset(&u->stream);
    return WN_OK;
}

/* gzip files may be joined, and filled up with zeros. What else follows a stream is damage: zlib's own gzread passes
 * over it in silence, and rows would be lost. */
static wn_status copy(unpacking *u)
{
    wn_status status = WN_OK;
    for (;;) {
        if (wn_stop_requested())
            TRY(wn_fail(WN_STOPPED, "stopped while a table was converted; what was written is removed"));
        if (u->stream.avail_in == 0)
            TRY(fill(u));
        if (u->stream.avail_in == 0)
            break;
        if (u->is_between && *u->stream.next_in == 0) {
            u->stream.next_in++;
            u->stream.avail_in--;
            continue;
        }
        TRY(inflate_some(u));
    }
    if (!u->is_between)
        status = fail_damaged(u, u->n_streams > 0 || u->stream.total_in > 0 ? "it ends too early" : "it is empty");
done:
    return status;
}

static wn_status unpack(const char *source, const char *path)
{
    wn_status status = WN_OK;
    unpacking u = {.path = path, .source.descriptor = -1};
    TRY(wn_csv_file_open(&u.source, source, NULL));
    TRY(wn_new(&u.in, BUFFER_BYTES));
    TRY(wn_new(&u.to, BUFFER_BYTES));
    if (inflateInit2(&u.stream, 15 + GZIP_ONLY) != Z_OK)
        TRY(wn_fail(WN_NO_MEMORY, "%s: no memory to read it", source));
    u.out = fopen(path, "wbe");
    status = u.out == NULL ? wn_durable_refusal(path) : copy(&u);
    inflateEnd(&u.stream);
done:
    if (u.out != NULL && fclose(u.out) != 0 && status == WN_OK)
        status = fail_write(path);
    if (u.source.descriptor >= 0)
        close(u.source.descriptor);
    wn_free(u.to);
    wn_free(u.in);
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
