#include "huffman_table.h"

#include <string.h>

/* Tokens of a stored table: a length 0 .. 15, or a run: the last length again 3 to 6 times (2 bits), zeros 3 to 10
 * times (3 bits), zeros 11 to 138 times (7 bits). */
enum { REPEAT = 16, ZEROS, MANY_ZEROS, N_TOKENS, TOKEN_LIMIT = 7, SIZE_BITS = 10 };

static const unsigned run_first[] = {3, 3, 11}, run_bits[] = {2, 3, 7};

typedef struct {
    unsigned char token, extra;
} run_token;

void wn_huffman_codes(const unsigned char *lengths, size_t n_alphabet, uint16_t *codes)
{
    unsigned code = 0;
    for (unsigned length = 1; length <= WN_HUFFMAN_LENGTH; length++, code <<= 1)
        for (size_t i = 0; i < n_alphabet; i++)
            if (lengths[i] == length)
                codes[i] = (uint16_t)code++;
}

bool wn_huffman_tree_fill(wn_huffman_tree *tree, const unsigned char *lengths, size_t n_alphabet)
{
    uint32_t room = 1u << WN_HUFFMAN_LENGTH, taken = 0;
    size_t n = 0;
    for (unsigned length = 1; length <= WN_HUFFMAN_LENGTH; length++) {
        size_t before = n;
        for (size_t i = 0; i < n_alphabet; i++)
            if (lengths[i] == length)
                tree->symbols[n++] = (uint16_t)i;
        tree->n_of_length[length] = (uint16_t)(n - before);
        taken += (uint32_t)(n - before) << (WN_HUFFMAN_LENGTH - length);
    }
    return n >= 2 && taken == room;
}

uint16_t wn_huffman_tree_next(const wn_huffman_tree *tree, wn_bit_reader *reader)
{
    uint32_t code = 0, first = 0;
    size_t index = 0;
    for (unsigned length = 1; length <= WN_HUFFMAN_LENGTH; length++) {
        code = code << 1 | wn_bits_get(reader, 1);
        uint32_t n = tree->n_of_length[length];
        if (code - first < n)
            return tree->symbols[index + (code - first)];
        index += n;
        first = (first + n) << 1;
    }
    reader->is_short = true;
    return 0;
}

static size_t run_length(const unsigned char *lengths, size_t n, size_t limit)
{
    size_t run = 1;
    while (run < n && run < limit && lengths[run] == lengths[0])
        run++;
    return run;
}

/* The tokens of lengths[n]; returns how many. */
static size_t find_tokens(const unsigned char *lengths, size_t n, run_token *tokens)
{
    size_t n_tokens = 0;
    for (size_t i = 0; i < n;) {
        bool is_zero = lengths[i] == 0, repeats = i > 0 && lengths[i] == lengths[i - 1];
        size_t run = run_length(lengths + i, n - i, is_zero ? 138 : 6);
        unsigned kind = !is_zero ? REPEAT : run < 11 ? ZEROS : MANY_ZEROS;
        if (run < 3 || (!is_zero && !repeats)) {
            tokens[n_tokens++] = (run_token){lengths[i++], 0};
            continue;
        }
        tokens[n_tokens++] = (run_token){(unsigned char)kind, (unsigned char)(run - run_first[kind - REPEAT])};
        i += run;
    }
    return n_tokens;
}

/* A code needs two symbols: the second is one that does not occur. */
static void token_lengths(const run_token *tokens, size_t n, unsigned char *lengths)
{
    uint64_t counts[N_TOKENS] = {0};
    size_t n_used = 0;
    for (size_t i = 0; i < n; i++)
        n_used += counts[tokens[i].token]++ == 0;
    if (n_used == 1)
        counts[counts[0] == 0 ? 0 : 1] = 1;
    wn_huffman_lengths(counts, N_TOKENS, TOKEN_LIMIT, lengths);
}

static wn_status put_tokens(wn_bit_writer *writer, const run_token *tokens, size_t n)
{
    wn_status status = WN_OK;
    unsigned char lengths[N_TOKENS];
    uint16_t codes[N_TOKENS] = {0};
    token_lengths(tokens, n, lengths);
    wn_huffman_codes(lengths, N_TOKENS, codes);
    for (size_t i = 0; i < N_TOKENS; i++)
        TRY(wn_bits_put(writer, lengths[i], 3));
    for (size_t i = 0; i < n; i++) {
        unsigned token = tokens[i].token;
        TRY(wn_bits_put(writer, codes[token], lengths[token]));
        if (token >= REPEAT)
            TRY(wn_bits_put(writer, tokens[i].extra, run_bits[token - REPEAT]));
    }
done:
    return status;
}

wn_status wn_huffman_table_put(wn_bit_writer *writer, const unsigned char *lengths, size_t n_alphabet)
{
    wn_status status = WN_OK;
    run_token tokens[WN_HUFFMAN_ALPHABET];
    size_t n = n_alphabet;
    while (n > 1 && lengths[n - 1] == 0)
        n--;
    TRY(wn_bits_put(writer, (uint32_t)(n - 1), SIZE_BITS));
    TRY(put_tokens(writer, tokens, find_tokens(lengths, n, tokens)));
done:
    return status;
}

bool wn_huffman_table_get(wn_bit_reader *reader, unsigned char *lengths, size_t n_alphabet)
{
    wn_huffman_tree tree;
    unsigned char token_length[N_TOKENS];
    memset(lengths, 0, n_alphabet);
    size_t n = wn_bits_get(reader, SIZE_BITS) + 1u;
    for (size_t i = 0; i < N_TOKENS; i++)
        token_length[i] = (unsigned char)wn_bits_get(reader, 3);
    if (n > n_alphabet || !wn_huffman_tree_fill(&tree, token_length, N_TOKENS))
        return false;
    for (size_t i = 0; i < n && !reader->is_short;) {
        unsigned token = wn_huffman_tree_next(&tree, reader);
        if (token < REPEAT) {
            lengths[i++] = (unsigned char)token;
            continue;
        }
        size_t run = run_first[token - REPEAT] + wn_bits_get(reader, run_bits[token - REPEAT]);
        if (run > n - i || (token == REPEAT && i == 0))
            return false;
        memset(lengths + i, token == REPEAT ? lengths[i - 1] : 0, run);
        i += run;
    }
    return !reader->is_short;
}
