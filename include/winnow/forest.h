/* forest.h - a random forest over rows cut into bins, grown by all ranks: which features part the classes, or the
 * values of a real label, also together. Its rows are 8-bit codes (bin_codes.h); a real label is a fixed-point number
 * (fixed_label.h). What it says of rows that a tree did not learn from is in forest_score.h.
 *
 * A tree learns from every row as often as a Poisson(1) draw for (tree, row) says. At each node it draws features, and
 * takes the split of largest decrease of the Gini impurity, or of the variance (Breiman 2001). Counts and sums are
 * integers and every draw is counter-based: the same forest at any number of ranks and threads and in any memory. */
#ifndef WINNOW_FOREST_H
#define WINNOW_FOREST_H

#include "winnow/hash.h"
#include "winnow/ranks.h"

enum { WN_FOREST_MOST_BINS = 256, WN_FOREST_MOST_DEPTH = 31 };

/* This rank's rows; borrowed. */
typedef struct {
    size_t n_rows;          /* below 2^32 */
    size_t n_features;      /* the same on all ranks, as are n_bins and n_classes */
    size_t n_bins;          /* every code is below it; at most WN_FOREST_MOST_BINS */
    size_t n_classes;       /* 0: the label is a fixed-point number */
    const uint8_t *codes;   /* (n_rows, n_features) */
    const int32_t *labels;  /* (n_rows) a class, or a number of wn_fixed_label */
    const int64_t *rows;    /* (n_rows) their numbers in the table, by which draws are made */
    const uint8_t *is_used; /* (n_rows) rows that are 0 take no part; NULL: all are used */
} wn_forest_rows;

typedef struct {
    uint64_t seed;
    size_t n_trees;
    size_t depth;       /* splits from the root to a leaf at most: 1 .. WN_FOREST_MOST_DEPTH */
    size_t n_tried;     /* features drawn at a node; 0: the root of n_features for classes (scikit-learn's default),
                           a third of them for a real label (Breiman's) */
    size_t n_threads;   /* beside the calling one (node.h) */
    size_t memory;      /* bytes that growing takes on a rank, about, beside the rows and the forest */
    size_t gather_rows; /* nodes of at most so many rows are finished on one rank; 0: where that sends fewer bytes */
} wn_forest_options;

/* All trees, the same on every rank. */
typedef struct wn_forest wn_forest;

/* Collective. Grows the trees. The caller frees it. A node is a leaf at the depth asked for, with one row, with one
 * class, or where no feature drawn splits it with a decrease; as in scikit-learn, more features are drawn where all of
 * them are constant in the node. Fails: WN_NO_MEMORY, WN_INTERNAL, WN_STOPPED on a stop request, agreed. */
WN_MUST_USE wn_status wn_forest_grow(const wn_ranks *ranks, const wn_forest_rows *rows,
                                     const wn_forest_options *options, wn_forest **forest);
void wn_forest_free(wn_forest *forest);

/* Local. Mean decrease of impurity: of each tree the decreases by feature, weighted by rows, as shares of their sum;
 * their mean over the trees that split, as shares of its sum (scikit-learn's feature_importances_). All 0 where no tree
 * split. importance (n_features). Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_forest_importance(const wn_forest *forest, double *importance);

#endif
