#include "winnow/row_hashes.h"

#include "winnow/hash.h"
#include "winnow/memory.h"

#include "winnow/radix_sort.h"
#include <string.h>

#include <math.h>
#include <stdbool.h>

/* Three words, sorted as such: the key, then the row's number; where the key lives, the number with the rank it came
 * from below it. */
typedef struct {
    uint64_t high, low, tag;
} hashed_row;

enum { ROW_WORDS = sizeof(hashed_row) / sizeof(uint64_t), RANK_BITS = 20, MOST_RANKS = 1 << RANK_BITS };

static const int64_t MOST_ROWS = INT64_MAX >> RANK_BITS;

struct wn_row_hashes {
    size_t n_cols, n_texts;
    uint64_t seed;
    hashed_row *rows; /* owned */
    size_t n, capacity;
    double *scratch; /* (n_cols + 1 + 2 n_texts) canonical cells of a row, its label, the hashes of its texts */
};

wn_status wn_row_hashes_new(wn_row_hashes **hashes, size_t n_cols, uint64_t seed)
{
    wn_status status = WN_OK;
    wn_row_hashes *made = NULL;
    TRY(wn_new(&made, 1));
    made->n_cols = n_cols;
    made->seed = seed;
    TRY(wn_new(&made->scratch, n_cols + 1));
    *hashes = made;
    made = NULL;
done:
    wn_row_hashes_free(made);
    return status;
}

void wn_row_hashes_free(wn_row_hashes *hashes)
{
    if (hashes == NULL)
        return;
    wn_free(hashes->scratch);
    wn_free(hashes->rows);
    wn_free(hashes);
}

/* One bit pattern for all NaN, one for both zeros. */
static double canonical(double value)
{
    return value != value ? (double)NAN : value + 0.0;
}

/* Two words of hash a text. */
static void hash_texts(const wn_block *block, size_t row, uint64_t seed, double *words)
{
    for (size_t i = 0; i < block->n_texts; i++) {
        wn_text text = block->texts[row * block->n_texts + i];
        wn_hash hash = wn_hash_bytes(text.data, text.n_bytes, seed);
        memcpy(words + 2 * i, &hash, sizeof hash);
    }
}

static wn_status room_for_texts(wn_row_hashes *hashes, size_t n_texts)
{
    wn_status status = WN_OK;
    if (hashes->n_texts != n_texts)
        status = wn_resize(&hashes->scratch, hashes->n_cols + 1 + 2 * n_texts);
    if (status == WN_OK)
        hashes->n_texts = n_texts;
    return status;
}

wn_status wn_row_hashes_add(wn_row_hashes *hashes, const wn_block *block)
{
    wn_status status = WN_OK;
    size_t p = hashes->n_cols, n_words = p + 1 + 2 * block->n_texts;
    TRY(room_for_texts(hashes, block->n_texts));
    if (hashes->n + block->n_rows > hashes->capacity) {
        size_t capacity = 2 * hashes->capacity + block->n_rows;
        TRY(wn_resize(&hashes->rows, capacity));
        hashes->capacity = capacity;
    }
    wn_cells cells = wn_block_view(block);
    for (size_t i = 0; i < block->n_rows; i++) {
        wn_cells_widen(hashes->scratch, wn_cells_at(cells, i * block->n_cols), p);
        for (size_t c = 0; c < p; c++)
            hashes->scratch[c] = canonical(hashes->scratch[c]);
        hashes->scratch[p] = canonical(block->labels[i]);
        hash_texts(block, i, hashes->seed, hashes->scratch + p + 1);
        wn_hash key = wn_hash_bytes(hashes->scratch, n_words * sizeof(double), hashes->seed);
        hashes->rows[hashes->n++] = (hashed_row){key.high, key.low, (uint64_t)block->rows[i]};
    }
done:
    return status;
}

static wn_status add(void *state, const wn_block *block)
{
    return wn_row_hashes_add(state, block);
}

static wn_span nothing(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

wn_accumulator wn_row_hashes_accumulator(wn_row_hashes *hashes)
{
    static const wn_accumulator_ops ops = {"row_hashes", add, nothing, nothing, true};
    return (wn_accumulator){&ops, hashes};
}

/* Owners ascend with keys. */
static size_t owner_of(hashed_row row, int size)
{
    return (size_t)(((unsigned __int128)row.high * (unsigned)size) >> 64);
}

/* Buffers of one search; n_* and place are by rank. */
typedef struct {
    hashed_row *received;
    int64_t *answers, *repeats;
    size_t *n_to, *n_from, *n_back, *place;
} search;

static void search_clear(search *use)
{
    wn_free(use->received);
    wn_free(use->answers);
    wn_free(use->repeats);
    wn_free(use->n_to);
    wn_free(use->n_from);
    wn_free(use->n_back);
    wn_free(use->place);
}

/* Rows change places until those of every owner lie together; next (size) is where its next one goes, end (size) where
 * they end. */
static void deal_to_owners(hashed_row *rows, int size, size_t *next, const size_t *end)
{
    for (size_t owner = 0; owner < (size_t)size; owner++)
        while (next[owner] < end[owner]) {
            hashed_row *row = &rows[next[owner]], kept = *row;
            size_t home = owner_of(kept, size);
            *row = rows[next[home]];
            rows[next[home]++] = kept;
        }
}

/* Local. Puts the rows into the order of their owners, in place; the set of rows stays what it was. */
static wn_status sort_by_owner(const wn_ranks *ranks, const wn_row_hashes *hashes, search *use)
{
    wn_status status = WN_OK;
    size_t size = (size_t)ranks->size, *end = NULL;
    if (size > MOST_RANKS)
        return wn_fail(WN_INTERNAL, "repeated rows are not sought on more than %d ranks", MOST_RANKS);
    TRY(wn_new(&use->n_to, size));
    TRY(wn_new(&use->n_from, size));
    TRY(wn_new(&use->n_back, size));
    TRY(wn_new(&use->place, size));
    TRY(wn_new(&end, size));
    for (size_t i = 0; i < hashes->n; i++) {
        if ((int64_t)hashes->rows[i].tag > MOST_ROWS)
            TRY(wn_fail(WN_INTERNAL, "repeated rows are not sought beyond row %lld", (long long)MOST_ROWS));
        use->n_to[owner_of(hashes->rows[i], ranks->size)]++;
    }
    for (size_t r = 0, n = 0; r < size; r++) {
        use->place[r] = n;
        end[r] = n += use->n_to[r];
    }
    deal_to_owners(hashes->rows, ranks->size, use->place, end);
    memset(use->place, 0, size * sizeof *use->place);
done:
    wn_free(end);
    return status;
}

/* Received rows, which lie in the order of senders, get the sender below their number and are sorted. */
static size_t sort_received(const wn_ranks *ranks, search *use)
{
    size_t n = 0;
    for (size_t r = 0; r < (size_t)ranks->size; r++)
        for (size_t end = n + use->n_from[r]; n < end; n++)
            use->received[n].tag = use->received[n].tag << RANK_BITS | r;
    wn_words_sort((uint64_t *)(void *)use->received, n, ROW_WORDS);
    return n;
}

static bool is_same_key(hashed_row a, hashed_row b)
{
    return a.high == b.high && a.low == b.low;
}

/* Keeps, of the sorted rows, those that follow an equal one below n_originals; returns how many. */
static size_t keep_repeats(hashed_row *rows, size_t n, int64_t n_originals)
{
    size_t n_kept = 0;
    hashed_row first = {0};
    for (size_t i = 0; i < n; i++) {
        bool is_first = i == 0 || !is_same_key(rows[i], first);
        if (is_first)
            first = rows[i];
        else if ((int64_t)(first.tag >> RANK_BITS) < n_originals)
            rows[n_kept++] = rows[i];
    }
    return n_kept;
}

/* Local. The numbers of repeats in the order of the ranks that they came from. */
static wn_status answer(const wn_ranks *ranks, int64_t n_originals, search *use)
{
    wn_status status = WN_OK;
    size_t size = (size_t)ranks->size, n = sort_received(ranks, use);
    n = keep_repeats(use->received, n, n_originals);
    TRY(wn_new(&use->answers, n));
    for (size_t r = 0; r < size; r++)
        use->n_to[r] = 0;
    for (size_t i = 0; i < n; i++)
        use->n_to[use->received[i].tag % MOST_RANKS]++;
    for (size_t r = 1; r < size; r++)
        use->place[r] = use->place[r - 1] + use->n_to[r - 1];
    for (size_t i = 0; i < n; i++)
        use->answers[use->place[use->received[i].tag % MOST_RANKS]++] = (int64_t)(use->received[i].tag >> RANK_BITS);
done:
    return status;
}

wn_status wn_row_hashes_repeats(const wn_ranks *ranks, const wn_row_hashes *hashes, int64_t n_originals,
                                int64_t **repeats, size_t *n)
{
    wn_status status = WN_OK;
    search use = {0};
    TRY(wn_ranks_agree(ranks, sort_by_owner(ranks, hashes, &use)));
    TRY(wn_ranks_exchange(ranks, hashes->rows, use.n_to, sizeof *hashes->rows, (void **)&use.received, use.n_from));
    TRY(wn_ranks_agree(ranks, answer(ranks, n_originals, &use)));
    TRY(wn_ranks_exchange(ranks, use.answers, use.n_to, sizeof *use.answers, (void **)&use.repeats, use.n_back));
    *n = 0;
    for (int r = 0; r < ranks->size; r++)
        *n += use.n_back[r];
    wn_integers_sort(use.repeats, *n);
    *repeats = use.repeats;
    use.repeats = NULL;
done:
    search_clear(&use);
    return status;
}
