#include "filters.h"

#include <string.h>

/* Words of a vector, and vectors before 32-bit sums could overflow. */
enum { CHECKSUM_BYTES = 4, LANES = 8, VECTORS_A_FOLD = 44 };

typedef uint16_t words __attribute__((vector_size(2 * LANES)));
typedef uint32_t pairs __attribute__((vector_size(2 * LANES)));

/* Both sums modulo 65535, for whose multiples 65535 stands; only 0 is 0. */
typedef struct {
    uint32_t low, high;
} fletcher;

static uint32_t fold(uint32_t sum)
{
    return (sum & 0xffff) + (sum >> 16);
}

static void add_word(fletcher *sum, uint32_t word)
{
    sum->low = fold(sum->low + word);
    sum->high = fold(sum->high + sum->low);
}

static void add_lane(fletcher *sum, uint32_t k, uint32_t low, uint32_t high)
{
    sum->high += LANES * high - k * low;
    sum->low += low;
}

/* n vectors of words: every lane sums its own words and its own sums. Of n vectors, lane k's word of vector v is in the
 * lane's second sum n - v times, and belongs into the whole one 8 (n - v) - k times. */
static void add_vectors(fletcher *sum, const unsigned char *bytes, uint32_t n)
{
    pairs low[2] = {{0}}, high[2] = {{0}}; /* of lanes 0, 2, 4, 6 and 1, 3, 5, 7 */
    for (uint32_t v = 0; v < n; v++) {
        words word;
        memcpy(&word, bytes + v * sizeof word, sizeof word);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        word = word << 8 | word >> 8;
        low[0] += (pairs)word & 0xffff;
        low[1] += (pairs)word >> 16;
#else
        low[0] += (pairs)word >> 16;
        low[1] += (pairs)word & 0xffff;
#endif
        high[0] += low[0];
        high[1] += low[1];
    }
    sum->high += n * LANES * sum->low;
    for (uint32_t k = 0; k < LANES; k++)
        add_lane(sum, k, low[k % 2][k / 2], high[k % 2][k / 2]);
    sum->low = fold(sum->low);
    sum->high = fold(sum->high);
}

/* Fletcher's checksum (1982) as HDF5 computes it: of big-endian 16-bit words, an odd last byte being a high one. */
static uint32_t sum_words(const unsigned char *bytes, size_t n)
{
    fletcher sum = {0};
    size_t n_vectors = n / sizeof(words), i;
    for (size_t v = 0; v < n_vectors; v += VECTORS_A_FOLD) {
        uint32_t now = n_vectors - v < VECTORS_A_FOLD ? (uint32_t)(n_vectors - v) : VECTORS_A_FOLD;
        add_vectors(&sum, bytes + v * sizeof(words), now);
    }
    for (i = n_vectors * sizeof(words); i + 2 <= n; i += 2)
        add_word(&sum, (uint32_t)bytes[i] << 8 | bytes[i + 1]);
    if (i < n)
        add_word(&sum, (uint32_t)bytes[i] << 8);
    return fold(sum.high) << 16 | fold(sum.low);
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
