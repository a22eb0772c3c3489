/* unshuffle.h - from planes of bytes (all first bytes, all second bytes, ...) to elements. Each kernel is one function,
 * so that tests can hold every one against the plain loop; all but the plain one leave a remainder to the caller. */
#ifndef WINNOW_CODEC_UNSHUFFLE_H
#define WINNOW_CODEC_UNSHUFFLE_H

#include <stddef.h>

/* Local. (size, n) bytes at `in` become (n, size) bytes at `out`, by the fastest kernel of this processor. */
void wn_unshuffle(const unsigned char *in, unsigned char *out, size_t n, size_t size);

/* Local. Elements [first, n) by plain loops, for any size. */
void wn_unshuffle_plain(const unsigned char *in, unsigned char *out, size_t first, size_t n, size_t size);

/* Local. As many elements as fill whole vectors; returns how many that were. avx2 asks for a processor that has it and
 * knows sizes of 2, 4 and 8; of others it does none. */
#ifdef __x86_64__
size_t wn_unshuffle_sse2(const unsigned char *in, unsigned char *out, size_t n, size_t size);
size_t wn_unshuffle_avx2(const unsigned char *in, unsigned char *out, size_t n, size_t size);
#endif

#endif
