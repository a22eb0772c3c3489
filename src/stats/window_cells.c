#include "window_cells.h"

#include "key_buckets.h"
#include "winnow/accumulator.h"
#include "winnow/memory.h"

#include <string.h>

enum { LEAST_BUCKETS = 16, MOST_BUCKETS = 2048 };

/* Half of a slab at most, where that is enough. */
static size_t choose_buckets(size_t share)
{
    size_t n = share / 2 / sizeof(key_bucket);
    return n < LEAST_BUCKETS ? LEAST_BUCKETS : n > MOST_BUCKETS ? MOST_BUCKETS : n;
}

/* Small slabs are seldom full: 128 KiB are planned for what often takes 10. */
static wn_status new_slabs(window_room *room, size_t n)
{
    enum { SMALL = 1 << 20 };
    if (room->slab_bytes < SMALL)
        return wn_memory_new_sparse((void **)&room->slabs, n, room->slab_bytes, __func__);
    return wn_memory_new((void **)&room->slabs, n, room->slab_bytes, __func__);
}

wn_status wn_window_room_init(window_room *room, size_t n, size_t budget)
{
    wn_status status = WN_OK;
    size_t share = n > 0 ? budget / n / WN_ALIGNMENT * WN_ALIGNMENT : 0;
    room->n_buckets = choose_buckets(share);
    size_t least = room->n_buckets * sizeof(key_bucket);
    room->slab_bytes = share > least ? share : least;
    TRY(new_slabs(room, n));
    TRY(wn_new(&room->spare, room->n_buckets));
    TRY(wn_new(&room->passing, WN_SLOTS * WN_STRIP_PERIODS));
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

void wn_window_cells_init(const window_room *room, window_cells *cells, wn_window window, size_t number)
{
    int64_t low = wn_order_key(window.low);
    unsigned char *slab = room->slabs + number * room->slab_bytes;
    *cells = (window_cells){.slab = slab,
                            .next = slab,
                            .n_left = room->slab_bytes,
                            .low = low,
                            .shift = wn_key_shift(low, wn_order_key(window.high), room->n_buckets)};
}

static void clear_buckets(key_bucket *buckets, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buckets[i] = (key_bucket){0, WN_KEY_NONE, WN_KEY_NONE};
}

static void count(const window_cells *cells, key_bucket *buckets, wn_cells from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int64_t key = wn_cells_key(from, i);
        key_bucket *bucket = &buckets[wn_key_bucket(key, cells->low, cells->shift)];
        bucket->n++;
        bucket->greatest = key > bucket->greatest ? key : bucket->greatest;
        bucket->least_complement = ~key > bucket->least_complement ? ~key : bucket->least_complement;
    }
}

static size_t bucket_bytes(const window_room *room, const window_cells *cells)
{
    return cells->is_counted ? room->n_buckets * sizeof(key_bucket) : 0;
}

wn_cells wn_window_cells_kept(const window_room *room, const window_cells *cells, bool is_float32, size_t *n)
{
    size_t past = bucket_bytes(room, cells);
    *n = ((size_t)(cells->next - cells->slab) - past) / wn_cell_bytes(is_float32);
    return (wn_cells){cells->slab + past, is_float32};
}

static key_bucket *buckets_of(const window_cells *cells)
{
    return (key_bucket *)(void *)cells->slab;
}

/* Cells that were kept are counted from now on, and go. */
static void count_kept(const window_room *room, window_cells *cells, bool is_float32)
{
    size_t n, n_bytes = room->n_buckets * sizeof(key_bucket);
    wn_cells kept = wn_window_cells_kept(room, cells, is_float32, &n);
    if (cells->is_counted) {
        count(cells, buckets_of(cells), kept, n);
    } else {
        clear_buckets(room->spare, room->n_buckets);
        count(cells, room->spare, kept, n);
        memcpy(cells->slab, room->spare, n_bytes);
    }
    cells->is_counted = true;
    cells->next = cells->slab + n_bytes;
    cells->n_left = room->slab_bytes - n_bytes;
}

/* Many cells of a window are counted at once: its buckets then lie in a cache. */
void wn_window_cells_pass(const window_room *room, window_cells *cells, wn_cells passing, size_t n)
{
    size_t n_bytes = n * wn_cell_bytes(passing.is_float32);
    count_kept(room, cells, passing.is_float32);
    void *place = wn_window_cells_place(room, cells, 0, n_bytes);
    if (wn_window_is_passing(room, place))
        count(cells, buckets_of(cells), passing, n);
    else
        memcpy(place, passing.data, n_bytes);
}

void wn_window_cells_counts(const window_room *room, const window_cells *cells, bool is_float32, key_counts counts)
{
    size_t n_kept, n = room->n_buckets;
    clear_buckets(room->spare, n);
    if (cells->is_counted)
        memcpy(room->spare, cells->slab, n * sizeof *room->spare);
    wn_cells kept = wn_window_cells_kept(room, cells, is_float32, &n_kept);
    count(cells, room->spare, kept, n_kept);
    for (size_t i = 0; i < n; i++) {
        counts.count[i] = room->spare[i].n;
        counts.keys[2 * i] = room->spare[i].greatest;
        counts.keys[2 * i + 1] = room->spare[i].least_complement;
    }
}
