#include "winnow/keyed_counts.h"

#include "winnow/memory.h"

#include <stdlib.h>
#include <string.h>

/* Open addressing, linear probing, at most three quarters full; count 0 with used false is an empty slot. */
typedef struct {
    wn_keyed_count entry;
    int64_t is_used;
} slot;

struct wn_keyed_counts {
    slot *slots; /* (capacity), owned */
    size_t n, capacity;
};

enum { FIRST_CAPACITY = 64 };

wn_status wn_keyed_counts_new(wn_keyed_counts **counts)
{
    wn_status status = WN_OK;
    wn_keyed_counts *made = NULL;
    TRY(wn_new(&made, 1));
    TRY(wn_new(&made->slots, FIRST_CAPACITY));
    made->capacity = FIRST_CAPACITY;
    *counts = made;
    made = NULL;
done:
    wn_keyed_counts_free(made);
    return status;
}

void wn_keyed_counts_free(wn_keyed_counts *counts)
{
    if (counts == NULL)
        return;
    wn_free(counts->slots);
    wn_free(counts);
}

static slot *find(slot *slots, size_t capacity, wn_hash key)
{
    size_t i = key.low & (capacity - 1);
    while (slots[i].is_used && wn_hash_compare(slots[i].entry.key, key) != 0)
        i = (i + 1) & (capacity - 1);
    return &slots[i];
}

static wn_status grow(wn_keyed_counts *counts)
{
    wn_status status = WN_OK;
    slot *larger = NULL;
    size_t capacity = 2 * counts->capacity;
    TRY(wn_new(&larger, capacity));
    for (size_t i = 0; i < counts->capacity; i++)
        if (counts->slots[i].is_used)
            *find(larger, capacity, counts->slots[i].entry.key) = counts->slots[i];
    wn_free(counts->slots);
    counts->slots = larger;
    counts->capacity = capacity;
done:
    return status;
}

wn_status wn_keyed_counts_add(wn_keyed_counts *counts, wn_hash key, int64_t count, int64_t payload)
{
    wn_status status = WN_OK;
    if (4 * (counts->n + 1) > 3 * counts->capacity)
        TRY(grow(counts));
    slot *at = find(counts->slots, counts->capacity, key);
    if (!at->is_used) {
        *at = (slot){{key, 0, payload}, 1};
        counts->n++;
    }
    at->entry.count += count;
    if (payload < at->entry.payload)
        at->entry.payload = payload;
done:
    return status;
}

size_t wn_keyed_counts_size(const wn_keyed_counts *counts)
{
    return counts->n;
}

static int by_key(const void *a, const void *b)
{
    const wn_keyed_count *left = a, *right = b;
    return wn_hash_compare(left->key, right->key);
}

static int by_count(const void *a, const void *b)
{
    const wn_keyed_count *left = a, *right = b;
    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return wn_hash_compare(left->key, right->key);
}

wn_status wn_keyed_counts_sorted(const wn_keyed_counts *counts, wn_keyed_count **entries)
{
    wn_status status = WN_OK;
    wn_keyed_count *sorted = NULL;
    size_t n = 0;
    TRY(wn_new(&sorted, counts->n));
    for (size_t i = 0; i < counts->capacity; i++)
        if (counts->slots[i].is_used)
            sorted[n++] = counts->slots[i].entry;
    qsort(sorted, n, sizeof *sorted, by_key);
    *entries = sorted;
done:
    return status;
}

static int owner_of(wn_hash key, int size)
{
    return (int)(((unsigned __int128)key.high * (unsigned)size) >> 64);
}

/* Local. The entries in the order of their owners (keys sorted by the high word are), and how many each owner gets. */
static wn_status entries_by_owner(const wn_ranks *ranks, const wn_keyed_counts *counts, wn_keyed_count **entries,
                                  size_t *n_to)
{
    wn_status status = WN_OK;
    TRY(wn_keyed_counts_sorted(counts, entries));
    for (size_t i = 0; i < counts->n; i++)
        n_to[owner_of((*entries)[i].key, ranks->size)]++;
done:
    return status;
}

static wn_status fill(wn_keyed_counts *counts, const wn_keyed_count *entries, size_t n)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < n; i++)
        TRY(wn_keyed_counts_add(counts, entries[i].key, entries[i].count, entries[i].payload));
done:
    return status;
}

static void swap(wn_keyed_counts *a, wn_keyed_counts *b)
{
    wn_keyed_counts kept = *a;
    *a = *b;
    *b = kept;
}

wn_status wn_keyed_counts_partition(const wn_ranks *ranks, wn_keyed_counts *counts)
{
    wn_status status = WN_OK;
    wn_keyed_count *mine = NULL, *received = NULL;
    wn_keyed_counts *merged = NULL;
    size_t *n_to = NULL, *n_from = NULL, n = 0;
    status = wn_new(&n_to, (size_t)ranks->size);
    if (status == WN_OK)
        status = wn_new(&n_from, (size_t)ranks->size);
    if (status == WN_OK)
        status = wn_keyed_counts_new(&merged);
    if (status == WN_OK)
        status = entries_by_owner(ranks, counts, &mine, n_to);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_exchange(ranks, mine, n_to, sizeof *mine, (void **)&received, n_from));
    wn_free(mine); /* the sent copy would lie beside the received and the merged one */
    mine = NULL;
    for (int r = 0; r < ranks->size; r++)
        n += n_from[r];
    TRY(wn_ranks_agree(ranks, fill(merged, received, n)));
    swap(counts, merged);
done:
    wn_keyed_counts_free(merged);
    wn_free(received);
    wn_free(mine);
    wn_free(n_from);
    wn_free(n_to);
    return status;
}

wn_status wn_keyed_counts_top(const wn_ranks *ranks, const wn_keyed_counts *counts, size_t limit,
                              wn_keyed_count **entries, size_t *n)
{
    wn_status status = WN_OK;
    wn_keyed_count *mine = NULL, *all = NULL;
    size_t n_all = 0;
    TRY(wn_ranks_agree(ranks, wn_keyed_counts_sorted(counts, &mine)));
    qsort(mine, counts->n, sizeof *mine, by_count);
    TRY(wn_ranks_gather_all(ranks, mine, counts->n < limit ? counts->n : limit, sizeof *mine, (void **)&all, &n_all));
    qsort(all, n_all, sizeof *all, by_count);
    *n = n_all < limit ? n_all : limit;
    *entries = all;
done:
    wn_free(mine);
    return status;
}
