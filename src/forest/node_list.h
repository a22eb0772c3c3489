/* node_list.h - nodes in the order in which they were found, wherever in whatever tree: what ranks send each other.
 * Private to src/forest. */
#ifndef WINNOW_FOREST_NODE_LIST_H
#define WINNOW_FOREST_NODE_LIST_H

#include "winnow/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { WN_NODE_LEAF = -1 };

/* A node's name: its tree, and its place (1 for the root, 2i and 2i + 1 below i). */
static inline uint64_t wn_node_name(size_t tree, uint64_t place)
{
    return (uint64_t)tree << 32 | place;
}

typedef struct {
    uint64_t name;
    double decrease; /* of a split: of impurity, x weight */
    int64_t weight;
    int32_t feature; /* WN_NODE_LEAF: none */
    int32_t bin;
} wn_node_record;

/* All zero but the channels is empty. */
typedef struct {
    size_t channels, n, capacity, n_leaves, leaf_capacity;
    wn_node_record *records; /* (n), owned */
    int64_t *totals;         /* (n_leaves, channels), of the leaves in the order of their records; owned */
} wn_node_list;

/* Local. */
void wn_node_list_clear(wn_node_list *list);

/* Local. Adds a record; a leaf has totals (channels). Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_node_list_add(wn_node_list *list, const wn_node_record *record, const int64_t *totals);

/* Local. Adds all of another list of as many channels. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_node_list_append(wn_node_list *list, const wn_node_list *other);

#endif
