/* feature_draw.h - which features a node tries: a counter-based permutation of all of them, read in parts.
 * Private to src/forest. */
#ifndef WINNOW_FOREST_FEATURE_DRAW_H
#define WINNOW_FOREST_FEATURE_DRAW_H

#include "winnow/status.h"

#include <stdint.h>

/* Scratch of one thread. */
typedef struct {
    uint32_t *order;   /* (n_features) ascending between draws; owned */
    uint32_t *swapped; /* (n_features), owned */
    size_t n_features;
} wn_feature_draw;

/* Local. All zero is cleared. Fails: WN_NO_MEMORY; clear it then too. */
WN_MUST_USE wn_status wn_feature_draw_init(wn_feature_draw *draw, size_t n_features);
void wn_feature_draw_clear(wn_feature_draw *draw);

/* Local. Places first .. first + n - 1 (at most n_features) of the permutation of (seed, tree, node), into features
 * (n). Returns how many there are. */
size_t wn_feature_draw_take(wn_feature_draw *draw, uint64_t seed, uint64_t node, size_t first, size_t n,
                            uint32_t *features);

#endif
