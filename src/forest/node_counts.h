/* node_counts.h - how often each bin of the features that a node tries meets each class: integers, that ranks add.
 * Private to src/forest. */
#ifndef WINNOW_FOREST_NODE_COUNTS_H
#define WINNOW_FOREST_NODE_COUNTS_H

#include "bag.h"

/* What a bin holds: the weight of each class; or the weight, and the sum of weighted labels. */
static inline size_t wn_node_channels(size_t n_classes)
{
    return n_classes > 0 ? n_classes : 2;
}

/* Local. Adds the entries to counts (n_features, n_bins, channels), for those features (n_features). */
void wn_node_counts_add(const wn_bag_entry *entries, size_t n, wn_coded_rows coded, const uint32_t *features,
                        size_t n_features, size_t n_bins, size_t n_classes, int64_t *counts);

/* Local. Adds the entries to totals (channels). */
void wn_node_totals_add(const wn_bag_entry *entries, size_t n, size_t n_classes, int64_t *totals);

#endif
