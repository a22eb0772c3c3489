/* split.h - the best split of a node, from its counts. Private to src/forest.
 *
 * With n the node's weight, C_c its sum in channel c (of a class, or of the labels), n' and L_c those of the left side,
 * the decrease of impurity x n is  sum over c of (L_c n - C_c n')^2 / (n n' (n - n')): no difference of large numbers,
 * and exactly 0 where both sides are alike. All of it are doubles computed from integers, the same on every rank. */
#ifndef WINNOW_FOREST_SPLIT_H
#define WINNOW_FOREST_SPLIT_H

#include "winnow/forest.h"

typedef struct {
    bool is_found;
    bool is_constant; /* all that was tried: then others may be */
    uint32_t feature;
    uint8_t bin;     /* codes <= bin go left */
    double decrease; /* of the Gini impurity or the variance, x the node's weight */
} wn_split;

/* Local. The best of the tried features (n_tried), whose counts are (n_tried, n_bins, channels) and add up to totals
 * (channels); of equals the first tried, and the least bin. Between two bins that rows are in it lies in the middle.
 * left (channels) gets the sums of its left side, where one is found. */
wn_split wn_split_find(const int64_t *counts, const uint32_t *features, size_t n_tried, size_t n_bins, size_t n_classes,
                       const int64_t *totals, int64_t *left);

/* Local. The weight that totals (channels) stand for, and whether they have one class alone. */
int64_t wn_totals_weight(const int64_t *totals, size_t n_classes);
bool wn_totals_pure(const int64_t *totals, size_t n_classes);

#endif
