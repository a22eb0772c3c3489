/* huffman.h - canonical Huffman coding of small symbols (Huffman 1952), for masks, quantized weights and bytes.
 * Code lengths are limited to 15 bits and stored; a single symbol costs nothing but its table. */
#ifndef WINNOW_HUFFMAN_H
#define WINNOW_HUFFMAN_H

#include "winnow/status.h"

#include <stdint.h>

/* A growing run of bytes. */
typedef struct {
    unsigned char *data; /* owned */
    size_t n, capacity;
} wn_bytes;

/* Local. Appends raw bytes. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_bytes_append(wn_bytes *bytes, const void *data, size_t n);
void wn_bytes_clear(wn_bytes *bytes);

/* Local. Appends n symbols (each < n_alphabet <= 1024) with their code table. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_huffman_encode(wn_bytes *out, const uint16_t *symbols, size_t n, size_t n_alphabet);

/* Local. Decodes n symbols from data (n_bytes) into symbols; *n_used tells the bytes consumed. Fails: WN_BAD_DATA on
 * any input that an encoder does not make; never reads past n_bytes. */
WN_MUST_USE wn_status wn_huffman_decode(const unsigned char *data, size_t n_bytes, uint16_t *symbols, size_t n,
                                        size_t n_alphabet, size_t *n_used);

#endif
