/* wn_hashed_rows_sort: rows are dealt by the first bits of their keys, in place, until few lie in a bucket (American
 * flag sort; McIlroy, Bostic, McIlroy 1993). As keys are as good as random, the number of rows says how many bits that
 * takes: two rounds for millions, of which the second finds its rows in the cache. */
#include "row_hashes_state.h"
#include "winnow/radix_sort.h"

#include <string.h>

enum { FEW = 24, PER_BUCKET = 8, LEAST_BITS = 5, FIRST_BITS = 9, MOST_BITS = 11, KEY_BITS = 64 };

static bool is_less(const wn_hashed_row *a, const wn_hashed_row *b)
{
    if (a->high != b->high)
        return a->high < b->high;
    return a->low != b->low ? a->low < b->low : a->tag < b->tag;
}

static void insertion_sort(wn_hashed_row *rows, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        wn_hashed_row row = rows[i];
        size_t at = i;
        for (; at > 0 && is_less(&row, &rows[at - 1]); at--)
            rows[at] = rows[at - 1];
        rows[at] = row;
    }
}

static unsigned bits_for(size_t n, unsigned left)
{
    unsigned bits = LEAST_BITS;
    while (bits < MOST_BITS && (n >> bits) > PER_BUCKET)
        bits++;
    if (bits == MOST_BITS && (n >> bits) > PER_BUCKET << MOST_BITS)
        bits = FIRST_BITS;
    return bits < left ? bits : left;
}

static void deal(wn_hashed_row *rows, size_t n_buckets, unsigned shift, size_t *next, const size_t *end)
{
    for (size_t bucket = 0; bucket < n_buckets; bucket++)
        while (next[bucket] < end[bucket]) {
            wn_hashed_row row = rows[next[bucket]];
            for (size_t home; (home = row.high >> shift & (n_buckets - 1)) != bucket;) {
                wn_hashed_row *at = &rows[next[home]++], kept = *at;
                *at = row;
                row = kept;
            }
            rows[next[bucket]++] = row;
        }
}

/* The first KEY_BITS - left bits are equal. */
static void sort_from(wn_hashed_row *rows, size_t n, unsigned left)
{
    size_t next[1 << MOST_BITS], end[1 << MOST_BITS];
    if (n <= FEW) {
        insertion_sort(rows, n);
        return;
    }
    if (left == 0) {
        wn_words_sort((uint64_t *)(void *)rows, n, sizeof *rows / sizeof(uint64_t));
        return;
    }
    unsigned bits = bits_for(n, left), shift = left - bits;
    size_t n_buckets = (size_t)1 << bits;
    memset(next, 0, n_buckets * sizeof *next);
    for (size_t i = 0; i < n; i++)
        next[rows[i].high >> shift & (n_buckets - 1)]++;
    for (size_t bucket = 0, first = 0; bucket < n_buckets; bucket++) {
        end[bucket] = first + next[bucket];
        next[bucket] = first;
        first = end[bucket];
    }
    deal(rows, n_buckets, shift, next, end);
    for (size_t bucket = 0, first = 0; bucket < n_buckets; first = end[bucket++])
        if (end[bucket] - first > 1)
            sort_from(rows + first, end[bucket] - first, shift);
}

void wn_hashed_rows_sort(wn_hashed_row *rows, size_t n)
{
    sort_from(rows, n, KEY_BITS);
}
