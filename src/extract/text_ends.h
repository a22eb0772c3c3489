/* text_ends.h - the first and the last bytes of a text in two words: with its length, all of it where it has at most 16
 * bytes, as levels mostly have. Tables in memory find and compare by them in a few cycles. */
#ifndef WINNOW_EXTRACT_TEXT_ENDS_H
#define WINNOW_EXTRACT_TEXT_ENDS_H

#include "winnow/hash.h"
#include "winnow/texts.h"

#include <stdbool.h>
#include <string.h>

typedef struct {
    uint64_t first, last;
    size_t n_bytes;
} wn_text_ends;

enum { WN_TEXT_ENDS_BYTES = 16 };

/* Local. The ends of a text; they overlap in a short one. */
static inline wn_text_ends wn_text_ends_of(wn_text text)
{
    wn_text_ends ends = {0, 0, text.n_bytes};
    if (text.n_bytes >= 8) {
        memcpy(&ends.first, text.data, 8);
        memcpy(&ends.last, text.data + text.n_bytes - 8, 8);
    } else if (text.n_bytes >= 4) {
        uint32_t first, last;
        memcpy(&first, text.data, 4);
        memcpy(&last, text.data + text.n_bytes - 4, 4);
        ends.first = first;
        ends.last = last;
    } else if (text.n_bytes > 0) {
        ends.first = (unsigned char)text.data[0];
        ends.last =
            (uint64_t)(unsigned char)text.data[text.n_bytes / 2] << 8 | (unsigned char)text.data[text.n_bytes - 1];
    }
    return ends;
}

/* Local. A hash of the whole text; of a short one by a product of its ends (after wyhash). */
static inline uint64_t wn_text_ends_hash(wn_text_ends ends, wn_text text)
{
    if (text.n_bytes > WN_TEXT_ENDS_BYTES)
        return wn_hash_bytes(text.data, text.n_bytes, 0).low;
    unsigned __int128 product =
        (unsigned __int128)(ends.first ^ 0x9E3779B97F4A7C15u ^ ends.n_bytes) * (ends.last ^ 0xD1B54A32D192ED03u);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Local. Whether a text, of these ends, equals another. */
static inline bool wn_text_ends_equal(wn_text_ends ends, wn_text text, wn_text_ends other_ends, const char *other)
{
    return ends.first == other_ends.first && ends.last == other_ends.last && ends.n_bytes == other_ends.n_bytes &&
           (ends.n_bytes <= WN_TEXT_ENDS_BYTES || memcmp(text.data, other, text.n_bytes) == 0);
}

#endif
