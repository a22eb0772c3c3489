/* window_cells.h - what lies inside the window of a quantile on this rank, in bounded memory: the cells as long as they
 * fit, else, for buckets of their order keys, how many and the least and greatest. Private to src/stats. */
#ifndef WINNOW_STATS_WINDOW_CELLS_H
#define WINNOW_STATS_WINDOW_CELLS_H

#include "strip.h"
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
    double *passing;      /* (WN_SLOTS, WN_STRIP_PERIODS) cells on their way, where slabs have no room, owned */
} window_room;

typedef struct {
    unsigned char *slab; /* borrowed of the room: cells; or buckets, and behind them cells that are yet to be counted */
    unsigned char *next; /* where the next cell goes */
    size_t n_left;       /* bytes from there to the slab's end */
    bool is_counted;
    int64_t low;    /* the window's first key */
    unsigned shift; /* from keys to buckets */
} window_cells;

/* Local. Room for n windows of `budget` bytes together, or of a few hundred each where that is more: fewer buckets, the
 * same on all ranks where the budget is. The caller clears it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_window_room_init(window_room *room, size_t n, size_t budget);
void wn_window_room_clear(window_room *room);

/* Local. Nothing in a window yet; slab number `number` of the room is its. */
void wn_window_cells_init(const window_room *room, window_cells *cells, wn_window window, size_t number);

/* Local. Where n_bytes of cells of a slot are to be written: in the slab, whose they are then; or, where that has no
 * room, beside it, from where they have to be passed on. */
static inline void *wn_window_cells_place(const window_room *room, window_cells *cells, size_t slot, size_t n_bytes)
{
    if (n_bytes > cells->n_left)
        return room->passing + slot * WN_STRIP_PERIODS;
    unsigned char *place = cells->next;
    cells->next += n_bytes;
    cells->n_left -= n_bytes;
    return place;
}

static inline bool wn_window_is_passing(const window_room *room, const void *place)
{
    const double *at = place;
    return at >= room->passing && at < room->passing + WN_SLOTS * WN_STRIP_PERIODS;
}

/* Local. Takes n cells that were written beside the slab. */
void wn_window_cells_pass(const window_room *room, window_cells *cells, wn_cells passing, size_t n);

/* Local. The cells that are kept and not counted; how many there are. */
wn_cells wn_window_cells_kept(const window_room *room, const window_cells *cells, bool is_float32, size_t *n);

/* Local. The counts of all cells, kept or not, into `counts`. */
void wn_window_cells_counts(const window_room *room, const window_cells *cells, bool is_float32, key_counts counts);

#endif
