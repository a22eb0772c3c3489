#include "cell_search.h"

#include "key_buckets.h"
#include "winnow/accumulator.h"
#include "winnow/memory.h"
#include "winnow/order_key.h"
#include "winnow/radix_sort.h"

#include <math.h>
#include <string.h>

/* One round's message: at most MOST_BUCKETS for a search, and about TOTAL_BUCKETS for all. */
enum { MOST_BUCKETS = 2048, LEAST_BUCKETS = 16, TOTAL_BUCKETS = 1 << 20 };

/* A search with so few cells left is over: ranks share these, about TOTAL_FEW of all searches. */
enum { MOST_FEW = 512, LEAST_FEW = 8, TOTAL_FEW = 1 << 18 };

/* How a span is cut into buckets: equal parts of the values, which most columns' cells fill alike, or of their keys,
 * which no column's can evade. */
typedef struct {
    bool is_linear;
    double from, scale;
    int64_t low;
    unsigned shift;
    size_t n_buckets;
} cut;

/* What is known of a search: its key lies in [low, high], and `number` counts from the first key there. */
typedef struct {
    int64_t low, high, number;
    int64_t next;    /* the key after the one found, where it is among those that were shared */
    int64_t n_there; /* keys in [low, high] over all ranks; at the beginning more */
    size_t n;        /* this rank's cells there: the first n */
    bool is_linear;  /* the next cut, if it can be */
} span;

typedef struct {
    span *spans;
    int64_t *counts; /* (n_searches, n_buckets) of searches that are open, without gaps */
    size_t n_searches, n_buckets;
    int64_t few;
} rounds;

static cut cut_of(const span *s, size_t n_buckets)
{
    double low = wn_order_key_value(s->low), high = wn_order_key_value(s->high);
    cut c = {.from = low, .scale = (double)n_buckets / (high - low), .low = s->low, .n_buckets = n_buckets};
    c.shift = wn_key_shift(s->low, s->high, n_buckets);
    c.is_linear = s->is_linear && isfinite(low) && isfinite(high - low) && isfinite(c.scale) && c.scale > 0;
    return c;
}

/* The difference and the product round a larger cell to no less: the buckets are in order. */
static inline size_t bucket_of(const cut *c, double x)
{
    if (!c->is_linear)
        return wn_key_bucket(wn_order_key(x), c->low, c->shift);
    size_t bucket = (size_t)((x - c->from) * c->scale);
    return bucket < c->n_buckets ? bucket : c->n_buckets - 1;
}

static inline double cell_at(wn_cells cells, size_t i)
{
    return cells.is_float32 ? (double)((const float *)cells.data)[i] : ((const double *)cells.data)[i];
}

static void count(const cell_search *search, const span *s, int64_t *counts, size_t n_buckets)
{
    const cut c = cut_of(s, n_buckets);
    const wn_cells cells = search->cells;
    for (size_t i = 0; i < s->n; i++)
        counts[bucket_of(&c, cell_at(cells, i))]++;
}

static void swap(wn_cells cells, size_t a, size_t b)
{
    size_t size = wn_cell_bytes(cells.is_float32);
    unsigned char kept[sizeof(double)], *x = wn_cells_at(cells, a).data, *y = wn_cells_at(cells, b).data;
    memcpy(kept, x, size);
    memcpy(x, y, size);
    memcpy(y, kept, size);
}

/* Where a bucket's cells lie; of values with room for what the cut rounded. */
static void bound(const cut *c, size_t bucket, span *s)
{
    if (c->is_linear) {
        double low = c->from, high = wn_order_key_value(s->high), slack = 0x1p-50 * (fabs(low) + fabs(high));
        int64_t first = wn_order_key(low + (double)bucket / c->scale - slack);
        int64_t last = wn_order_key(low + (double)(bucket + 1) / c->scale + slack);
        s->low = first > s->low ? first : s->low;
        s->high = last < s->high && bucket + 1 < c->n_buckets ? last : s->high;
        return;
    }
    uint64_t first = (uint64_t)s->low + ((uint64_t)bucket << c->shift), last = first + (((uint64_t)1 << c->shift) - 1);
    s->low = (int64_t)first;
    s->high = last - first < (uint64_t)s->high - first ? (int64_t)last : s->high;
}

/* The span becomes its bucket that holds the number; the cells there come first. Values are cut again as long as that
 * leaves few cells of many. */
static void narrow(const cell_search *search, span *s, const int64_t *counts, size_t n_buckets)
{
    enum { FEW_OF_MANY = 4 };
    const cut c = cut_of(s, n_buckets);
    const wn_cells cells = search->cells;
    size_t bucket = 0, n = 0;
    int64_t n_before = 0;
    for (size_t b = 0; b < n_buckets; b++)
        n_before += counts[b];
    while (s->number >= counts[bucket])
        s->number -= counts[bucket++];
    s->n_there = counts[bucket];
    s->is_linear = c.is_linear && s->n_there <= n_before / FEW_OF_MANY;
    for (size_t i = 0; i < s->n; i++)
        if (bucket_of(&c, cell_at(cells, i)) == bucket)
            swap(cells, i, n++);
    s->n = n;
    bound(&c, bucket, s);
}

/* Not known yet, and of too many cells to share. */
static bool is_open(const rounds *r, const cell_search *searches, size_t i)
{
    const span *s = &r->spans[i];
    return searches[i].is_wanted && s->low < s->high && s->n_there > r->few;
}

/* Collective. */
static wn_status run_round(const wn_ranks *ranks, const cell_search *searches, rounds *r, bool *goes_on)
{
    wn_status status = WN_OK;
    size_t n_buckets = r->n_buckets, n_open = 0, at = 0;
    memset(r->counts, 0, r->n_searches * n_buckets * sizeof *r->counts);
    for (size_t i = 0; i < r->n_searches; i++)
        if (is_open(r, searches, i))
            count(&searches[i], &r->spans[i], r->counts + n_open++ * n_buckets, n_buckets);
    TRY(wn_ranks_sum(ranks, r->counts, n_open * n_buckets));
    *goes_on = false;
    for (size_t i = 0; i < r->n_searches; i++) {
        if (!is_open(r, searches, i))
            continue;
        narrow(&searches[i], &r->spans[i], r->counts + at++ * n_buckets, n_buckets);
        *goes_on = *goes_on || is_open(r, searches, i);
    }
done:
    return status;
}

/* A cell of a search as ranks share it; words that sort by search, then by key. */
typedef struct {
    uint64_t search, key;
} shared_cell;

/* Local. This rank's cells of all searches that are not known; borrowed by nobody. */
static wn_status list_few(const cell_search *searches, const rounds *r, shared_cell **few, size_t *n)
{
    wn_status status = WN_OK;
    size_t most = 0;
    for (size_t i = 0; i < r->n_searches; i++)
        most += searches[i].is_wanted && r->spans[i].low < r->spans[i].high ? r->spans[i].n : 0;
    TRY(wn_new(few, most));
    for (size_t i = 0; i < r->n_searches; i++)
        for (size_t c = 0; searches[i].is_wanted && r->spans[i].low < r->spans[i].high && c < r->spans[i].n; c++)
            (*few)[(*n)++] = (shared_cell){i, (uint64_t)wn_cells_key(searches[i].cells, c) ^ (uint64_t)INT64_MIN};
done:
    return status;
}

/* The keys of the order statistic and of the one after it, where that is among the n cells of the search. */
static void pick(const shared_cell *cells, span *s, int64_t n)
{
    s->low = s->high = (int64_t)(cells[s->number].key ^ (uint64_t)INT64_MIN);
    s->n_there = n;
    s->next = s->number + 1 < n ? (int64_t)(cells[s->number + 1].key ^ (uint64_t)INT64_MIN) : s->low;
}

/* Collective. The few cells that are left of all searches come to every rank, which sorts them. */
static wn_status share_few(const wn_ranks *ranks, const cell_search *searches, rounds *r)
{
    wn_status status = WN_OK;
    shared_cell *mine = NULL, *all = NULL;
    size_t n_mine = 0, n = 0;
    TRY(wn_ranks_agree(ranks, list_few(searches, r, &mine, &n_mine)));
    TRY(wn_ranks_gather_all(ranks, mine, n_mine, sizeof *mine, (void **)&all, &n));
    wn_words_sort((uint64_t *)(void *)all, n, sizeof *all / sizeof(uint64_t));
    for (size_t first = 0, end = 0; first < n; first = end) {
        while (end < n && all[end].search == all[first].search)
            end++;
        pick(all + first, &r->spans[all[first].search], (int64_t)(end - first));
    }
done:
    wn_free(all);
    wn_free(mine);
    return status;
}

/* Whether the next order statistic is another key than the one found, beyond those that were looked at. */
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
        const span *s = &r->spans[i];
        searches[i].value = searches[i].next = wn_order_key_value(s->low);
        if (needs_next(&searches[i], s))
            searches[i].next = wn_order_key_value(~complements[i]);
        else if (searches[i].has_next)
            searches[i].next = wn_order_key_value(s->next > s->low ? s->next : s->low);
    }
    return status;
}

static size_t share_of(size_t total, size_t n_searches, size_t least, size_t most)
{
    size_t n = most;
    while (n > least && n * n_searches > total)
        n /= 2;
    return n;
}

/* Local. */
static wn_status begin(const cell_search *searches, rounds *r)
{
    wn_status status = WN_OK;
    r->n_buckets = share_of(TOTAL_BUCKETS, r->n_searches, LEAST_BUCKETS, MOST_BUCKETS);
    r->few = (int64_t)share_of(TOTAL_FEW, r->n_searches, LEAST_FEW, MOST_FEW);
    TRY(wn_new(&r->spans, r->n_searches));
    TRY(wn_new(&r->counts, r->n_searches * r->n_buckets));
    for (size_t i = 0; i < r->n_searches; i++)
        r->spans[i] = (span){.low = wn_order_key(searches[i].low),
                             .high = wn_order_key(searches[i].high),
                             .number = searches[i].number,
                             .next = WN_KEY_NONE,
                             .n_there = INT64_MAX,
                             .n = searches[i].n,
                             .is_linear = true};
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
    TRY(share_few(ranks, searches, &r));
    TRY(find_next(ranks, searches, &r));
done:
    wn_free(r.counts);
    wn_free(r.spans);
    return status;
}
