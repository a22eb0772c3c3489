/* quantiles_state.h - what quantiles.c holds, quantiles_sweep.c gathers of the blocks and quantiles_find.c looks at.
 * Private to src/stats. */
#ifndef WINNOW_STATS_QUANTILES_STATE_H
#define WINNOW_STATS_QUANTILES_STATE_H

#include "quantiles_sweep.h"
#include "window_cells.h"

/* Counts of one target (a column's quantile); all int64, summed over ranks. */
typedef struct {
    int64_t valid, below, inside;
} target_counts;

/* A vector's slots: of which columns they are, and how many cells of the block were there. */
typedef struct {
    size_t columns[WN_SLOTS];
    int64_t valid[WN_SLOTS];
} target_slots;

/* The same of one probability: how many were not below its windows, and how many in them. */
typedef struct {
    int64_t reached[WN_SLOTS], inside[WN_SLOTS];
} slot_counts;

struct wn_quantiles {
    size_t n_cols, n_probabilities;
    bool is_carried;            /* by moments, which sweep for it */
    bool has_width, is_float32; /* the width of kept cells; that of the first block */
    double *probability;        /* (n_probabilities), owned */
    wn_window *windows;         /* (n_cols, n_probabilities), owned; like counts and cells */
    target_counts *counts;
    window_cells *cells;
    window_room room;
    size_t n_vectors, swept_cols;  /* of the blocks that are swept now; 0: none yet */
    target_slots *slots;           /* (n_vectors), owned; like what follows as many as any block needs */
    wn_slot_windows *slot_windows; /* (n_vectors, n_probabilities) */
    slot_counts *slot_counts;      /* (n_vectors, n_probabilities) */
    wn_strip *strip;               /* owned, as is what was swept: for blocks that are not carried */
    wn_swept *swept;
};

/* Local. Whether a window needs its cells: one of a single value does not, whose counts tell whether it is that. */
static inline bool wn_window_keeps(wn_window window)
{
    return window.low < window.high;
}

#endif
