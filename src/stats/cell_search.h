/* cell_search.h - order statistics among cells that lie on all ranks in no order, many at once. Private to src/stats.
 * The span of the cells is cut into buckets, counted over ranks, and narrowed to the one that holds the number sought;
 * soon so few cells are left that they come to every rank and are sorted. */
#ifndef WINNOW_STATS_CELL_SEARCH_H
#define WINNOW_STATS_CELL_SEARCH_H

#include "winnow/cells.h"
#include "winnow/ranks.h"

typedef struct {
    wn_cells cells; /* this rank's, n of them, none NaN; borrowed, and put in another order */
    size_t n;
    double low, high; /* all cells of all ranks lie in [low, high] */
    int64_t number;   /* which order statistic over all ranks, from 0 */
    bool has_next;    /* the one after it is wanted too */
    bool is_wanted;   /* as low, high, number and has_next the same on all ranks */
    double value;     /* the answer */
    double next;      /* the one after it; else the same */
} cell_search;

/* Collective. Fails: WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_cell_search_run(const wn_ranks *ranks, cell_search *searches, size_t n_searches);

#endif
