#include "cell_search.h"

#include "key_buckets.h"
#include "winnow/accumulator.h"
#include "winnow/memory.h"
#include "winnow/order_key.h"

#include <string.h>

/* One round's message: at most MOST_BUCKETS for a search, and about TOTAL_BUCKETS for all. */
enum { MOST_BUCKETS = 2048, LEAST_BUCKETS = 16, TOTAL_BUCKETS = 1 << 20 };

/* What is known of a search: its key lies in [low, high], and `number` counts from the first key there. */
typedef struct {
    int64_t low, high, number;
    int64_t n_there; /* keys in [low, high] over all ranks */
    size_t n;        /* this rank's cells there: the first n */
} span;

typedef struct {
    span *spans;
    int64_t *counts; /* (n_searches, n_buckets) */
    size_t n_searches, n_buckets;
} rounds;

static void count(const cell_search *search, const span *s, int64_t *counts, size_t n_buckets)
{
    unsigned shift = wn_key_shift(s->low, s->high, n_buckets);
    for (size_t i = 0; i < s->n; i++)
        counts[wn_key_bucket(wn_cells_key(search->cells, i), s->low, shift)]++;
}

static void swap(wn_cells cells, size_t a, size_t b)
{
    size_t size = wn_cell_bytes(cells.is_float32);
    unsigned char kept[sizeof(double)], *x = wn_cells_at(cells, a).data, *y = wn_cells_at(cells, b).data;
    memcpy(kept, x, size);
    memcpy(x, y, size);
    memcpy(y, kept, size);
}

/* The span becomes its bucket that holds the number; the cells there come first. */
static void narrow(const cell_search *search, span *s, const int64_t *counts, size_t n_buckets)
{
    unsigned shift = wn_key_shift(s->low, s->high, n_buckets);
    size_t bucket = 0, n = 0;
    while (s->number >= counts[bucket])
        s->number -= counts[bucket++];
    uint64_t first = (uint64_t)s->low + ((uint64_t)bucket << shift), last = first + (((uint64_t)1 << shift) - 1);
    s->n_there = counts[bucket];
    s->low = (int64_t)first;
    s->high = last - first < (uint64_t)s->high - first ? (int64_t)last : s->high;
    for (size_t i = 0; i < s->n; i++) {
        int64_t key = wn_cells_key(search->cells, i);
        if (key >= s->low && key <= s->high)
            swap(search->cells, i, n++);
    }
    s->n = n;
}

static bool is_open(const cell_search *search, const span *s)
{
    return search->is_wanted && s->low < s->high;
}

/* Collective. */
static wn_status run_round(const wn_ranks *ranks, const cell_search *searches, rounds *r, bool *goes_on)
{
    wn_status status = WN_OK;
    size_t n_buckets = r->n_buckets;
    memset(r->counts, 0, r->n_searches * n_buckets * sizeof *r->counts);
    for (size_t i = 0; i < r->n_searches; i++)
        if (is_open(&searches[i], &r->spans[i]))
            count(&searches[i], &r->spans[i], r->counts + i * n_buckets, n_buckets);
    TRY(wn_ranks_sum(ranks, r->counts, r->n_searches * n_buckets));
    *goes_on = false;
    for (size_t i = 0; i < r->n_searches; i++) {
        if (is_open(&searches[i], &r->spans[i]))
            narrow(&searches[i], &r->spans[i], r->counts + i * n_buckets, n_buckets);
        *goes_on = *goes_on || is_open(&searches[i], &r->spans[i]);
    }
done:
    return status;
}

/* Whether the next order statistic is another key than the one found. */
static bool needs_next(const cell_search *search, const span *s)
{
    return search->is_wanted && search->has_next && s->number + 1 >= s->n_there;
}

/* Collective. The least key above the one found; as complements, of which MPI takes the maximum. */
static wn_status find_next(const wn_ranks *ranks, cell_search *searches, const rounds *r)
{
    int64_t *complements = r->counts;
    for (size_t i = 0; i < r->n_searches; i++) {
        complements[i] = WN_KEY_NONE;
        for (size_t c = 0; needs_next(&searches[i], &r->spans[i]) && c < searches[i].n; c++) {
            int64_t key = wn_cells_key(searches[i].cells, c);
            if (key > r->spans[i].low && ~key > complements[i])
                complements[i] = ~key;
        }
    }
    wn_status status = wn_ranks_max(ranks, complements, r->n_searches);
    for (size_t i = 0; status == WN_OK && i < r->n_searches; i++) {
        searches[i].value = searches[i].next = wn_order_key_value(r->spans[i].low);
        if (needs_next(&searches[i], &r->spans[i]))
            searches[i].next = wn_order_key_value(~complements[i]);
    }
    return status;
}

static size_t buckets_for(size_t n_searches)
{
    size_t n = MOST_BUCKETS;
    while (n > LEAST_BUCKETS && n * n_searches > TOTAL_BUCKETS)
        n /= 2;
    return n;
}

/* Local. */
static wn_status begin(const cell_search *searches, rounds *r)
{
    wn_status status = WN_OK;
    r->n_buckets = buckets_for(r->n_searches);
    TRY(wn_new(&r->spans, r->n_searches));
    TRY(wn_new(&r->counts, r->n_searches * r->n_buckets));
    for (size_t i = 0; i < r->n_searches; i++)
        r->spans[i] = (span){.low = wn_order_key(searches[i].low),
                             .high = wn_order_key(searches[i].high),
                             .number = searches[i].number,
                             .n = searches[i].n};
done:
    return status;
}

wn_status wn_cell_search_run(const wn_ranks *ranks, cell_search *searches, size_t n_searches)
{
    wn_status status = WN_OK;
    rounds r = {.n_searches = n_searches};
    bool goes_on = n_searches > 0;
    TRY(wn_ranks_agree(ranks, begin(searches, &r)));
    while (goes_on)
        TRY(run_round(ranks, searches, &r, &goes_on));
    TRY(find_next(ranks, searches, &r));
done:
    wn_free(r.counts);
    wn_free(r.spans);
    return status;
}
