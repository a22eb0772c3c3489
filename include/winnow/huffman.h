/* huffman.h - canonical Huffman coding of small symbols (Huffman 1952), for masks, quantized weights and bytes.
 * Code lengths are limited to 15 bits by package-merge (Larmore and Hirschberg 1990) and stored as deflate does (RFC
 * 1951); a single symbol costs nothing but its name, and symbols that do not compress are packed in plain bits. */
#ifndef WINNOW_HUFFMAN_H
#define WINNOW_HUFFMAN_H

#include "winnow/status.h"

#include <stdint.h>

/* The largest alphabet, and the longest code in bits. */
enum { WN_HUFFMAN_ALPHABET = 1024, WN_HUFFMAN_LENGTH = 15 };

/* A growing run of bytes. */
typedef struct {
    unsigned char *data; /* owned */
    size_t n, capacity;
} wn_bytes;

/* Local. Appends raw bytes. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_bytes_append(wn_bytes *bytes, const void *data, size_t n);
void wn_bytes_clear(wn_bytes *bytes);

/* Local. Code lengths (n_alphabet) for counts (n_alphabet, at least two of them not 0) that make the shortest text with
 * no code above n_limit bits (2^n_limit >= symbols used); 0 for symbols that do not occur. */
void wn_huffman_lengths(const uint64_t *counts, size_t n_alphabet, unsigned n_limit, unsigned char *lengths);

/* Local. Appends n symbols (each < n_alphabet <= WN_HUFFMAN_ALPHABET) with their code table, the shorter of coded and
 * plain. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_huffman_encode(wn_bytes *out, const uint16_t *symbols, size_t n, size_t n_alphabet);

/* Local. Decodes n symbols from data (n_bytes) into symbols; *n_used tells the bytes consumed. Fails: WN_BAD_DATA on
 * input that no encoder makes: a table that is not a complete code, symbols outside the alphabet, bits missing or left
 * over; never reads past n_bytes. */
WN_MUST_USE wn_status wn_huffman_decode(const unsigned char *data, size_t n_bytes, uint16_t *symbols, size_t n,
                                        size_t n_alphabet, size_t *n_used);

#endif
