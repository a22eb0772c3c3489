/* window_cells.h - what lies inside the window of a quantile on this rank, in bounded memory: the cells as long as they
 * fit, else, for buckets of their order keys, how many and the least and greatest. Private to src/stats. */
#ifndef WINNOW_STATS_WINDOW_CELLS_H
#define WINNOW_STATS_WINDOW_CELLS_H

#include "winnow/quantiles.h"

/* What the windows of all targets share. */
typedef struct {
    size_t slab_bytes, n_buckets;
    unsigned char *slabs; /* (n_windows, slab_bytes), owned */
    int64_t *spare;       /* buckets while cells become them, owned */
    double *passing;      /* a run's cells where the slab has no room to write them, owned */
} window_room;

typedef struct {
    void *slab; /* borrowed of the room: cells or buckets; NULL where nothing is kept */
    size_t n;   /* cells */
    bool is_counted;
} window_cells;

/* How many cells lie in a bucket, and their keys: all one can know of it. Laid out as ranks add and compare them. */
typedef struct {
    int64_t *count; /* (n_buckets) */
    int64_t *keys;  /* (n_buckets, 2) the greatest, and the complement of the least */
} key_counts;

/* Local. Room for n windows of `budget` bytes together, or of a few hundred each where that is more: fewer buckets, the
 * same on all ranks where the budget is. The caller clears it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_window_room_init(window_room *room, size_t n, size_t budget);
void wn_window_room_clear(window_room *room);

/* Local. Where at most n cells of a run, and the lanes beyond them, can be written. */
void *wn_window_cells_place(const window_room *room, const window_cells *cells, size_t n, bool is_float32);

/* Local. Takes the n cells that were written there. */
void wn_window_cells_take(const window_room *room, window_cells *cells, wn_window window, wn_cells place, size_t n);

/* Local. The counts of kept cells or of buckets into `counts`, which are empty. */
void wn_window_cells_counts(const window_room *room, const window_cells *cells, wn_window window, bool is_float32,
                            key_counts counts);

/* Local. Nothing counted. */
void wn_key_counts_clear(key_counts counts, size_t n_buckets);

#endif
