#include "filters.h"

/* Additions of 16-bit words before 32-bit sums could overflow. */
enum { CHECKSUM_BYTES = 4, WORDS_A_FOLD = 360 };

static uint32_t fold(uint32_t sum)
{
    return (sum & 0xffff) + (sum >> 16);
}

/* Fletcher's checksum (1982) as HDF5 computes it: of big-endian 16-bit words, an odd last byte being a high one. */
static uint32_t sum_words(const unsigned char *bytes, size_t n)
{
    uint32_t low = 0, high = 0;
    for (size_t n_words = n / 2; n_words > 0;) {
        size_t now = n_words > WORDS_A_FOLD ? WORDS_A_FOLD : n_words;
        n_words -= now;
        for (; now > 0; now--, bytes += 2) {
            low += (uint32_t)bytes[0] << 8 | bytes[1];
            high += low;
        }
        low = fold(low);
        high = fold(high);
    }
    if (n % 2 == 1) {
        low = fold(low + ((uint32_t)bytes[0] << 8));
        high = fold(high + low);
    }
    return fold(high) << 16 | fold(low);
}

/* Files by HDF5 before 1.6.3 on little-endian machines have the two bytes of each half exchanged. */
static uint32_t exchange(uint32_t sum)
{
    return (sum & 0x00ff00ff) << 8 | (sum >> 8 & 0x00ff00ff);
}

wn_status wn_fletcher32_undo(wn_decoder *decoder, wn_stage *stage)
{
    (void)decoder;
    if (stage->n_in < CHECKSUM_BYTES)
        return wn_stage_damaged(stage, "no room for a checksum");
    size_t n = stage->n_in - CHECKSUM_BYTES;
    const unsigned char *end = stage->in + n;
    uint32_t stored = end[0] | (uint32_t)end[1] << 8 | (uint32_t)end[2] << 16 | (uint32_t)end[3] << 24;
    uint32_t sum = sum_words(stage->in, n);
    if (stored != sum && stored != exchange(sum))
        return wn_stage_damaged(stage, "the checksum differs");
    stage->n_out = n;
    return WN_OK;
}
