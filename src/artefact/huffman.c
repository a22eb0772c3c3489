#include "huffman_table.h"

#include "winnow/memory.h"

#include <string.h>

/* The first byte of a run of symbols. */
enum { SINGLE = 1, PLAIN, CODED };

static unsigned plain_width(size_t n_alphabet)
{
    unsigned width = 1;
    while (width < 16 && n_alphabet > (size_t)1 << width)
        width++;
    return width;
}

static wn_status put_plain(wn_bytes *out, const uint16_t *symbols, size_t n, size_t n_alphabet)
{
    wn_status status = WN_OK;
    wn_bit_writer writer = {.out = out};
    TRY(wn_bytes_append(out, &(unsigned char){PLAIN}, 1));
    for (size_t i = 0; i < n; i++)
        TRY(wn_bits_put(&writer, symbols[i], plain_width(n_alphabet)));
    TRY(wn_bits_flush(&writer));
done:
    return status;
}

static wn_status put_coded(wn_bytes *out, const uint16_t *symbols, size_t n, const unsigned char *lengths,
                           size_t n_alphabet)
{
    wn_status status = WN_OK;
    uint16_t codes[WN_HUFFMAN_ALPHABET] = {0};
    wn_bit_writer writer = {.out = out};
    wn_huffman_codes(lengths, n_alphabet, codes);
    TRY(wn_bytes_append(out, &(unsigned char){CODED}, 1));
    TRY(wn_huffman_table_put(&writer, lengths, n_alphabet));
    for (size_t i = 0; i < n; i++)
        TRY(wn_bits_put(&writer, codes[symbols[i]], lengths[symbols[i]]));
    TRY(wn_bits_flush(&writer));
done:
    return status;
}

/* Both ways are written; the longer one is taken back. */
static wn_status put_shorter(wn_bytes *out, const uint16_t *symbols, size_t n, const uint64_t *counts,
                             size_t n_alphabet)
{
    wn_status status = WN_OK;
    unsigned char lengths[WN_HUFFMAN_ALPHABET];
    size_t first = out->n;
    wn_huffman_lengths(counts, n_alphabet, WN_HUFFMAN_LENGTH, lengths);
    TRY(put_coded(out, symbols, n, lengths, n_alphabet));
    if (out->n - first > 1 + (n * plain_width(n_alphabet) + 7) / 8) {
        out->n = first;
        TRY(put_plain(out, symbols, n, n_alphabet));
    }
done:
    return status;
}

wn_status wn_huffman_encode(wn_bytes *out, const uint16_t *symbols, size_t n, size_t n_alphabet)
{
    uint64_t counts[WN_HUFFMAN_ALPHABET] = {0};
    size_t n_before = out->n;
    if (n == 0)
        return WN_OK;
    for (size_t i = 0; i < n; i++)
        counts[symbols[i]]++;
    wn_status status;
    if (counts[symbols[0]] == n) {
        unsigned char single[3] = {SINGLE, (unsigned char)(symbols[0] & 255), (unsigned char)(symbols[0] >> 8)};
        status = wn_bytes_append(out, single, sizeof single);
    } else {
        status = put_shorter(out, symbols, n, counts, n_alphabet);
    }
    if (status != WN_OK)
        out->n = n_before;
    return status;
}

static bool get_single(const unsigned char *data, size_t n_bytes, uint16_t *symbols, size_t n, size_t n_alphabet,
                       size_t *n_used)
{
    if (n_bytes < 2)
        return false;
    uint16_t symbol = (uint16_t)(data[0] | data[1] << 8);
    for (size_t i = 0; i < n; i++)
        symbols[i] = symbol;
    *n_used = 2;
    return symbol < n_alphabet;
}

static bool get_plain(const unsigned char *data, size_t n_bytes, uint16_t *symbols, size_t n, size_t n_alphabet,
                      size_t *n_used)
{
    wn_bit_reader reader = wn_bits_reader(data, n_bytes);
    unsigned width = plain_width(n_alphabet);
    for (size_t i = 0; i < n && !reader.is_short; i++) {
        symbols[i] = (uint16_t)wn_bits_get(&reader, width);
        if (symbols[i] >= n_alphabet)
            return false;
    }
    return wn_bits_end(&reader, n_used);
}

static bool get_coded(const unsigned char *data, size_t n_bytes, uint16_t *symbols, size_t n, size_t n_alphabet,
                      size_t *n_used)
{
    wn_huffman_tree tree;
    unsigned char lengths[WN_HUFFMAN_ALPHABET];
    wn_bit_reader reader = wn_bits_reader(data, n_bytes);
    if (!wn_huffman_table_get(&reader, lengths, n_alphabet) || !wn_huffman_tree_fill(&tree, lengths, n_alphabet))
        return false;
    for (size_t i = 0; i < n && !reader.is_short; i++)
        symbols[i] = wn_huffman_tree_next(&tree, &reader);
    return wn_bits_end(&reader, n_used);
}

wn_status wn_huffman_decode(const unsigned char *data, size_t n_bytes, uint16_t *symbols, size_t n, size_t n_alphabet,
                            size_t *n_used)
{
    bool done = false;
    size_t used = 0;
    if (n == 0) {
        *n_used = 0;
        return WN_OK;
    }
    if (n_bytes > 0 && data[0] == SINGLE)
        done = get_single(data + 1, n_bytes - 1, symbols, n, n_alphabet, &used);
    else if (n_bytes > 0 && data[0] == PLAIN)
        done = get_plain(data + 1, n_bytes - 1, symbols, n, n_alphabet, &used);
    else if (n_bytes > 0 && data[0] == CODED)
        done = get_coded(data + 1, n_bytes - 1, symbols, n, n_alphabet, &used);
    if (!done)
        return wn_fail(WN_BAD_DATA, "coded symbols are damaged");
    *n_used = used + 1;
    return WN_OK;
}
