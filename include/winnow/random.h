/* random.h - random numbers that are a function of (seed, purpose, identity, counter) and of nothing else.
 * Philox4x32-10 (Salmon et al. 2011) from Random123. No state: the same draw on any rank, in any order. */
#ifndef WINNOW_RANDOM_H
#define WINNOW_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Every use of random numbers has a purpose of its own, so that no two uses share draws. */
typedef enum {
    WN_RANDOM_SPLIT = 1,
    WN_RANDOM_PILOT,
    WN_RANDOM_SHUFFLE_BLOCKS,
    WN_RANDOM_SHUFFLE_ROWS,
    WN_RANDOM_WEIGHTS,
    WN_RANDOM_DROPOUT,
    WN_RANDOM_SAMPLE,
    WN_RANDOM_TEST,
    WN_RANDOM_FOLDS,
    WN_RANDOM_FOREST_ROWS,
    WN_RANDOM_FOREST_FEATURES,
    WN_RANDOM_FOREST_DONORS,
    WN_RANDOM_RANK_FOLDS,
    WN_RANDOM_DIRECTIONS,
    /* of made tables (generate.h), whose bytes stay what they are whatever else is drawn */
    WN_RANDOM_TABLE = 1024,
    WN_RANDOM_TABLE_ORDER,
    WN_RANDOM_TABLE_ROWS,
    WN_RANDOM_TABLE_FACTORS,
    WN_RANDOM_TABLE_CELLS,
    WN_RANDOM_TABLE_CATEGORIES,
    WN_RANDOM_TABLE_FAULTS
} wn_random_purpose;

typedef struct {
    uint64_t seed;
    wn_random_purpose purpose;
    uint64_t identity; /* a row, block, layer, epoch ... as the purpose needs */
} wn_random;

/* Local. 64 random bits, the counter-th draw of the stream. */
uint64_t wn_random_bits(wn_random stream, uint64_t counter);

/* Local. The same for many streams at once, vectorized: the four 32-bit words of the draws first .. first + n_draws - 1
 * of each of n identities, words (n, n_draws, 4). The words 0 and 1 of a draw are the low and the high half of its
 * wn_random_bits. */
void wn_random_words(uint64_t seed, wn_random_purpose purpose, const uint64_t *identities, size_t n, uint64_t first,
                     size_t n_draws, uint32_t *words);

/* Local. An integer in [0, n) from 64 random bits (Lemire 2019, without the rejection: its bias is below n / 2^64). */
uint64_t wn_random_below(uint64_t bits, uint64_t n);

/* Local. Uniform in [0, 1), 53 bits. */
double wn_random_uniform(wn_random stream, uint64_t counter);

/* Local. Standard normal (Box and Muller 1958). */
double wn_random_normal(wn_random stream, uint64_t counter);

/* Local. A permutation of 0 .. n-1 (Fisher and Yates) into order[n]. */
void wn_random_permutation(wn_random stream, size_t n, int64_t *order);

#endif
