#include "keyed_choice.h"

#include "winnow/memory.h"

#include <stdbool.h>
#include <stdlib.h>

int wn_keyed_by_count(const void *a, const void *b)
{
    const wn_keyed_count *left = a, *right = b;
    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return wn_hash_compare(left->key, right->key);
}

int wn_keyed_by_key(const void *a, const void *b)
{
    const wn_keyed_count *left = a, *right = b;
    return wn_hash_compare(left->key, right->key);
}

static bool is_later(const wn_keyed_choice *chosen, size_t a, size_t b)
{
    return wn_keyed_by_count(&chosen->entries[a], &chosen->entries[b]) > 0;
}

static void exchange(wn_keyed_choice *chosen, size_t a, size_t b)
{
    wn_keyed_count kept = chosen->entries[a];
    chosen->entries[a] = chosen->entries[b];
    chosen->entries[b] = kept;
}

static void sift_up(wn_keyed_choice *chosen, size_t at)
{
    for (; at > 0 && is_later(chosen, at, (at - 1) / 2); at = (at - 1) / 2)
        exchange(chosen, at, (at - 1) / 2);
}

static void sift_down(wn_keyed_choice *chosen, size_t at)
{
    for (;;) {
        size_t latest = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < chosen->n; child++)
            if (is_later(chosen, child, latest))
                latest = child;
        if (latest == at)
            return;
        exchange(chosen, at, latest);
        at = latest;
    }
}

wn_status wn_keyed_choose(void *context, const wn_keyed_count *entry)
{
    wn_status status = WN_OK;
    wn_keyed_choice *chosen = context;
    chosen->count += entry->count;
    chosen->rows += entry->rows;
    chosen->n_keys++;
    chosen->n_texts += entry->text != NULL;
    if (entry->rows < chosen->minimum_rows || chosen->limit == 0)
        return WN_OK;
    if (chosen->n == chosen->limit) {
        if (wn_keyed_by_count(entry, &chosen->entries[0]) > 0)
            return WN_OK;
        chosen->entries[0] = *entry;
        chosen->entries[0].text = NULL;
        sift_down(chosen, 0);
        return WN_OK;
    }
    if (chosen->n == chosen->room) {
        size_t room = 2 * chosen->room + 16;
        TRY(wn_resize(&chosen->entries, room));
        chosen->room = room;
    }
    chosen->entries[chosen->n] = *entry;
    chosen->entries[chosen->n].text = NULL;
    sift_up(chosen, chosen->n++);
done:
    return status;
}

/* The better of the entries of two ranks; there is room for all of both. */
static wn_status join(const wn_ranks *ranks, int other, wn_keyed_choice *chosen)
{
    wn_status status = WN_OK;
    uint64_t n = 0;
    TRY(wn_ranks_receive(ranks, other, &n, sizeof n));
    TRY(wn_ranks_receive(ranks, other, chosen->entries + chosen->n, n * sizeof *chosen->entries));
    chosen->n += n;
    qsort(chosen->entries, chosen->n, sizeof *chosen->entries, wn_keyed_by_count);
    chosen->n = chosen->n < chosen->limit ? chosen->n : chosen->limit;
done:
    return status;
}

static wn_status give(const wn_ranks *ranks, int other, const wn_keyed_choice *chosen)
{
    uint64_t n = chosen->n;
    wn_status status = wn_ranks_send(ranks, other, &n, sizeof n);
    return status == WN_OK ? wn_ranks_send(ranks, other, chosen->entries, n * sizeof *chosen->entries) : status;
}

/* Over a binomial tree towards rank 0, then to all. */
wn_status wn_keyed_choose_over_ranks(const wn_ranks *ranks, wn_keyed_choice *chosen)
{
    wn_status status = WN_OK;
    int64_t most = (int64_t)chosen->n;
    TRY(wn_ranks_sum(ranks, &most, 1));
    most = most < (int64_t)chosen->limit ? most : (int64_t)chosen->limit;
    TRY(wn_ranks_agree(ranks, wn_resize(&chosen->entries, 2 * (size_t)most)));
    qsort(chosen->entries, chosen->n, sizeof *chosen->entries, wn_keyed_by_count);
    for (int step = 1; step < ranks->size; step *= 2) {
        if (ranks->rank % (2 * step) == step) {
            TRY(give(ranks, ranks->rank - step, chosen));
            break;
        }
        if (ranks->rank + step < ranks->size)
            TRY(join(ranks, ranks->rank + step, chosen));
    }
    TRY(wn_ranks_broadcast(ranks, 0, &chosen->n, sizeof chosen->n));
    TRY(wn_ranks_broadcast(ranks, 0, chosen->entries, chosen->n * sizeof *chosen->entries));
done:
    return status;
}
