/* grower.h - what one thread grows trees with, and the shape that all of them share. Private to src/forest. */
#ifndef WINNOW_FOREST_GROWER_H
#define WINNOW_FOREST_GROWER_H

#include "bag.h"
#include "feature_draw.h"
#include "node_list.h"
#include "split.h"

typedef struct {
    uint64_t seed;
    size_t depth, n_features, n_tried, n_bins, n_classes, channels;
} wn_forest_shape;

/* A node that may be split: its entries are all of this rank's. */
typedef struct {
    size_t tree;
    uint64_t place; /* 1 for the root, 2i and 2i + 1 below i */
    size_t depth;   /* of the root: 0 */
    wn_bag_entry *entries;
    size_t n;
    const int64_t *totals; /* (channels), over all ranks */
} wn_open_node;

typedef struct {
    const wn_forest_shape *shape;
    wn_feature_draw draw;
    uint32_t *features;    /* (n_tried) */
    int64_t *counts;       /* (n_tried, n_bins, channels) */
    int64_t *totals;       /* (depth + 1, 2, channels): of the two nodes below one at each depth */
    wn_bag_entry *scratch; /* (n_scratch) */
    size_t n_scratch;
    wn_node_list found;
} wn_grower;

/* Local. Scratch of `shape` (borrowed). All zero is cleared. Fails: WN_NO_MEMORY; clear it then too. */
WN_MUST_USE wn_status wn_grower_init(wn_grower *grower, const wn_forest_shape *shape);
void wn_grower_clear(wn_grower *grower);

/* Local. Room for parting nodes of n entries. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_grower_reserve(wn_grower *grower, size_t n);

/* Local. Cells of one node's counts. */
size_t wn_forest_counts_size(const wn_forest_shape *shape);

/* Local. Whether a node of n rows over all ranks stays whole: at the depth asked for, with one row, of one class. */
bool wn_forest_stays_whole(const wn_forest_shape *shape, size_t depth, int64_t n, const int64_t *totals);

/* Local. The record of a split, and of a leaf. */
wn_node_record wn_split_record(const wn_forest_shape *shape, const wn_open_node *node, const wn_split *split);
wn_node_record wn_leaf_record(const wn_forest_shape *shape, size_t tree, uint64_t place, const int64_t *totals);

/* Local. Grows all that is below a node whose rows are all on this rank, and adds its nodes to grower->found. Its
 * entries get another order. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_grower_run(wn_grower *grower, const wn_open_node *node, wn_coded_rows coded);

#endif
