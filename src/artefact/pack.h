/* pack.h - numbers into the bytes of a section, and out again without trusting them. Private to src/artefact.
 * What cannot be read is WN_BAD_DATA; the caller names the section. */
#ifndef WINNOW_ARTEFACT_PACK_H
#define WINNOW_ARTEFACT_PACK_H

#include "winnow/huffman.h"

#include <stdbool.h>

/* Local. A whole number, seven bits a byte, lowest first. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_pack_count(wn_bytes *out, uint64_t value);

/* Local. Bytes by a Huffman code, n known to the reader. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_pack_bytes(wn_bytes *out, const unsigned char *data, size_t n);

/* Local. Floats by their four byte planes, each by a Huffman code of its own. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_pack_floats(wn_bytes *out, const float *values, size_t n);

/* Local. Doubles: nothing where all are `usual`; one where all are equal; else eight byte planes, of the values or of
 * what is left of their bits when those of a prediction (n; NULL: none) that the reader can make too are taken away.
 * Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_pack_doubles(wn_bytes *out, const double *values, size_t n, double usual,
                                      const double *prediction);

enum { WN_PACK_USUAL, WN_PACK_EQUAL, WN_PACK_PLANES, WN_PACK_PREDICTED };

/* Local. bits (n) = bits XOR those of a prediction; its own inverse. */
void wn_pack_take_away(uint64_t *bits, const double *prediction, size_t n);

/* Local. A mask (n_rows, n_cols) as gaps between its ones, row by row or column by column, whichever is shorter. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_pack_mask(wn_bytes *out, const unsigned char *mask, size_t n_rows, size_t n_cols);

/* Where a reader stands. */
typedef struct {
    const unsigned char *data; /* borrowed */
    size_t n;                  /* bytes left */
} wn_cursor;

/* Local. WN_BAD_DATA with a message that the caller puts the section's name before. */
WN_MUST_USE wn_status wn_unpack_damaged(void);

/* Local. The same ways back, the cursor moved behind what was read. A count above `limit` is damage. Fails:
 * WN_BAD_DATA, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_unpack_count(wn_cursor *cursor, uint64_t limit, uint64_t *value);
WN_MUST_USE wn_status wn_unpack_raw(wn_cursor *cursor, void *data, size_t n);
WN_MUST_USE wn_status wn_unpack_bytes(wn_cursor *cursor, unsigned char *data, size_t n);
WN_MUST_USE wn_status wn_unpack_symbols(wn_cursor *cursor, uint16_t *symbols, size_t n, size_t n_alphabet);
WN_MUST_USE wn_status wn_unpack_floats(wn_cursor *cursor, float *values, size_t n);
WN_MUST_USE wn_status wn_unpack_doubles(wn_cursor *cursor, double *values, size_t n, double usual,
                                        const double *prediction);
WN_MUST_USE wn_status wn_unpack_mask(wn_cursor *cursor, unsigned char *mask, size_t n_rows, size_t n_cols);

#endif
