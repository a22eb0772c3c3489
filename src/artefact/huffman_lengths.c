#include "winnow/huffman.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint64_t count;
    uint32_t symbol;
} leaf;

/* Rarest first, ties by symbol. */
static int compare_leaves(const void *a, const void *b)
{
    const leaf *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? -1 : 1;
    return x->symbol < y->symbol ? -1 : 1;
}

/* One level of package-merge: the leaves merged with the pairs of the list below, lightest first. Marks which items are
 * leaves; returns how many items there are. */
static size_t merge_level(const leaf *leaves, size_t n_leaves, const uint64_t *below, size_t n_below, uint64_t *list,
                          unsigned char *is_leaf)
{
    size_t n_pairs = n_below / 2, l = 0, p = 0;
    while (l < n_leaves || p < n_pairs) {
        uint64_t pair = p < n_pairs ? below[2 * p] + below[2 * p + 1] : 0;
        bool takes_leaf = p == n_pairs || (l < n_leaves && leaves[l].count <= pair);
        is_leaf[l + p] = takes_leaf;
        list[l + p] = takes_leaf ? leaves[l].count : pair;
        if (takes_leaf)
            l++;
        else
            p++;
    }
    return n_leaves + n_pairs;
}

/* The 2n - 2 lightest items of the top list are the code: each time a leaf is among the items taken of a level, its
 * code is one bit longer. */
static void take_lengths(const leaf *leaves, size_t n_leaves, unsigned char (*is_leaf)[2 * WN_HUFFMAN_ALPHABET],
                         unsigned n_levels, unsigned char *lengths)
{
    size_t n_taken = 2 * n_leaves - 2;
    for (unsigned level = n_levels; level-- > 0;) {
        size_t n_of_leaves = 0;
        for (size_t i = 0; i < n_taken; i++)
            n_of_leaves += is_leaf[level][i];
        for (size_t i = 0; i < n_of_leaves; i++)
            lengths[leaves[i].symbol]++;
        n_taken = 2 * (n_taken - n_of_leaves);
    }
}

void wn_huffman_lengths(const uint64_t *counts, size_t n_alphabet, unsigned n_limit, unsigned char *lengths)
{
    leaf leaves[WN_HUFFMAN_ALPHABET];
    uint64_t lists[2][2 * WN_HUFFMAN_ALPHABET];
    unsigned char is_leaf[WN_HUFFMAN_LENGTH][2 * WN_HUFFMAN_ALPHABET];
    size_t n_leaves = 0, n_list = 0;
    memset(lengths, 0, n_alphabet);
    for (size_t i = 0; i < n_alphabet; i++)
        if (counts[i] > 0)
            leaves[n_leaves++] = (leaf){counts[i], (uint32_t)i};
    qsort(leaves, n_leaves, sizeof *leaves, compare_leaves);
    for (unsigned level = 0; level < n_limit; level++)
        n_list = merge_level(leaves, n_leaves, lists[(level + 1) % 2], n_list, lists[level % 2], is_leaf[level]);
    take_lengths(leaves, n_leaves, is_leaf, n_limit, lengths);
}
