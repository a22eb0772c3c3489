/* bag.h - the rows that a tree learns from: each as often as a Poisson(1) draw for (seed, tree, row) says, so that no
 * rank needs to know how many rows others have (Oza and Russell 2001). Private to src/forest. */
#ifndef WINNOW_FOREST_BAG_H
#define WINNOW_FOREST_BAG_H

#include "winnow/forest.h"

/* No 32-bit draw gives a weight above 15. */
enum { WN_BAG_WEIGHT_BITS = 4, WN_BAG_CHUNK = 1024 };

typedef struct {
    uint32_t row;   /* among the coded rows */
    int32_t packed; /* label x 16 + weight */
} wn_bag_entry;

static inline int32_t wn_bag_label(wn_bag_entry entry)
{
    return entry.packed >> WN_BAG_WEIGHT_BITS;
}

static inline int32_t wn_bag_weight(wn_bag_entry entry)
{
    return entry.packed & ((1 << WN_BAG_WEIGHT_BITS) - 1);
}

/* Coded rows: row i begins at code + i x stride. */
typedef struct {
    const uint8_t *code;
    size_t stride;
} wn_coded_rows;

/* Local. The weights (n) of at most WN_BAG_CHUNK rows (n) in a tree. Rows in ascending order share draws. */
void wn_bag_weights(uint64_t seed, size_t tree, const int64_t *rows, size_t n, uint8_t *weights);

/* Local. The entries of a tree: used rows whose weight is not 0, in their order, into entries (n_rows). Returns how
 * many. */
size_t wn_bag_fill(const wn_forest_rows *rows, uint64_t seed, size_t tree, wn_bag_entry *entries);

/* Local. Moves the entries whose code of a feature is <= bin before the others, in their order. Returns how many.
 * scratch (n) */
size_t wn_bag_part(wn_bag_entry *entries, size_t n, wn_coded_rows coded, size_t feature, uint8_t bin,
                   wn_bag_entry *scratch);

#endif
