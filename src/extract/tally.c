#include "winnow/tally.h"

#include "text_ends.h"
#include "winnow/levels.h"
#include "winnow/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ENTRIES = 256, FIRST_BYTES = 4096, RECENT = 512 };

static const size_t MOST_ENTRIES = UINT32_MAX / 4; /* their numbers lie in 32 bits, half of the slots are empty */

typedef struct {
    wn_hash key;
    int64_t count, rows;
    int64_t last_row; /* the row it was seen in last */
    size_t begin, n_bytes;
} entry;

/* A cell that came not long ago. */
typedef struct {
    wn_text_ends ends;
    size_t entry; /* its number + 1; 0: none */
} recent_cell;

struct wn_tally {
    int64_t row;    /* the one that was begun last, from 1 */
    entry *entries; /* owned, in order of their first occurrence */
    size_t n, room;
    uint32_t *slots; /* (2 x room, a power of two) numbers of entries + 1, 0 is empty; owned */
    char *bytes;     /* owned */
    size_t n_bytes, byte_room;
    recent_cell recent[RECENT]; /* by the hash of their ends */
};

static wn_status make_slots(wn_tally *tally, size_t room)
{
    uint32_t *slots = NULL;
    wn_status status = wn_new(&slots, 2 * room);
    if (status != WN_OK)
        return status;
    size_t mask = 2 * room - 1;
    for (size_t i = 0; i < tally->n; i++) {
        size_t at = tally->entries[i].key.low & mask;
        while (slots[at] != 0)
            at = (at + 1) & mask;
        slots[at] = (uint32_t)i + 1;
    }
    wn_free(tally->slots);
    tally->slots = slots;
    tally->room = room;
    return WN_OK;
}

static wn_status grow_entries(wn_tally *tally, size_t room)
{
    wn_status status = WN_OK;
    if (room > MOST_ENTRIES)
        return wn_fail(WN_NO_MEMORY, "out of memory: more than %zu distinct terms or levels on one rank", MOST_ENTRIES);
    TRY(wn_resize(&tally->entries, room));
    TRY(make_slots(tally, room));
done:
    return status;
}

wn_status wn_tally_new(wn_tally **tally)
{
    wn_status status = WN_OK;
    wn_tally *made = NULL;
    TRY(wn_new(&made, 1));
    TRY(grow_entries(made, FIRST_ENTRIES));
    TRY(wn_new(&made->bytes, FIRST_BYTES));
    made->byte_room = FIRST_BYTES;
    *tally = made;
    made = NULL;
done:
    wn_tally_free(made);
    return status;
}

void wn_tally_free(wn_tally *tally)
{
    if (tally == NULL)
        return;
    wn_free(tally->entries);
    wn_free(tally->slots);
    wn_free(tally->bytes);
    wn_free(tally);
}

void wn_tally_begin_row(wn_tally *tally)
{
    tally->row++;
}

/* The slot of a key, or the empty one where it would go. */
static size_t slot_of(const wn_tally *tally, wn_hash key)
{
    size_t mask = 2 * tally->room - 1, at = key.low & mask;
    while (tally->slots[at] != 0) {
        wn_hash there = tally->entries[tally->slots[at] - 1].key;
        if (there.low == key.low && there.high == key.high)
            break;
        at = (at + 1) & mask;
    }
    return at;
}

static wn_status reserve_bytes(wn_tally *tally, size_t n)
{
    wn_status status = WN_OK;
    size_t room = tally->byte_room;
    while (room - tally->n_bytes < n)
        if (__builtin_mul_overflow(room, (size_t)2, &room))
            return wn_fail(WN_NO_MEMORY, "out of memory: a term or level of %zu bytes", n);
    if (room > tally->byte_room)
        TRY(wn_resize(&tally->bytes, room));
    tally->byte_room = room;
done:
    return status;
}

static wn_status insert(wn_tally *tally, size_t slot, wn_text text, wn_hash key)
{
    wn_status status = WN_OK;
    TRY(reserve_bytes(tally, text.n_bytes));
    if (tally->n == tally->room) {
        TRY(grow_entries(tally, 2 * tally->room));
        slot = slot_of(tally, key);
    }
    if (text.n_bytes > 0)
        memcpy(tally->bytes + tally->n_bytes, text.data, text.n_bytes);
    tally->entries[tally->n] = (entry){key, 1, 1, tally->row, tally->n_bytes, text.n_bytes};
    tally->n_bytes += text.n_bytes;
    tally->slots[slot] = (uint32_t)++tally->n;
done:
    return status;
}

wn_status wn_tally_add(wn_tally *tally, wn_text text, wn_hash key)
{
    size_t slot = slot_of(tally, key);
    if (tally->slots[slot] == 0)
        return insert(tally, slot, text, key);
    entry *found = &tally->entries[tally->slots[slot] - 1];
    found->count++;
    found->rows += found->last_row != tally->row;
    found->last_row = tally->row;
    return WN_OK;
}

static wn_status add_other(wn_tally *tally, wn_text text, wn_text_ends ends, recent_cell *recent)
{
    wn_status status = WN_OK;
    wn_hash key = wn_hash_bytes(text.data, text.n_bytes, 0);
    TRY(wn_tally_add(tally, text, key));
    *recent = (recent_cell){ends, tally->slots[slot_of(tally, key)]};
done:
    return status;
}

/* *is_recent: it took no memory. */
static inline wn_status add_cell(wn_tally *tally, wn_text text, bool *is_recent)
{
    const wn_text_ends ends = wn_text_ends_of(text);
    recent_cell *recent = &tally->recent[wn_text_ends_hash(ends, text) % RECENT];
    tally->row++;
    if (recent->entry > 0) {
        entry *found = &tally->entries[recent->entry - 1];
        if (wn_text_ends_equal(ends, text, recent->ends, tally->bytes + found->begin)) {
            found->count++;
            found->rows++;
            found->last_row = tally->row;
            *is_recent = true;
            return WN_OK;
        }
    }
    *is_recent = false;
    return add_other(tally, text, ends, recent);
}

static wn_status add_texts(wn_tally *tally, const wn_tally_cells *cells, size_t most_bytes, size_t *next,
                           int64_t *n_valid)
{
    wn_status status = WN_OK;
    bool is_recent;
    while (*next < cells->n) {
        wn_text text = cells->texts[(*next)++ * cells->stride];
        if (text.n_bytes == 0)
            continue;
        TRY(add_cell(tally, text, &is_recent));
        ++*n_valid;
        if (!is_recent && wn_tally_bytes(tally) > most_bytes)
            break;
    }
done:
    return status;
}

static wn_status add_numbers(wn_tally *tally, const wn_tally_cells *cells, size_t most_bytes, size_t *next,
                             int64_t *n_valid)
{
    wn_status status = WN_OK;
    bool is_recent;
    while (*next < cells->n) {
        double cell = cells->numbers[(*next)++ * cells->stride];
        if (isnan(cell))
            continue;
        const wn_level_bytes number = wn_level_number(cell);
        TRY(add_cell(tally, (wn_text){number.bytes, sizeof number.bytes}, &is_recent));
        ++*n_valid;
        if (!is_recent && wn_tally_bytes(tally) > most_bytes)
            break;
    }
done:
    return status;
}

wn_status wn_tally_add_cells(wn_tally *tally, const wn_tally_cells *cells, size_t most_bytes, size_t *next,
                             int64_t n_valid[2])
{
    size_t first = *next;
    int64_t n = 0;
    wn_status status = cells->texts != NULL ? add_texts(tally, cells, most_bytes, next, &n)
                                            : add_numbers(tally, cells, most_bytes, next, &n);
    n_valid[0] += n;
    n_valid[1] += (int64_t)(*next - first) - n;
    return status;
}

static wn_status take(void *context, wn_text term, wn_hash key)
{
    return wn_tally_add(context, term, key);
}

wn_status wn_tally_add_terms(wn_tally *tally, wn_tokenizer *tokenizer, wn_text text)
{
    wn_tally_begin_row(tally);
    return wn_tokenizer_read(tokenizer, text, (wn_term_sink){take, tally});
}

size_t wn_tally_size(const wn_tally *tally)
{
    return tally->n;
}

size_t wn_tally_bytes(const wn_tally *tally)
{
    return sizeof *tally + tally->room * (sizeof *tally->entries + 2 * sizeof *tally->slots) + tally->byte_room;
}

wn_tally_entry wn_tally_at(const wn_tally *tally, size_t i)
{
    const entry *at = &tally->entries[i];
    return (wn_tally_entry){at->key, at->count, at->rows, {tally->bytes + at->begin, at->n_bytes}};
}
