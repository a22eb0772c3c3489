/* quantiles_state.h - what quantiles.c gathers of the blocks and quantiles_find.c looks at. Private to src/stats. */
#ifndef WINNOW_STATS_QUANTILES_STATE_H
#define WINNOW_STATS_QUANTILES_STATE_H

#include "quantiles_run.h"
#include "window_cells.h"

/* Counts of one target (a column's quantile); all int64, summed over ranks. */
typedef struct {
    int64_t valid, below, inside;
} target_counts;

struct wn_quantiles {
    size_t n_cols, n_probabilities;
    bool is_carried;            /* by moments, which add to it */
    bool has_width, is_float32; /* the width of kept cells; that of the first block */
    double *probability;        /* (n_probabilities), owned */
    wn_window *windows;         /* (n_cols, n_probabilities), owned; like sweeps, counts and cells */
    wn_run_window *sweeps;
    target_counts *counts;
    window_cells *cells;
    window_room room;
    wn_column_strip *strip;
};

#endif
