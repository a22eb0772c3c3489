#include "keyed_table.h"

#include "winnow/memory.h"
#include "winnow/radix_sort.h"

#include <string.h>

enum { ORDER_WORDS = 3, LEAST_RUNS = 4, MOST_RUNS = 64, GOOD_BUFFER = 16 << 10, MOST_BUFFER = 1 << 20 };

static const size_t UNBOUNDED = (size_t)256 << 20; /* shares of no budget, but for the table */

static size_t within(size_t n, size_t least, size_t most)
{
    return n < least ? least : n > most ? most : n;
}

wn_keyed_shares wn_keyed_shares_of(const wn_keyed_counts *counts)
{
    size_t budget = counts->budget > 0 ? counts->budget : UNBOUNDED;
    wn_keyed_shares shares = {.table = counts->budget > 0 ? budget / 16 * 5 : SIZE_MAX,
                              .write_buffer = within(budget / 48, 1, MOST_BUFFER),
                              .message = budget / 24,
                              .most_runs = within(budget / 6 / GOOD_BUFFER, LEAST_RUNS, MOST_RUNS)};
    shares.read_buffer = within(budget / 6 / shares.most_runs, 1, MOST_BUFFER);
    return shares;
}

wn_keyed_count wn_keyed_table_entry(const wn_keyed_counts *counts, const wn_keyed_slot *slot)
{
    wn_keyed_count entry = {.key = slot->key, .count = slot->count, .rows = slot->rows, .payload = slot->payload};
    if (slot->text >= SLOT_TEXT) {
        const unsigned char *text = counts->texts + (slot->text - SLOT_TEXT);
        memcpy(&entry.n_text, text, sizeof entry.n_text);
        entry.text = (const char *)text + sizeof entry.n_text;
    }
    return entry;
}

wn_status wn_keyed_table_sort(const wn_keyed_counts *counts, uint64_t **order)
{
    wn_status status = WN_OK;
    uint64_t *sorted = NULL, *next;
    TRY(wn_new(&sorted, ORDER_WORDS * counts->n));
    next = sorted;
    for (size_t i = 0; i < counts->capacity; i++)
        if (counts->slots[i].text != SLOT_EMPTY) {
            *next++ = counts->slots[i].key.high;
            *next++ = counts->slots[i].key.low;
            *next++ = i;
        }
    wn_words_sort(sorted, counts->n, ORDER_WORDS);
    *order = sorted;
done:
    return status;
}

void wn_keyed_table_release(wn_keyed_counts *counts)
{
    wn_free(counts->slots);
    wn_free(counts->texts);
    counts->slots = NULL;
    counts->texts = NULL;
    counts->n = counts->capacity = counts->n_texts = counts->texts_room = 0;
}

wn_keyed_record wn_keyed_record_of(const wn_keyed_count *entry)
{
    return (wn_keyed_record){.key = entry->key,
                             .count = entry->count,
                             .rows = entry->rows,
                             .payload = entry->payload,
                             .n_text = entry->text != NULL ? entry->n_text + 1 : 0};
}

size_t wn_keyed_record_bytes(const wn_keyed_record *record)
{
    return sizeof *record + (record->n_text > 0 ? record->n_text - 1 : 0);
}

wn_keyed_count wn_keyed_record_entry(const wn_keyed_record *record, const char *text)
{
    return (wn_keyed_count){.key = record->key,
                            .count = record->count,
                            .rows = record->rows,
                            .payload = record->payload,
                            .text = record->n_text > 0 ? text : NULL,
                            .n_text = record->n_text > 0 ? record->n_text - 1 : 0};
}
