/* window_cells.h - what lies inside the window of a quantile on this rank, in bounded memory: the cells as long as they
 * fit, else, for buckets of their order keys, how many and the least and greatest. Private to src/stats. */
#ifndef WINNOW_STATS_WINDOW_CELLS_H
#define WINNOW_STATS_WINDOW_CELLS_H

#include "winnow/quantiles.h"

/* How many cells lie in a bucket, and their keys: all one can know of it. */
typedef struct {
    int64_t n, greatest, least_complement;
} key_bucket;

/* The same of all buckets, as ranks add and compare them. */
typedef struct {
    int64_t *count; /* (n_buckets) */
    int64_t *keys;  /* (n_buckets, 2) the greatest, and the complement of the least */
} key_counts;

/* What the windows of all targets share. */
typedef struct {
    size_t slab_bytes, n_buckets;
    unsigned char *slabs; /* (n_windows, slab_bytes), owned */
    key_bucket *spare;    /* (n_buckets) while cells become them, owned */
    double *passing;      /* (n_at_once) runs' cells where slabs have no room to write them, owned */
    size_t n_at_once;
} window_room;

typedef struct {
    void *slab; /* borrowed of the room: cells; or buckets, and behind them cells that are yet to be counted */
    size_t n;   /* cells */
    bool is_counted;
    int64_t low;    /* the window's first key */
    unsigned shift; /* from keys to buckets */
} window_cells;

/* Local. Room for n windows of `budget` bytes together, or of a few hundred each where that is more: fewer buckets, the
 * same on all ranks where the budget is. n_at_once of them take cells of one run. The caller clears it. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_window_room_init(window_room *room, size_t n, size_t n_at_once, size_t budget);
void wn_window_room_clear(window_room *room);

/* Local. Nothing in a window yet; slab number `number` of the room is its. */
void wn_window_cells_init(const window_room *room, window_cells *cells, wn_window window, size_t number);

/* Local. Where at most n cells of a run, and the lanes beyond them, can be written; the window is number `turn` of
 * those that take them at once. */
void *wn_window_cells_place(const window_room *room, const window_cells *cells, size_t turn, size_t n, bool is_float32);

/* Local. Takes the n cells that were written there. */
void wn_window_cells_take(const window_room *room, window_cells *cells, wn_cells place, size_t n);

/* Local. The counts of all cells, kept or not, into `counts`. */
void wn_window_cells_counts(const window_room *room, const window_cells *cells, bool is_float32, key_counts counts);

#endif
