#include "text_index.h"

#include "winnow/memory.h"

#include <string.h>

static const size_t MOST_TEXTS = UINT32_MAX / 8;

/* At most a quarter of the slots is taken: most keys that are looked up are not there. */
static size_t slots_for(size_t n)
{
    size_t slots = 16;
    while (slots < 4 * n)
        slots *= 2;
    return slots;
}

static wn_status allocate(wn_text_index *index, const wn_text *texts, size_t n)
{
    wn_status status = WN_OK;
    size_t n_bytes = 0;
    if (n > MOST_TEXTS)
        return wn_fail(WN_NO_MEMORY, "out of memory: an index of more than %zu texts", MOST_TEXTS);
    for (size_t i = 0; i < n; i++)
        n_bytes += texts[i].n_bytes;
    index->mask = slots_for(n) - 1;
    TRY(wn_new(&index->texts, n));
    TRY(wn_new(&index->bytes, n_bytes));
    TRY(wn_new(&index->keys, n));
    TRY(wn_new(&index->slots, index->mask + 1));
done:
    return status;
}

/* The slot of a key, or the empty one where it would go. */
static size_t slot_of(const wn_text_index *index, wn_hash key)
{
    size_t at = key.low & index->mask;
    while (index->slots[at] != 0 && wn_hash_compare(index->keys[index->slots[at] - 1], key) != 0)
        at = (at + 1) & index->mask;
    return at;
}

static wn_status insert(wn_text_index *index, wn_text text, size_t place, char *bytes, const char *noun)
{
    wn_hash key = wn_hash_bytes(text.data, text.n_bytes, 0);
    size_t slot = slot_of(index, key);
    if (index->slots[slot] != 0)
        return wn_fail(WN_BAD_DATA, "a %s is there twice: the %zuth and the %zuth", noun, (size_t)index->slots[slot],
                       place + 1);
    if (text.n_bytes > 0)
        memcpy(bytes, text.data, text.n_bytes);
    index->texts[place] = (wn_text){bytes, text.n_bytes};
    index->keys[place] = key;
    index->slots[slot] = (uint32_t)place + 1;
    return WN_OK;
}

wn_status wn_text_index_init(wn_text_index *index, const wn_text *texts, size_t n, const char *noun)
{
    wn_status status = WN_OK;
    *index = (wn_text_index){.n = n};
    TRY(allocate(index, texts, n));
    char *bytes = index->bytes;
    for (size_t i = 0; i < n; bytes += texts[i].n_bytes, i++)
        TRY(insert(index, texts[i], i, bytes, noun));
done:
    if (status != WN_OK)
        wn_text_index_clear(index);
    return status;
}

void wn_text_index_clear(wn_text_index *index)
{
    wn_free(index->texts);
    wn_free(index->bytes);
    wn_free(index->keys);
    wn_free(index->slots);
    *index = (wn_text_index){0};
}

size_t wn_text_index_find(const wn_text_index *index, wn_hash key)
{
    uint32_t place = index->slots[slot_of(index, key)];
    return place > 0 ? place - 1 : index->n;
}
