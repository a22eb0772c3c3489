#include "frontier.h"

#include "winnow/memory.h"

#include <string.h>

enum { FIRST_CAPACITY = 64 };

wn_status wn_frontier_add(wn_frontier *frontier, const wn_wide_node *node, const int64_t *totals)
{
    wn_status status = WN_OK;
    if (frontier->n == frontier->capacity) {
        size_t capacity = frontier->capacity > 0 ? 2 * frontier->capacity : FIRST_CAPACITY;
        TRY(wn_resize(&frontier->nodes, capacity));
        TRY(wn_resize(&frontier->totals, capacity * frontier->channels));
        frontier->capacity = capacity;
    }
    frontier->nodes[frontier->n] = *node;
    memmove(frontier->totals + frontier->n * frontier->channels, totals, frontier->channels * sizeof *totals);
    frontier->n++;
done:
    return status;
}

void wn_frontier_empty(wn_frontier *frontier)
{
    frontier->n = 0;
}

void wn_frontier_clear(wn_frontier *frontier)
{
    wn_free(frontier->totals);
    wn_free(frontier->nodes);
    *frontier = (wn_frontier){.channels = frontier->channels};
}

wn_wide_node wn_frontier_node(const wn_frontier *frontier, size_t i)
{
    wn_wide_node node = frontier->nodes[i];
    node.open.totals = frontier->totals + i * frontier->channels;
    return node;
}
