/* moments_state.h - what moments.c keeps, moments_add.c adds of a block and moments_finish.c rounds. Private to
 * src/stats. */
#ifndef WINNOW_STATS_MOMENTS_STATE_H
#define WINNOW_STATS_MOMENTS_STATE_H

#include "quantiles_sweep.h"
#include "winnow/exact_sum.h"
#include "winnow/moments.h"

#include <math.h>

/* Sums of one column: all int64, so that a state is one run of integers. A block whose valid cells number n gives, by a
 * sweep about a point q, R = sum (x - q) and D = sum (x - q)^2, rounded. What is summed follows from these three
 * without further rounding: n q + R and D + 2 q R + n q^2. As both hold the same q and R, the squares about any mean m
 * are, exactly, sum of D + 2 (q - m) R + n (q - m)^2: what R and D lack in digits is never multiplied by a large mean
 * (in the manner of Chan, Golub, LeVeque 1983). q is 0 where the block's first cells lie about it, else the first valid
 * one, or the block's mean where that lies far from it: what a block gives follows from its cells alone, so that tables
 * read apart have the sums of one read together. */
typedef struct {
    int64_t count, missing;
    wn_exact_sum first;   /* n q + R of every block */
    wn_exact_sum squares; /* D + 2 q R + n q^2 of every block */
} column_sums;

typedef struct {
    int64_t max, min_complement; /* order keys */
} column_keys;

/* Of a column's cells in a block that are there, or of some of them: their number, the sum of x - q and of its square,
 * the least and the greatest (+inf and -inf where there are none). */
typedef struct {
    int64_t count;
    double rest, squares, least, most;
} block_moments;

/* A vector's slots: of which columns they are, what they are swept about, and the same of theirs of the block. */
typedef struct {
    _Alignas(64) double centre[WN_SLOTS];
    double rest[WN_SLOTS], squares[WN_SLOTS], least[WN_SLOTS], most[WN_SLOTS];
    int64_t count[WN_SLOTS];
    size_t columns[WN_SLOTS];
} slot_moments;

struct wn_moments {
    size_t n_cols;
    column_sums *sums; /* (n_cols) as all that follows */
    column_keys *keys;
    double *about;        /* the q of the block that is added */
    block_moments *block; /* of the block that is added */
    double *point;        /* what sparse columns of it are swept about */
    slot_moments *slots;  /* (as many vectors as any block has) */
    wn_strip *strip;
    wn_swept *swept;
    wn_quantiles *carried; /* or NULL; borrowed */
};

/* Local. Adds n cells of a column whose sum of x - q is `rest` and of its square `squares`. */
void wn_moments_add_sums(column_sums *sums, double n, double q, double rest, double squares);

/* Local. Cells of a column lie in [least, most], both included. */
void wn_moments_add_extremes(column_keys *keys, double least, double most);

/* Local. sum += n q^2, from the exact double-double n q. */
static inline void wn_sum_add_square(wn_exact_sum *sum, double n, double q)
{
    double high = n * q, low = fma(n, q, -high);
    wn_exact_sum_add_product(sum, high, q);
    wn_exact_sum_add_product(sum, low, q);
}

#endif
