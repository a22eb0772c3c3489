#include "winnow/spill.h"

#include "winnow/durable.h"
#include "winnow/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct wn_spill {
    int descriptor;
    char *directory;       /* owned; for messages */
    int64_t n_written;     /* bytes in the file */
    unsigned char *buffer; /* (room) owned; n of it wait */
    size_t room, n;
};

/* By a name that is gone at once, on file systems that know no files without one. */
static wn_status open_by_name(const char *directory, int *descriptor)
{
    char *path = NULL;
    wn_status status = wn_string_format(&path, "%s/spill-XXXXXX", directory);
    if (status != WN_OK)
        return status;
    *descriptor = mkostemp(path, O_CLOEXEC);
    if (*descriptor < 0)
        status = wn_durable_refusal(path);
    else
        unlink(path);
    wn_free(path);
    return status;
}

static wn_status open_file(const char *directory, int *descriptor)
{
    *descriptor = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    return *descriptor >= 0 ? WN_OK : open_by_name(directory, descriptor);
}

wn_status wn_spill_open(wn_spill **spill, const char *directory, size_t buffer_bytes)
{
    wn_status status = WN_OK;
    wn_spill *made = NULL;
    TRY(wn_new(&made, 1));
    made->descriptor = -1;
    made->room = buffer_bytes;
    TRY(wn_new(&made->buffer, buffer_bytes));
    TRY(wn_string_copy(&made->directory, directory));
    TRY(open_file(directory, &made->descriptor));
    *spill = made;
    made = NULL;
done:
    wn_spill_close(made);
    return status;
}

void wn_spill_close(wn_spill *spill)
{
    if (spill == NULL)
        return;
    if (spill->descriptor >= 0)
        close(spill->descriptor);
    wn_free(spill->directory);
    wn_free(spill->buffer);
    wn_free(spill);
}

static wn_status fault(const wn_spill *spill, const char *what)
{
    return wn_fail(WN_IO, "%s: what outgrows memory cannot be %s: %s", spill->directory, what, strerror(errno));
}

static wn_status write_out(wn_spill *spill, const unsigned char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t written = pwrite(spill->descriptor, bytes, n, spill->n_written);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fault(spill, "written");
        bytes += written;
        n -= (size_t)written;
        spill->n_written += written;
    }
    return WN_OK;
}

wn_status wn_spill_flush(wn_spill *spill)
{
    wn_status status = write_out(spill, spill->buffer, spill->n);
    spill->n = 0;
    return status;
}

wn_status wn_spill_append(wn_spill *spill, const void *bytes, size_t n)
{
    wn_status status = WN_OK;
    if (n > spill->room - spill->n)
        TRY(wn_spill_flush(spill));
    if (n > spill->room)
        return write_out(spill, bytes, n);
    memcpy(spill->buffer + spill->n, bytes, n);
    spill->n += n;
done:
    return status;
}

int64_t wn_spill_size(const wn_spill *spill)
{
    return spill->n_written + (int64_t)spill->n;
}

wn_status wn_spill_read(const wn_spill *spill, int64_t offset, void *bytes, size_t n)
{
    unsigned char *next = bytes;
    while (n > 0) {
        ssize_t n_read = pread(spill->descriptor, next, n, offset);
        if (n_read < 0 && errno == EINTR)
            continue;
        if (n_read == 0)
            errno = EIO; /* shorter than what was written */
        if (n_read <= 0)
            return fault(spill, "read again");
        next += n_read;
        n -= (size_t)n_read;
        offset += n_read;
    }
    return WN_OK;
}

wn_spill_reader wn_spill_reader_of(const wn_spill *spill, int64_t begin, int64_t end, unsigned char *buffer,
                                   size_t room)
{
    return (wn_spill_reader){.spill = spill, .next = begin, .end = end, .buffer = buffer, .room = room};
}

bool wn_spill_reader_is_done(const wn_spill_reader *reader)
{
    return reader->at == reader->n && reader->next == reader->end;
}

static size_t left_of(const wn_spill_reader *reader)
{
    return (size_t)(reader->end - reader->next);
}

static wn_status fill(wn_spill_reader *reader)
{
    size_t n = left_of(reader) < reader->room ? left_of(reader) : reader->room;
    wn_status status = wn_spill_read(reader->spill, reader->next, reader->buffer, n);
    if (status != WN_OK)
        return status;
    reader->at = 0;
    reader->n = n;
    reader->next += (int64_t)n;
    return WN_OK;
}

wn_status wn_spill_reader_read(wn_spill_reader *reader, void *bytes, size_t n)
{
    wn_status status = WN_OK;
    unsigned char *to = bytes;
    if (n > reader->n - reader->at + left_of(reader))
        return wn_fail(WN_INTERNAL, "%zu bytes of a spill are wanted beyond its end", n);
    while (n > 0) {
        if (reader->at == reader->n)
            TRY(fill(reader));
        size_t step = reader->n - reader->at < n ? reader->n - reader->at : n;
        memcpy(to, reader->buffer + reader->at, step);
        reader->at += step;
        to += step;
        n -= step;
    }
done:
    return status;
}

void wn_spill_reader_skip(wn_spill_reader *reader, size_t n)
{
    size_t in_buffer = reader->n - reader->at < n ? reader->n - reader->at : n;
    reader->at += in_buffer;
    reader->next += (int64_t)(n - in_buffer);
}
