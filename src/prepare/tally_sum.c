#include "tally_sum.h"

#include "winnow/memory.h"

#include <stdlib.h>
#include <string.h>

/* An entry as it travels; its bytes follow. */
typedef struct {
    wn_hash key;
    int64_t count, rows;
    size_t n_bytes;
} record;

static size_t owner_of(wn_hash key, int size)
{
    return (size_t)(((unsigned __int128)key.high * (unsigned)size) >> 64);
}

static size_t entry_bytes(const wn_tally_entry *entry)
{
    return sizeof(record) + entry->text.n_bytes;
}

static void pack_entry(const wn_tally_entry *entry, unsigned char *to)
{
    record head = {entry->key, entry->count, entry->rows, entry->text.n_bytes};
    memcpy(to, &head, sizeof head);
    memcpy(to + sizeof head, entry->text.data, entry->text.n_bytes);
}

/* Every entry for the rank where its key lives: n_to (size) bytes for each, in their order. */
static wn_status pack_tally(const wn_tally *tally, int size, unsigned char **packed, size_t *n_to)
{
    wn_status status = WN_OK;
    size_t *at = NULL, n_bytes = 0, n = wn_tally_size(tally);
    TRY(wn_new(&at, (size_t)size));
    for (size_t i = 0; i < n; i++) {
        wn_tally_entry entry = wn_tally_at(tally, i);
        n_to[owner_of(entry.key, size)] += entry_bytes(&entry);
    }
    for (int r = 0; r < size; r++) {
        at[r] = n_bytes;
        n_bytes += n_to[r];
    }
    TRY(wn_new(packed, n_bytes));
    for (size_t i = 0; i < n; i++) {
        wn_tally_entry entry = wn_tally_at(tally, i);
        size_t owner = owner_of(entry.key, size);
        pack_entry(&entry, *packed + at[owner]);
        at[owner] += entry_bytes(&entry);
    }
done:
    wn_free(at);
    return status;
}

static int by_key(const void *a, const void *b)
{
    return wn_hash_compare(((const wn_tally_entry *)a)->key, ((const wn_tally_entry *)b)->key);
}

/* The entries in received bytes, equal ones added, sorted by key. */
static wn_status unpack(const unsigned char *bytes, size_t n_bytes, wn_tally_entry **entries, size_t *n)
{
    wn_status status = WN_OK;
    wn_tally_entry *found = NULL;
    size_t n_found = 0, kept = 0;
    record head;
    for (size_t at = 0; at < n_bytes; at += sizeof head + head.n_bytes, n_found++)
        memcpy(&head, bytes + at, sizeof head);
    TRY(wn_new(&found, n_found));
    for (size_t at = 0, i = 0; i < n_found; i++, at += sizeof head + head.n_bytes) {
        memcpy(&head, bytes + at, sizeof head);
        wn_text text = {(const char *)bytes + at + sizeof head, head.n_bytes};
        found[i] = (wn_tally_entry){head.key, head.count, head.rows, text};
    }
    if (n_found > 0)
        qsort(found, n_found, sizeof *found, by_key);
    for (size_t i = 0; i < n_found; i++) {
        if (kept > 0 && wn_hash_compare(found[kept - 1].key, found[i].key) == 0) {
            found[kept - 1].count += found[i].count;
            found[kept - 1].rows += found[i].rows;
        } else {
            found[kept++] = found[i];
        }
    }
    *entries = found;
    *n = kept;
done:
    return status;
}

static wn_status pack_entries(const wn_tally_entry *entries, size_t n, unsigned char **packed, size_t *n_bytes)
{
    size_t total = 0, at = 0;
    for (size_t i = 0; i < n; i++)
        total += entry_bytes(&entries[i]);
    wn_status status = wn_new(packed, total);
    for (size_t i = 0; status == WN_OK && i < n; at += entry_bytes(&entries[i++]))
        pack_entry(&entries[i], *packed + at);
    *n_bytes = total;
    return status;
}

static size_t sum_of(const size_t *counts, int n)
{
    size_t sum = 0;
    for (int i = 0; i < n; i++)
        sum += counts[i];
    return sum;
}

wn_status wn_tally_sum_ranks(const wn_ranks *ranks, const wn_tally *tally, size_t limit, int64_t minimum_rows,
                             wn_tally_sum *sum)
{
    wn_status status = WN_OK;
    size_t *counts = NULL, n_mine = 0, n_all = 0, n_bytes = 0, n_chosen = 0;
    unsigned char *packed = NULL, *chosen = NULL;
    wn_tally_entry *mine = NULL, *entries = NULL;
    void *received = NULL, *all = NULL;
    status = wn_new(&counts, 2 * (size_t)ranks->size);
    if (status == WN_OK)
        status = pack_tally(tally, ranks->size, &packed, counts);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_exchange(ranks, packed, counts, 1, &received, counts + ranks->size));
    status = unpack(received, sum_of(counts + ranks->size, ranks->size), &mine, &n_mine);
    int64_t n_distinct = (int64_t)n_mine;
    if (status == WN_OK) {
        wn_tally_choose(mine, &n_mine, limit, minimum_rows);
        status = pack_entries(mine, n_mine, &chosen, &n_bytes);
    }
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_sum(ranks, &n_distinct, 1));
    TRY(wn_ranks_gather_all(ranks, chosen, n_bytes, 1, &all, &n_all));
    TRY(wn_ranks_agree(ranks, unpack(all, n_all, &entries, &n_chosen)));
    wn_tally_choose(entries, &n_chosen, limit, minimum_rows);
    *sum = (wn_tally_sum){entries, n_chosen, n_distinct, all};
    entries = NULL;
    all = NULL;
done:
    wn_free(all);
    wn_free(entries);
    wn_free(chosen);
    wn_free(mine);
    wn_free(received);
    wn_free(packed);
    wn_free(counts);
    return status;
}

void wn_tally_sum_clear(wn_tally_sum *sum)
{
    wn_free(sum->entries);
    wn_free(sum->bytes);
    *sum = (wn_tally_sum){0};
}
