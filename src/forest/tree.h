/* tree.h - a finished forest: its trees node by node, level by level. Private to src/forest. */
#ifndef WINNOW_FOREST_TREE_H
#define WINNOW_FOREST_TREE_H

#include "node_list.h"
#include "winnow/forest.h"

typedef struct {
    int32_t feature; /* WN_NODE_LEAF: none */
    uint32_t next;   /* of a split: its left side, the right one follows it; of a leaf: its number */
    uint32_t bin;    /* codes <= bin go left */
} wn_tree_node;

struct wn_forest {
    size_t n_trees, n_features, n_classes, n_nodes, n_leaves;
    size_t *first;       /* (n_trees + 1) each tree's root in what follows, owned */
    wn_tree_node *nodes; /* (n_nodes), `next` counts from the tree's root; owned */
    double *decrease;    /* (n_nodes) of impurity x weight, 0 of leaves; owned */
    int64_t *weight;     /* (n_nodes), owned */
    double *said;        /* (n_leaves, outputs) what a leaf says: shares of the classes, or the mean label; owned */
};

/* Local. Puts the nodes of all trees, in any order, in their places. The caller frees it with wn_forest_free. Fails:
 * WN_NO_MEMORY; WN_INTERNAL where they are not whole trees. */
WN_MUST_USE wn_status wn_forest_new(wn_forest **forest, size_t n_trees, size_t n_features, size_t n_classes,
                                    const wn_node_list *list);

/* Local. Values that a leaf says: n_classes, or 1. */
size_t wn_forest_outputs(const wn_forest *forest);

/* Local. The number of the leaf that a row's codes lead to in a tree. */
static inline uint32_t wn_tree_leaf(const wn_forest *forest, size_t tree, const uint8_t *codes)
{
    const wn_tree_node *nodes = forest->nodes + forest->first[tree], *node = nodes;
    while (node->feature != WN_NODE_LEAF)
        node = nodes + node->next + (codes[node->feature] > node->bin);
    return node->next;
}

#endif
