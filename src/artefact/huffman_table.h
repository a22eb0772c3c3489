/* huffman_table.h - code lengths as deflate stores them, and the canonical codes that follow from them. Private to
 * src/artefact. */
#ifndef WINNOW_ARTEFACT_HUFFMAN_TABLE_H
#define WINNOW_ARTEFACT_HUFFMAN_TABLE_H

#include "bits.h"

/* Local. Canonical codes: shorter first, then by symbol. codes (n_alphabet). */
void wn_huffman_codes(const unsigned char *lengths, size_t n_alphabet, uint16_t *codes);

/* What a decoder walks: symbols in the order of their codes, and how many codes have each length. */
typedef struct {
    uint16_t n_of_length[WN_HUFFMAN_LENGTH + 1];
    uint16_t symbols[WN_HUFFMAN_ALPHABET];
} wn_huffman_tree;

/* Local. The tree of code lengths; false unless they are a complete code of at least two symbols. */
bool wn_huffman_tree_fill(wn_huffman_tree *tree, const unsigned char *lengths, size_t n_alphabet);

/* Local. The next symbol; 0, and the reader short, past the end. */
uint16_t wn_huffman_tree_next(const wn_huffman_tree *tree, wn_bit_reader *reader);

/* Local. Writes and reads the lengths (n_alphabet). Reading returns false where no writer makes such bits. */
WN_MUST_USE wn_status wn_huffman_table_put(wn_bit_writer *writer, const unsigned char *lengths, size_t n_alphabet);
bool wn_huffman_table_get(wn_bit_reader *reader, unsigned char *lengths, size_t n_alphabet);

#endif
