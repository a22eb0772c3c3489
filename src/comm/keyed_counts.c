#include "keyed_merge.h"
#include "winnow/memory.h"

#include <string.h>

enum { FIRST_CAPACITY = 64, FIRST_TEXTS = 1024, LEAST_BUDGET = 64 << 10 };

wn_status wn_keyed_counts_new(wn_keyed_counts **counts, size_t budget, const char *directory)
{
    wn_status status = WN_OK;
    wn_keyed_counts *made = NULL;
    if (budget > 0 && directory == NULL)
        return wn_fail(WN_INTERNAL, "counts within a budget need a directory");
    TRY(wn_new(&made, 1));
    made->budget = budget > 0 && budget < LEAST_BUDGET ? LEAST_BUDGET : budget;
    if (directory != NULL)
        TRY(wn_string_copy(&made->directory, directory));
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
    wn_keyed_table_release(counts);
    wn_spill_close(counts->spill);
    wn_free(counts->runs);
    wn_free(counts->directory);
    wn_free(counts);
}

/* Where a key lies, or the empty slot where it may. */
static wn_keyed_slot *find(wn_keyed_slot *slots, size_t capacity, wn_hash key)
{
    size_t i = key.low & (capacity - 1);
    while (slots[i].text != SLOT_EMPTY && wn_hash_compare(slots[i].key, key) != 0)
        i = (i + 1) & (capacity - 1);
    return &slots[i];
}

/* Whether a table that takes so many bytes for slots and for texts, with what it takes to change it, is within the
 * budget. */
static bool fits(const wn_keyed_counts *counts, size_t slot_bytes, size_t text_bytes)
{
    size_t most = wn_keyed_shares_of(counts).table;
    return slot_bytes <= most && text_bytes <= most - slot_bytes;
}

static size_t sort_bytes(size_t capacity)
{
    return capacity / 4 * 3 * 3 * sizeof(uint64_t);
}

/* Old and new slots lie side by side for a moment, and later slots and the words that they are sorted by. */
static bool may_grow(const wn_keyed_counts *counts, size_t capacity)
{
    size_t growing = (counts->capacity + capacity) * sizeof(wn_keyed_slot);
    size_t sorting = capacity * sizeof(wn_keyed_slot) + sort_bytes(capacity);
    return fits(counts, growing > sorting ? growing : sorting, counts->texts_room);
}

static wn_status grow(wn_keyed_counts *counts, size_t capacity)
{
    wn_status status = WN_OK;
    wn_keyed_slot *larger = NULL;
    TRY(wn_new(&larger, capacity));
    for (size_t i = 0; i < counts->capacity; i++)
        if (counts->slots[i].text != SLOT_EMPTY)
            *find(larger, capacity, counts->slots[i].key) = counts->slots[i];
    wn_free(counts->slots);
    counts->slots = larger;
    counts->capacity = capacity;
done:
    return status;
}

/* One more key finds a slot; the table may be empty then. */
static wn_status make_slot(wn_keyed_counts *counts)
{
    size_t capacity = counts->capacity > 0 ? 2 * counts->capacity : FIRST_CAPACITY;
    if (4 * (counts->n + 1) <= 3 * counts->capacity)
        return WN_OK;
    if (counts->n == 0 || may_grow(counts, capacity))
        return grow(counts, capacity);
    return wn_keyed_table_spill(counts);
}

/* A text of n bytes finds room; the table may be empty then. What is too long for the budget is taken all the same. */
static wn_status make_text_room(wn_keyed_counts *counts, size_t n)
{
    wn_status status = WN_OK;
    size_t need, room = counts->texts_room > 0 ? 2 * counts->texts_room : FIRST_TEXTS;
    if (counts->n_texts + sizeof n + n <= counts->texts_room)
        return WN_OK;
    need = counts->n_texts + sizeof n + n;
    room = room > need ? room : need;
    size_t slots = counts->capacity * sizeof(wn_keyed_slot) + sort_bytes(counts->capacity);
    if (!fits(counts, slots, counts->texts_room + room)) {
        TRY(wn_keyed_table_spill(counts));
        room = sizeof n + n;
        if (room <= counts->texts_room)
            return WN_OK;
    }
    TRY(wn_resize(&counts->texts, room));
    counts->texts_room = room;
done:
    return status;
}

static void keep_text(wn_keyed_counts *counts, wn_keyed_slot *slot, const wn_keyed_count *entry)
{
    unsigned char *to = counts->texts + counts->n_texts;
    slot->text = counts->n_texts + SLOT_TEXT;
    memcpy(to, &entry->n_text, sizeof entry->n_text);
    if (entry->n_text > 0)
        memcpy(to + sizeof entry->n_text, entry->text, entry->n_text);
    counts->n_texts += sizeof entry->n_text + entry->n_text;
}

/* The slot of a key, new or not, with room for its text. */
static wn_status reach(wn_keyed_counts *counts, const wn_keyed_count *entry, wn_keyed_slot **slot)
{
    wn_status status = WN_OK;
    wn_keyed_slot *at = counts->capacity > 0 ? find(counts->slots, counts->capacity, entry->key) : NULL;
    bool is_new = at == NULL || at->text == SLOT_EMPTY;
    bool lacks_text = entry->text != NULL && (is_new || at->text == SLOT_NO_TEXT);
    if (is_new || lacks_text) {
        if (is_new)
            TRY(make_slot(counts));
        if (lacks_text)
            TRY(make_text_room(counts, entry->n_text));
        at = find(counts->slots, counts->capacity, entry->key);
    }
    if (at->text == SLOT_EMPTY) {
        *at = (wn_keyed_slot){.key = entry->key, .payload = entry->payload, .text = SLOT_NO_TEXT};
        counts->n++;
    }
    *slot = at;
done:
    return status;
}

wn_status wn_keyed_counts_add(wn_keyed_counts *counts, const wn_keyed_count *entry)
{
    wn_keyed_slot *at = NULL;
    wn_status status = reach(counts, entry, &at);
    if (status != WN_OK)
        return status;
    at->count += entry->count;
    at->rows += entry->rows;
    if (entry->payload < at->payload)
        at->payload = entry->payload;
    if (entry->text != NULL && at->text == SLOT_NO_TEXT)
        keep_text(counts, at, entry);
    return WN_OK;
}

wn_status wn_keyed_counts_each(const wn_keyed_counts *counts, wn_keyed_take *take, void *context)
{
    wn_status status = WN_OK;
    wn_keyed_merge *merge = NULL;
    wn_keyed_count entry;
    bool has = false;
    TRY(wn_keyed_merge_new(&merge, counts, true));
    TRY(wn_keyed_merge_next(merge, &entry, &has));
    while (has) {
        TRY(take(context, &entry));
        TRY(wn_keyed_merge_next(merge, &entry, &has));
    }
done:
    wn_keyed_merge_free(merge);
    return status;
}
