#include "winnow/gzip_reader.h"

#include "winnow/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { BUFFER_BYTES = 256 << 10, MOST_AT_ONCE = 1 << 30, GZIP_ONLY = 16 };

struct wn_gzip_reader {
    char *path; /* owned */
    int descriptor;
    bool is_packed;
    bool is_inflating; /* the stream's memory is to be given back */
    bool is_between;   /* streams: the last one that began has ended */
    bool has_more;     /* to give out of the bytes at hand */
    z_stream stream;   /* next_in, avail_in: bytes at hand, of plain files too */
    unsigned char *in; /* (BUFFER_BYTES) owned */
};

static wn_status fail_damaged(const wn_gzip_reader *reader, const char *reason)
{
    return wn_fail(WN_BAD_DATA, "%s: truncated or damaged: %s", reader->path, reason);
}

/* The next bytes of the file; none at its end. */
static wn_status fill(wn_gzip_reader *reader)
{
    ssize_t n;
    do
        n = read(reader->descriptor, reader->in, BUFFER_BYTES);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return wn_fail(WN_IO, "%s: %s", reader->path, strerror(errno));
    reader->stream.next_in = reader->in;
    reader->stream.avail_in = (unsigned)n;
    return WN_OK;
}

static wn_status open_file(wn_gzip_reader *reader)
{
    struct stat about;
    reader->descriptor = open(reader->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (reader->descriptor < 0)
        return wn_fail(WN_NO_INPUT, "%s: cannot be opened: %s", reader->path, strerror(errno));
    if (fstat(reader->descriptor, &about) != 0)
        return wn_fail(WN_IO, "%s: %s", reader->path, strerror(errno));
    return S_ISREG(about.st_mode) ? WN_OK : wn_fail(WN_BAD_DATA, "%s: is not a regular file", reader->path);
}

wn_status wn_gzip_reader_open(wn_gzip_reader **reader, const char *path)
{
    static const unsigned char magic[] = {0x1f, 0x8b};
    wn_status status = WN_OK;
    wn_gzip_reader *made = NULL;
    TRY(wn_new(&made, 1));
    made->descriptor = -1;
    TRY(wn_string_copy(&made->path, path));
    TRY(wn_new(&made->in, BUFFER_BYTES));
    TRY(open_file(made));
    TRY(fill(made));
    made->is_packed = made->stream.avail_in >= sizeof magic && memcmp(made->in, magic, sizeof magic) == 0;
    made->is_inflating = made->is_packed && inflateInit2(&made->stream, 15 + GZIP_ONLY) == Z_OK;
    if (made->is_packed && !made->is_inflating)
        TRY(wn_fail(WN_NO_MEMORY, "%s: no memory to read it", path));
    *reader = made;
    made = NULL;
done:
    wn_gzip_reader_close(made);
    return status;
}

void wn_gzip_reader_close(wn_gzip_reader *reader)
{
    if (reader == NULL)
        return;
    if (reader->is_inflating)
        inflateEnd(&reader->stream);
    if (reader->descriptor >= 0)
        close(reader->descriptor);
    wn_free(reader->in);
    wn_free(reader->path);
    wn_free(reader);
}

bool wn_gzip_reader_is_packed(const wn_gzip_reader *reader)
{
    return reader->is_packed;
}

static void copy_some(wn_gzip_reader *reader, unsigned char *bytes, size_t n, size_t *n_read)
{
    n = n < reader->stream.avail_in ? n : reader->stream.avail_in;
    memcpy(bytes, reader->stream.next_in, n);
    reader->stream.next_in += n;
    reader->stream.avail_in -= (unsigned)n;
    *n_read += n;
}

/* What comes out of the bytes at hand, to the end of the stream at most. */
static wn_status inflate_some(wn_gzip_reader *reader, unsigned char *bytes, size_t n, size_t *n_read)
{
    z_stream *stream = &reader->stream;
    unsigned room = n < MOST_AT_ONCE ? (unsigned)n : MOST_AT_ONCE;
    if (reader->is_between && *stream->next_in == 0) {
        stream->next_in++;
        stream->avail_in--;
        return WN_OK;
    }
    stream->next_out = bytes;
    stream->avail_out = room;
    int code = inflate(stream, Z_NO_FLUSH);
    if (code == Z_MEM_ERROR)
        return wn_fail(WN_NO_MEMORY, "%s: no memory to read it", reader->path);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
        return fail_damaged(reader, stream->msg != NULL ? stream->msg : "not of gzip");
    *n_read += room - stream->avail_out;
    reader->has_more = code == Z_OK && stream->avail_out == 0;
    reader->is_between = code == Z_STREAM_END;
    if (reader->is_between)
        inflateReset(stream);
    return WN_OK;
}

wn_status wn_gzip_reader_read(wn_gzip_reader *reader, void *bytes, size_t n, size_t *n_read)
{
    wn_status status = WN_OK;
    unsigned char *to = bytes;
    *n_read = 0;
    while (*n_read < n) {
        if (reader->stream.avail_in == 0 && !reader->has_more)
            TRY(fill(reader));
        if (reader->stream.avail_in == 0 && !reader->has_more)
            break;
        if (reader->is_packed)
            TRY(inflate_some(reader, to + *n_read, n - *n_read, n_read));
        else
            copy_some(reader, to + *n_read, n - *n_read, n_read);
    }
    if (*n_read < n && reader->is_packed && !reader->is_between)
        status = fail_damaged(reader, "it ends too early");
done:
    return status;
}

wn_status wn_gzip_reader_take(wn_gzip_reader *reader, void *bytes, size_t n)
{
    size_t n_read = 0;
    wn_status status = wn_gzip_reader_read(reader, bytes, n, &n_read);
    return status == WN_OK && n_read < n ? wn_fail(WN_BAD_DATA, "%s: truncated or damaged", reader->path) : status;
}
