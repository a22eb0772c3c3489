/* spill.h - a file without a name for what outgrows memory: written at its end, read anywhere.
 * It is unlinked as soon as it is open, so that a kill leaves nothing behind. What must last is in durable.h. */
#ifndef WINNOW_SPILL_H
#define WINNOW_SPILL_H

#include "winnow/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct wn_spill wn_spill;

/* A part of a spill that is read from its begin to its end. The buffer is the caller's. */
typedef struct {
    const wn_spill *spill; /* borrowed */
    int64_t next, end;     /* bytes of the spill that are not in the buffer yet */
    unsigned char *buffer; /* (room) borrowed */
    size_t room, at, n;    /* the bytes [at, n) of the buffer come next */
} wn_spill_reader;

/* Local. An empty file in a directory that is there; what is appended waits in a buffer of buffer_bytes (at least 1).
 * The caller closes it. Fails: WN_CANT_CREATE, WN_IO (also disk full), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_spill_open(wn_spill **spill, const char *directory, size_t buffer_bytes);

/* Local. The file and its bytes are gone; NULL is fine. */
void wn_spill_close(wn_spill *spill);

/* Local. n more bytes at the end. Fails: WN_IO (also disk full); then the end is where it was, or within the bytes. */
WN_MUST_USE wn_status wn_spill_append(wn_spill *spill, const void *bytes, size_t n);

/* Local. How many bytes were appended. */
int64_t wn_spill_size(const wn_spill *spill);

/* Local. What was appended so far can then be read. Fails: WN_IO. */
WN_MUST_USE wn_status wn_spill_flush(wn_spill *spill);

/* Local. n bytes that begin at an offset, all of which were flushed. Fails: WN_IO. */
WN_MUST_USE wn_status wn_spill_read(const wn_spill *spill, int64_t offset, void *bytes, size_t n);

/* Local. Reads [begin, end) of a spill through a buffer of `room` bytes (at least 1), borrowed. */
wn_spill_reader wn_spill_reader_of(const wn_spill *spill, int64_t begin, int64_t end, unsigned char *buffer,
                                   size_t room);

/* Local. Whether all was read. */
bool wn_spill_reader_is_done(const wn_spill_reader *reader);

/* Local. The next n bytes of the part, which has as many. Fails: WN_IO, WN_INTERNAL where it has fewer. */
WN_MUST_USE wn_status wn_spill_reader_read(wn_spill_reader *reader, void *bytes, size_t n);

/* Local. Passes over the next n bytes of the part. */
void wn_spill_reader_skip(wn_spill_reader *reader, size_t n);

#endif
