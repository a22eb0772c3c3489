/* frontier.h - nodes of many trees that wait to be split, each with its rows on all ranks. Private to src/forest. */
#ifndef WINNOW_FOREST_FRONTIER_H
#define WINNOW_FOREST_FRONTIER_H

#include "crew.h"
#include "grower.h"
#include "winnow/workers.h"

/* Its nodes lie in the same order on all ranks; only entries and open.n differ. */
typedef struct {
    wn_open_node open;
    int64_t n_all; /* entries over all ranks */
} wn_wide_node;

/* All zero but the channels is empty. */
typedef struct {
    size_t channels, n, capacity;
    wn_wide_node *nodes; /* (n), owned */
    int64_t *totals;     /* (n, channels), owned */
} wn_frontier;

/* Local. Adds a node; its totals (channels) are copied. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_frontier_add(wn_frontier *frontier, const wn_wide_node *node, const int64_t *totals);

/* Local. Forgets its nodes and keeps the memory. */
void wn_frontier_empty(wn_frontier *frontier);
void wn_frontier_clear(wn_frontier *frontier);

/* Local. One of its nodes, whose totals are the frontier's own until the next add. */
wn_wide_node wn_frontier_node(const wn_frontier *frontier, size_t i);

/* What growing a forest has at hand. */
typedef struct {
    const wn_ranks *ranks;
    const wn_forest_rows *rows;
    const wn_forest_options *options;
    wn_forest_shape shape;
    size_t memory; /* bytes that one use may take */
    wn_workers *workers;
    wn_grower *growers; /* (wn_workers_count), owned; what is found is in the lists of all of them */
} wn_forest_site;

/* Collective. Splits all nodes of `level`, whose rows are counted by all ranks, and adds what is below them to
 * `below`; splits and leaves found are added on rank 0. Fails: WN_NO_MEMORY, WN_INTERNAL, agreed. */
WN_MUST_USE wn_status wn_level_split(wn_forest_site *site, const wn_frontier *level, wn_frontier *below);

/* Collective. Grows all that is below nodes, each on one rank, to which the others send its rows. Fails: WN_NO_MEMORY,
 * WN_INTERNAL, agreed. */
WN_MUST_USE wn_status wn_parcel_grow(wn_forest_site *site, const wn_frontier *nodes);

/* Local. Bytes of a row that is sent. */
size_t wn_parcel_row_bytes(const wn_forest_site *site);

#endif
