#include "keyed_merge.h"

#include "winnow/memory.h"
#include "winnow/scratch.h"

#include <string.h>

/* A run, or the table; what it comes to next is its head. */
typedef struct {
    wn_spill_reader reader; /* of a run: the head's text is what it comes to */
    wn_keyed_record head;
    const uint64_t *order; /* of the table: what follows the head; borrowed; NULL for a run */
    const char *text;      /* the table's head's, borrowed */
} source;

struct wn_keyed_merge {
    const wn_keyed_counts *counts;
    source *sources; /* (runs and the table) owned */
    size_t *heap;    /* (n) owned; sources that have a head, none smaller than its parent's */
    size_t n;
    uint64_t *order;        /* of the table, owned */
    unsigned char *buffers; /* of the runs, owned */
    wn_scratch text;        /* of the entry that was given */
};

static bool is_less(const wn_keyed_merge *merge, size_t a, size_t b)
{
    return wn_hash_compare(merge->sources[a].head.key, merge->sources[b].head.key) < 0;
}

static void sift_down(wn_keyed_merge *merge, size_t at)
{
    size_t *heap = merge->heap;
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < merge->n; child++)
            if (is_less(merge, heap[child], heap[least]))
                least = child;
        if (least == at)
            return;
        size_t kept = heap[at];
        heap[at] = heap[least];
        heap[least] = kept;
        at = least;
    }
}

static void take_from_table(const wn_keyed_merge *merge, source *from, bool *has)
{
    *has = from->order < merge->order + 3 * merge->counts->n;
    if (!*has)
        return;
    wn_keyed_count entry = wn_keyed_table_entry(merge->counts, &merge->counts->slots[from->order[2]]);
    from->head = wn_keyed_record_of(&entry);
    from->text = entry.text;
    from->order += 3;
}

/* The next head of a source, whose last one's text was read or passed over. */
static wn_status advance(const wn_keyed_merge *merge, source *from, bool *has)
{
    if (from->order != NULL) {
        take_from_table(merge, from, has);
        return WN_OK;
    }
    *has = !wn_spill_reader_is_done(&from->reader);
    return *has ? wn_spill_reader_read(&from->reader, &from->head, sizeof from->head) : WN_OK;
}

static wn_status fill_heap(wn_keyed_merge *merge, size_t n_sources)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < n_sources; i++) {
        bool has = false;
        TRY(advance(merge, &merge->sources[i], &has));
        if (has)
            merge->heap[merge->n++] = i;
    }
    for (size_t at = merge->n / 2; at-- > 0;)
        sift_down(merge, at);
done:
    return status;
}

wn_status wn_keyed_merge_new(wn_keyed_merge **merge, const wn_keyed_counts *counts, bool is_whole)
{
    wn_status status = WN_OK;
    wn_keyed_merge *made = NULL;
    size_t n_runs = counts->n_runs, room = wn_keyed_shares_of(counts).read_buffer;
    TRY(wn_new(&made, 1));
    made->counts = counts;
    TRY(wn_new(&made->sources, n_runs + 1));
    TRY(wn_new(&made->heap, n_runs + 1));
    TRY(wn_new(&made->buffers, n_runs * room));
    for (size_t i = 0; i < n_runs; i++)
        made->sources[i].reader = wn_spill_reader_of(counts->spill, counts->runs[i].begin, counts->runs[i].end,
                                                     made->buffers + i * room, room);
    if (is_whole) {
        TRY(wn_keyed_table_sort(counts, &made->order));
        made->sources[n_runs].order = made->order;
    }
    TRY(fill_heap(made, n_runs + is_whole));
    *merge = made;
    made = NULL;
done:
    wn_keyed_merge_free(made);
    return status;
}

void wn_keyed_merge_free(wn_keyed_merge *merge)
{
    if (merge == NULL)
        return;
    wn_scratch_clear(&merge->text);
    wn_free(merge->order);
    wn_free(merge->buffers);
    wn_free(merge->heap);
    wn_free(merge->sources);
    wn_free(merge);
}

/* The head's text, for the entry where it has none yet. */
static wn_status take_text(wn_keyed_merge *merge, source *from, wn_keyed_count *entry)
{
    wn_status status = WN_OK;
    size_t n = wn_keyed_record_bytes(&from->head) - sizeof from->head;
    bool is_wanted = from->head.n_text > 0 && entry->text == NULL;
    if (is_wanted && from->order == NULL) {
        TRY(wn_scratch_reserve(&merge->text, n));
        TRY(wn_spill_reader_read(&from->reader, merge->text.bytes, n));
    } else if (from->order == NULL) {
        wn_spill_reader_skip(&from->reader, n);
    }
    if (is_wanted) {
        entry->text = from->order == NULL ? (const char *)merge->text.bytes : from->text;
        entry->n_text = n;
    }
done:
    return status;
}

/* Adds the least head to an entry, and goes on to the next. */
static wn_status fold(wn_keyed_merge *merge, wn_keyed_count *entry)
{
    wn_status status = WN_OK;
    source *from = &merge->sources[merge->heap[0]];
    bool has = false;
    entry->count += from->head.count;
    entry->rows += from->head.rows;
    entry->payload = from->head.payload < entry->payload ? from->head.payload : entry->payload;
    TRY(take_text(merge, from, entry));
    TRY(advance(merge, from, &has));
    if (!has)
        merge->heap[0] = merge->heap[--merge->n];
    sift_down(merge, 0);
done:
    return status;
}

wn_status wn_keyed_merge_next(wn_keyed_merge *merge, wn_keyed_count *entry, bool *has)
{
    wn_status status = WN_OK;
    *has = merge->n > 0;
    if (!*has)
        return WN_OK;
    *entry = (wn_keyed_count){.key = merge->sources[merge->heap[0]].head.key, .payload = INT64_MAX};
    while (merge->n > 0 && wn_hash_compare(merge->sources[merge->heap[0]].head.key, entry->key) == 0)
        TRY(fold(merge, entry));
done:
    return status;
}
