#include "window_cells.h"

#include "column_run.h"
#include "key_buckets.h"
#include "winnow/memory.h"

#include <string.h>

enum { LEAST_BUCKETS = 16, MOST_BUCKETS = 2048, WORDS = 3 /* of a bucket */ };

wn_status wn_window_room_init(window_room *room, size_t n, size_t budget)
{
    wn_status status = WN_OK;
    size_t share = n > 0 ? budget / n / WN_ALIGNMENT * WN_ALIGNMENT : 0;
    size_t n_buckets = share / (WORDS * sizeof(int64_t));
    n_buckets = n_buckets < LEAST_BUCKETS ? LEAST_BUCKETS : n_buckets > MOST_BUCKETS ? MOST_BUCKETS : n_buckets;
    size_t least = n_buckets * WORDS * sizeof(int64_t);
    room->n_buckets = n_buckets;
    room->slab_bytes = share > least ? share : least;
    TRY(wn_memory_new((void **)&room->slabs, n, room->slab_bytes, __func__));
    TRY(wn_new(&room->spare, n_buckets * WORDS));
    TRY(wn_new(&room->passing, WN_RUN_ROWS + WN_RUN_LANES));
done:
    return status;
}

void wn_window_room_clear(window_room *room)
{
    wn_free(room->passing);
    wn_free(room->spare);
    wn_free(room->slabs);
    *room = (window_room){0};
}

static key_counts counts_at(int64_t *words, size_t n_buckets)
{
    return (key_counts){words, words + n_buckets};
}

void wn_key_counts_clear(key_counts counts, size_t n_buckets)
{
    memset(counts.count, 0, n_buckets * sizeof *counts.count);
    for (size_t k = 0; k < 2 * n_buckets; k++)
        counts.keys[k] = WN_KEY_NONE;
}

static void count(key_counts counts, size_t n_buckets, wn_window window, wn_cells cells, size_t n)
{
    int64_t low = wn_order_key(window.low);
    unsigned shift = wn_key_shift(low, wn_order_key(window.high), n_buckets);
    for (size_t i = 0; i < n; i++) {
        int64_t key = wn_cells_key(cells, i);
        size_t bucket = wn_key_bucket(key, low, shift);
        int64_t *keys = counts.keys + 2 * bucket;
        counts.count[bucket]++;
        keys[0] = key > keys[0] ? key : keys[0];
        keys[1] = ~key > keys[1] ? ~key : keys[1];
    }
}

static bool has_room(const window_room *room, const window_cells *cells, size_t n, bool is_float32)
{
    return !cells->is_counted && n <= room->slab_bytes / wn_cell_bytes(is_float32) - cells->n;
}

void *wn_window_cells_place(const window_room *room, const window_cells *cells, size_t n, bool is_float32)
{
    if (has_room(room, cells, n + WN_RUN_LANES, is_float32))
        return wn_cells_at((wn_cells){cells->slab, is_float32}, cells->n).data;
    return room->passing;
}

/* From now on cells are only counted. */
static void begin_counting(const window_room *room, window_cells *cells, wn_window window, bool is_float32)
{
    key_counts counts = counts_at(room->spare, room->n_buckets);
    wn_key_counts_clear(counts, room->n_buckets);
    count(counts, room->n_buckets, window, (wn_cells){cells->slab, is_float32}, cells->n);
    memcpy(cells->slab, room->spare, room->n_buckets * WORDS * sizeof *room->spare);
    cells->n = 0;
    cells->is_counted = true;
}

void wn_window_cells_take(const window_room *room, window_cells *cells, wn_window window, wn_cells place, size_t n)
{
    size_t size = wn_cell_bytes(place.is_float32);
    if (has_room(room, cells, n, place.is_float32)) {
        if (place.data == room->passing)
            memcpy((char *)cells->slab + cells->n * size, place.data, n * size);
        cells->n += n;
        return;
    }
    if (!cells->is_counted)
        begin_counting(room, cells, window, place.is_float32);
    count(counts_at(cells->slab, room->n_buckets), room->n_buckets, window, place, n);
}

void wn_window_cells_counts(const window_room *room, const window_cells *cells, wn_window window, bool is_float32,
                            key_counts counts)
{
    size_t n = room->n_buckets;
    if (!cells->is_counted) {
        wn_key_counts_clear(counts, n);
        count(counts, n, window, (wn_cells){cells->slab, is_float32}, cells->n);
        return;
    }
    key_counts here = counts_at(cells->slab, n);
    memcpy(counts.count, here.count, n * sizeof *here.count);
    memcpy(counts.keys, here.keys, 2 * n * sizeof *here.keys);
}
