/* wn_keyed_counts_partition: ranks stream their entries in the order of keys, a message of all owners at a time. */
#include "keyed_merge.h"
#include "winnow/memory.h"
#include "winnow/scratch.h"

#include <string.h>

/* Records in the order of keys, and then in the order of their owners. */
typedef struct {
    wn_keyed_merge *merge; /* owned */
    wn_keyed_count next;   /* the entry that did not fit */
    bool has_next;
    size_t most;                /* bytes of a message; a longer entry goes alone */
    wn_scratch records, parts;  /* the message in both orders */
    size_t n_bytes;             /* of the message */
    size_t *n_to, *place;       /* (size) bytes by owner, and where they go */
    wn_keyed_counts *collected; /* owned; what arrived */
} dealing;

static void dealing_clear(dealing *use)
{
    wn_keyed_counts_free(use->collected);
    wn_free(use->place);
    wn_free(use->n_to);
    wn_scratch_clear(&use->parts);
    wn_scratch_clear(&use->records);
    wn_keyed_merge_free(use->merge);
}

/* Not by the word that entries are sorted by first: then every message would go to one owner. */
static int owner_of(wn_hash key, int size)
{
    return (int)(((unsigned __int128)key.low * (unsigned)size) >> 64);
}

static wn_status prepare(const wn_ranks *ranks, wn_keyed_counts *counts, dealing *use)
{
    wn_status status = WN_OK;
    if (counts->n_runs > 0) { /* a table beside the buffers of runs and the table of what arrives would be too much */
        TRY(wn_keyed_table_spill(counts));
        wn_keyed_table_release(counts);
    }
    use->most = wn_keyed_shares_of(counts).message;
    TRY(wn_new(&use->n_to, (size_t)ranks->size));
    TRY(wn_new(&use->place, (size_t)ranks->size));
    TRY(wn_keyed_counts_new(&use->collected, counts->budget, counts->directory));
    TRY(wn_keyed_merge_new(&use->merge, counts, true));
    TRY(wn_keyed_merge_next(use->merge, &use->next, &use->has_next));
done:
    return status;
}

static wn_status append(const wn_ranks *ranks, dealing *use, const wn_keyed_record *record)
{
    wn_status status = WN_OK;
    size_t n = wn_keyed_record_bytes(record), need = use->n_bytes + n;
    if (use->n_bytes == 0)
        TRY(wn_scratch_reserve(&use->records, need > use->most ? need : use->most));
    memcpy(use->records.bytes + use->n_bytes, record, sizeof *record);
    if (n > sizeof *record)
        memcpy(use->records.bytes + use->n_bytes + sizeof *record, use->next.text, n - sizeof *record);
    use->n_to[owner_of(record->key, ranks->size)] += n;
    use->n_bytes = need;
done:
    return status;
}

/* Records change places until those of every owner lie together. */
static wn_status order_by_owner(const wn_ranks *ranks, dealing *use)
{
    wn_status status = WN_OK;
    size_t end = 0;
    TRY(wn_scratch_reserve(&use->parts, use->n_bytes));
    for (int r = 0; r < ranks->size; r++) {
        use->place[r] = end;
        end += use->n_to[r];
    }
    for (size_t at = 0; at < use->n_bytes;) {
        wn_keyed_record record;
        memcpy(&record, use->records.bytes + at, sizeof record);
        size_t n = wn_keyed_record_bytes(&record), *to = &use->place[owner_of(record.key, ranks->size)];
        memcpy(use->parts.bytes + *to, use->records.bytes + at, n);
        *to += n;
        at += n;
    }
done:
    return status;
}

/* Local. The next message. */
static wn_status pack(const wn_ranks *ranks, dealing *use)
{
    wn_status status = WN_OK;
    use->n_bytes = 0;
    memset(use->n_to, 0, (size_t)ranks->size * sizeof *use->n_to);
    while (use->has_next) {
        wn_keyed_record record = wn_keyed_record_of(&use->next);
        if (use->n_bytes > 0 && use->n_bytes + wn_keyed_record_bytes(&record) > use->most)
            break;
        TRY(append(ranks, use, &record));
        TRY(wn_keyed_merge_next(use->merge, &use->next, &use->has_next));
    }
    TRY(order_by_owner(ranks, use));
done:
    return status;
}

static wn_status collect(void *context, const void *bytes, size_t n)
{
    wn_status status = WN_OK;
    const char *at = bytes, *end = at + n;
    while (at < end) {
        wn_keyed_record record;
        memcpy(&record, at, sizeof record);
        wn_keyed_count entry = wn_keyed_record_entry(&record, at + sizeof record);
        TRY(wn_keyed_counts_add(context, &entry));
        at += wn_keyed_record_bytes(&record);
    }
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
    dealing use = {0};
    int64_t has_more = 1;
    if (ranks->size == 1)
        return WN_OK;
    TRY(wn_ranks_agree(ranks, prepare(ranks, counts, &use)));
    while (has_more) {
        TRY(wn_ranks_agree(ranks, pack(ranks, &use)));
        TRY(wn_ranks_deal(ranks, use.parts.bytes, use.n_to, collect, use.collected));
        has_more = use.has_next;
        TRY(wn_ranks_max(ranks, &has_more, 1));
    }
    swap(counts, use.collected);
done:
    dealing_clear(&use);
    return status;
}
