/* bits.h - bits in and out of bytes, most significant first. Private to src/artefact. */
#ifndef WINNOW_ARTEFACT_BITS_H
#define WINNOW_ARTEFACT_BITS_H

#include "winnow/huffman.h"

#include <stdbool.h>

typedef struct {
    wn_bytes *out; /* borrowed */
    uint32_t pending;
    unsigned n_pending;
} wn_bit_writer;

/* Local. Appends the n (at most 24) low bits of value. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_bits_put(wn_bit_writer *writer, uint32_t value, unsigned n);

/* Local. Fills the last byte with zero bits. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_bits_flush(wn_bit_writer *writer);

typedef struct {
    const unsigned char *data; /* borrowed */
    size_t n_bits, position;   /* bits there are, bits read */
    bool is_short;             /* more was asked for than there is */
} wn_bit_reader;

/* Local. From the first bit on; the bytes are borrowed. */
wn_bit_reader wn_bits_reader(const unsigned char *data, size_t n_bytes);

/* Local. The next n (at most 24) bits; zeros, and is_short, past the end. */
uint32_t wn_bits_get(wn_bit_reader *reader, unsigned n);

/* Local. Bytes begun so far; false where the rest of the last one is not zero, or bits were missing. */
bool wn_bits_end(wn_bit_reader *reader, size_t *n_bytes);

#endif
