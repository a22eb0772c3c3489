#include "bag.h"

#include "winnow/random.h"

#include <string.h>

enum { MOST_WEIGHT = 13, ROWS_AHEAD = 16 };

/* A draw of 32 bits gives the number of bounds that it reaches: bound k is the share of Poisson(1) draws <= k. */
static void find_bounds(uint32_t bounds[MOST_WEIGHT])
{
    double share = 0, term = 0.36787944117144233; /* 1/e */
    for (int k = 0; k < MOST_WEIGHT; k++) {
        share += term;
        term /= k + 1;
        double bound = share * 0x1p32;
        bounds[k] = bound < 0x1p32 ? (uint32_t)bound : UINT32_MAX;
    }
}

static void weights_of(const uint32_t *draws, size_t n, uint8_t *weights)
{
    uint32_t bounds[MOST_WEIGHT];
    find_bounds(bounds);
    for (size_t i = 0; i < n; i++) {
        uint32_t weight = 0;
        for (int k = 0; k < MOST_WEIGHT; k++)
            weight += draws[i] >= bounds[k];
        weights[i] = (uint8_t)weight;
    }
}

/* A draw has four words, for the four rows whose numbers differ in the last two bits. */
void wn_bag_weights(uint64_t seed, size_t tree, const int64_t *rows, size_t n, uint8_t *weights)
{
    uint64_t fours[WN_BAG_CHUNK] = {0};
    uint32_t words[4 * WN_BAG_CHUNK], draws[WN_BAG_CHUNK];
    size_t n_fours = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t four = (uint64_t)rows[i] >> 2;
        if (n_fours == 0 || fours[n_fours - 1] != four)
            fours[n_fours++] = four;
    }
    wn_random_words(seed, WN_RANDOM_FOREST_ROWS, fours, n_fours, tree, 1, words);
    for (size_t i = 0, at = 0; i < n; i++) {
        at += fours[at] != (uint64_t)rows[i] >> 2;
        draws[i] = words[4 * at + (rows[i] & 3)];
    }
    weights_of(draws, n, weights);
}

size_t wn_bag_fill(const wn_forest_rows *rows, uint64_t seed, size_t tree, wn_bag_entry *entries)
{
    uint8_t weights[WN_BAG_CHUNK];
    size_t n_entries = 0;
    for (size_t first = 0; first < rows->n_rows; first += WN_BAG_CHUNK) {
        size_t n = rows->n_rows - first < WN_BAG_CHUNK ? rows->n_rows - first : WN_BAG_CHUNK;
        wn_bag_weights(seed, tree, rows->rows + first, n, weights);
        for (size_t i = 0; i < n; i++) {
            size_t row = first + i;
            bool is_used = rows->is_used == NULL || rows->is_used[row] != 0;
            entries[n_entries] = (wn_bag_entry){(uint32_t)row, rows->labels[row] * 16 + weights[i]};
            n_entries += (size_t)(is_used & (weights[i] > 0));
        }
    }
    return n_entries;
}

/* Without a branch, which no processor could foresee. */
size_t wn_bag_part(wn_bag_entry *entries, size_t n, wn_coded_rows coded, size_t feature, uint8_t bin,
                   wn_bag_entry *scratch)
{
    const uint8_t *codes = coded.code + feature;
    size_t n_left = 0, n_right = 0;
    for (size_t i = 0; i < n; i++) {
        wn_bag_entry entry = entries[i];
        __builtin_prefetch(codes + entries[i + ROWS_AHEAD < n ? i + ROWS_AHEAD : i].row * coded.stride);
        bool is_left = codes[entry.row * coded.stride] <= bin;
        entries[n_left] = entry;
        scratch[n_right] = entry;
        n_left += is_left;
        n_right += !is_left;
    }
    if (n_right > 0)
        memcpy(entries + n_left, scratch, n_right * sizeof *scratch);
    return n_left;
}
