/* node.h - the node that a rank runs on, whose memory and cores it shares with other ranks. */
#ifndef WINNOW_NODE_H
#define WINNOW_NODE_H

#include "winnow/ranks.h"

/* Collective. How many ranks run on this rank's node, itself among them. Fails: WN_INTERNAL, agreed. */
WN_MUST_USE wn_status wn_node_ranks(const wn_ranks *ranks, int *n);

/* Local. Processors that this process may run on. */
int wn_node_processors(void);

/* Local. Threads beside the main one that keep a rank's share of the node busy, if so many ranks are on it: as many as
 * the rank has processors, 0 where it has but one. */
size_t wn_node_threads_among(int ranks_on_node);

/* Collective. The same, among the ranks that are on this rank's node. Fails: as wn_node_ranks. */
WN_MUST_USE wn_status wn_node_threads(const wn_ranks *ranks, size_t *n);

#endif
