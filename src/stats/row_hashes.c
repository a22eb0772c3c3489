#include "winnow/row_hashes.h"

#include "winnow/hash.h"
#include "winnow/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    wn_hash key;
    int64_t row;
} hashed_row;

struct wn_row_hashes {
    size_t n_cols;
    uint64_t seed;
    hashed_row *rows; /* owned */
    size_t n, capacity;
    double *scratch; /* (n_cols + 1) canonical cells of a row and its label */
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

wn_status wn_row_hashes_add(wn_row_hashes *hashes, const wn_block *block)
{
    wn_status status = WN_OK;
    size_t p = hashes->n_cols;
    if (hashes->n + block->n_rows > hashes->capacity) {
        size_t capacity = 2 * hashes->capacity + block->n_rows;
        TRY(wn_resize(&hashes->rows, capacity));
        hashes->capacity = capacity;
    }
    for (size_t i = 0; i < block->n_rows; i++) {
        for (size_t c = 0; c < p; c++)
            hashes->scratch[c] = canonical(block->cells[i * p + c]);
        hashes->scratch[p] = canonical(block->labels[i]);
        wn_hash key = wn_hash_bytes(hashes->scratch, (p + 1) * sizeof(double), hashes->seed);
        hashes->rows[hashes->n++] = (hashed_row){key, block->rows[i]};
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
    static const wn_accumulator_ops ops = {"row_hashes", add, nothing, nothing};
    return (wn_accumulator){&ops, hashes};
}

static int owner_of(wn_hash key, int size)
{
    return (int)(((unsigned __int128)key.high * (unsigned)size) >> 64);
}

/* What travels back: the place in the sender's array of a row that repeats another. */
typedef struct {
    hashed_row hashed;
    int32_t sender;
    int32_t is_repeat;
} owned_row;

static int by_key_then_row(const void *a, const void *b)
{
    const owned_row *left = a, *right = b;
    int order = wn_hash_compare(left->hashed.key, right->hashed.key);
    if (order != 0)
        return order;
    return left->hashed.row < right->hashed.row ? -1 : left->hashed.row > right->hashed.row;
}

static int by_number(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

/* Buffers of one search. */
typedef struct {
    hashed_row *sent, *received;
    owned_row *owned;
    int64_t *answers, *repeats;
    size_t *n_to, *n_from, *n_back, *place;
} search;

static void search_clear(search *use)
{
    wn_free(use->sent);
    wn_free(use->received);
    wn_free(use->owned);
    wn_free(use->answers);
    wn_free(use->repeats);
    wn_free(use->n_to);
    wn_free(use->n_from);
    wn_free(use->n_back);
    wn_free(use->place);
}

/* Local. The rows in the order of the ranks that own their keys. */
static wn_status sort_by_owner(const wn_ranks *ranks, const wn_row_hashes *hashes, search *use)
{
    wn_status status = WN_OK;
    size_t size = (size_t)ranks->size;
    TRY(wn_new(&use->n_to, size));
    TRY(wn_new(&use->n_from, size));
    TRY(wn_new(&use->n_back, size));
    TRY(wn_new(&use->place, size + 1));
    TRY(wn_new(&use->sent, hashes->n));
    for (size_t i = 0; i < hashes->n; i++)
        use->n_to[owner_of(hashes->rows[i].key, ranks->size)]++;
    for (size_t r = 0; r < size; r++)
        use->place[r + 1] = use->place[r] + use->n_to[r];
    for (size_t i = 0; i < hashes->n; i++)
        use->sent[use->place[owner_of(hashes->rows[i].key, ranks->size)]++] = hashes->rows[i];
done:
    return status;
}

/* Local. Marks the rows that follow an equal one below n_originals, and lays their numbers out by sender. */
static wn_status mark_repeats(const wn_ranks *ranks, int64_t n_originals, search *use)
{
    wn_status status = WN_OK;
    size_t n = 0, size = (size_t)ranks->size, n_answers = 0;
    for (size_t r = 0; r < size; r++)
        n += use->n_from[r];
    TRY(wn_new(&use->owned, n));
    for (size_t r = 0, i = 0; r < size; r++)
        for (size_t k = 0; k < use->n_from[r]; k++, i++)
            use->owned[i] = (owned_row){use->received[i], (int32_t)r, 0};
    qsort(use->owned, n, sizeof *use->owned, by_key_then_row);
    memset(use->n_to, 0, size * sizeof *use->n_to);
    for (size_t i = 0, first = 0; i < n; i++) {
        if (wn_hash_compare(use->owned[i].hashed.key, use->owned[first].hashed.key) != 0)
            first = i;
        use->owned[i].is_repeat = i > first && use->owned[first].hashed.row < n_originals;
        use->n_to[use->owned[i].sender] += (size_t)use->owned[i].is_repeat;
        n_answers += (size_t)use->owned[i].is_repeat;
    }
    TRY(wn_new(&use->answers, n_answers));
    use->place[0] = 0;
    for (size_t r = 0; r < size; r++)
        use->place[r + 1] = use->place[r] + use->n_to[r];
    for (size_t i = 0; i < n; i++)
        if (use->owned[i].is_repeat)
            use->answers[use->place[use->owned[i].sender]++] = use->owned[i].hashed.row;
done:
    return status;
}

wn_status wn_row_hashes_repeats(const wn_ranks *ranks, const wn_row_hashes *hashes, int64_t n_originals,
                                int64_t **repeats, size_t *n)
{
    wn_status status = WN_OK;
    search use = {0};
    TRY(wn_ranks_agree(ranks, sort_by_owner(ranks, hashes, &use)));
    TRY(wn_ranks_exchange(ranks, use.sent, use.n_to, sizeof *use.sent, (void **)&use.received, use.n_from));
    TRY(wn_ranks_agree(ranks, mark_repeats(ranks, n_originals, &use)));
    TRY(wn_ranks_exchange(ranks, use.answers, use.n_to, sizeof *use.answers, (void **)&use.repeats, use.n_back));
    *n = 0;
    for (int r = 0; r < ranks->size; r++)
        *n += use.n_back[r];
    qsort(use.repeats, *n, sizeof *use.repeats, by_number);
    *repeats = use.repeats;
    use.repeats = NULL;
done:
    search_clear(&use);
    return status;
}
