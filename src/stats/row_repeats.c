/* wn_row_hashes_finish: a part of the keys at a time, every rank sends the rows of each key to the owner of the key,
 * who answers which of them have an earlier original elsewhere. */
#include "row_hashes_state.h"
#include "winnow/memory.h"

#include <string.h>

/* Where a key lives, the tag has the rank that it came from below it. */
enum { RANK_BITS = 20, MOST_RANKS = 1 << RANK_BITS };

static const uint64_t MOST_TAG = UINT64_MAX >> RANK_BITS;

/* What one part takes; n_* and place are by rank. */
typedef struct {
    wn_hashed_row *loaded; /* owned; NULL where the part is the state's own rows */
    wn_hashed_row *mine, *received;
    size_t n;
    unsigned char *answers, *replies;
    size_t *n_to, *n_from, *n_back, *place;
} exchange;

static void clear_part(exchange *use)
{
    wn_free(use->loaded);
    wn_free(use->received);
    wn_free(use->answers);
    wn_free(use->replies);
    use->loaded = use->received = NULL;
    use->answers = use->replies = NULL;
}

static void clear(exchange *use)
{
    clear_part(use);
    wn_free(use->n_to);
    wn_free(use->n_from);
    wn_free(use->n_back);
    wn_free(use->place);
}

/* Owners ascend with the keys of a part. */
static size_t owner_of(const wn_row_hashes *hashes, const wn_hashed_row *row, int size)
{
    uint64_t rest = row->high << hashes->part_bits;
    return (size_t)(((unsigned __int128)rest * (unsigned)size) >> 64);
}

/* Local. Nothing stays in memory where some rows are in the spill already. */
static wn_status settle(const wn_ranks *ranks, wn_row_hashes *hashes, exchange *use)
{
    wn_status status = WN_OK;
    size_t size = (size_t)ranks->size;
    if (size > MOST_RANKS)
        return wn_fail(WN_INTERNAL, "repeated rows are not sought on more than %d ranks", MOST_RANKS);
    TRY(wn_new(&use->n_to, size));
    TRY(wn_new(&use->n_from, size));
    TRY(wn_new(&use->n_back, size));
    TRY(wn_new(&use->place, size));
    hashes->n = wn_row_hashes_merge(hashes, hashes->rows, hashes->n);
    if (hashes->part_bits > 0) {
        TRY(wn_row_hashes_spill(hashes));
        TRY(wn_spill_flush(hashes->spill));
        wn_free(hashes->rows);
        hashes->rows = NULL;
    }
done:
    return status;
}

/* Where the rows of a part lie in a run. */
static int64_t part_begin(const wn_row_hashes *hashes, size_t run, size_t part)
{
    size_t at = (run << hashes->part_bits) + part;
    return at == 0 ? 0 : hashes->ends[at - 1]; /* runs follow each other, and so do their parts */
}

static wn_status load_part(wn_row_hashes *hashes, size_t part, exchange *use)
{
    wn_status status = WN_OK;
    size_t n_bytes = 0;
    if (hashes->part_bits == 0) {
        use->mine = hashes->rows;
        use->n = hashes->n;
        return WN_OK;
    }
    const int64_t *ends = hashes->ends + part;
    for (size_t run = 0; run < hashes->n_runs; run++)
        n_bytes += (size_t)(ends[run << hashes->part_bits] - part_begin(hashes, run, part));
    TRY(wn_new(&use->loaded, n_bytes / sizeof *use->loaded));
    char *to = (char *)use->loaded;
    for (size_t run = 0; run < hashes->n_runs; run++) {
        int64_t begin = part_begin(hashes, run, part);
        size_t n = (size_t)(ends[run << hashes->part_bits] - begin);
        TRY(wn_spill_read(hashes->spill, begin, to, n));
        to += n;
    }
    use->mine = use->loaded;
    use->n = wn_row_hashes_merge(hashes, use->mine, n_bytes / sizeof *use->mine);
done:
    return status;
}

static wn_status prepare(const wn_ranks *ranks, wn_row_hashes *hashes, size_t part, exchange *use)
{
    wn_status status = WN_OK;
    TRY(load_part(hashes, part, use));
    memset(use->n_to, 0, (size_t)ranks->size * sizeof *use->n_to);
    for (size_t i = 0; i < use->n; i++) {
        if (use->mine[i].tag > MOST_TAG)
            return wn_fail(WN_INTERNAL, "repeated rows are not sought beyond row %lld", (long long)(MOST_TAG >> 1));
        use->n_to[owner_of(hashes, &use->mine[i], ranks->size)]++;
    }
done:
    return status;
}

/* Received rows, which lie in the order of senders, get the sender below their tag and are sorted. */
static size_t sort_received(const wn_ranks *ranks, exchange *use)
{
    size_t n = 0;
    for (size_t r = 0; r < (size_t)ranks->size; r++)
        for (size_t end = n + use->n_from[r]; n < end; n++)
            use->received[n].tag = use->received[n].tag << RANK_BITS | r;
    wn_hashed_rows_sort(use->received, n);
    return n;
}

/* Local. A byte a row, in the order in which its sender has them: whether an earlier original is elsewhere. */
static wn_status answer(const wn_ranks *ranks, const wn_row_hashes *hashes, exchange *use)
{
    wn_status status = WN_OK;
    size_t n = sort_received(ranks, use);
    const wn_hashed_row *first = use->received;
    TRY(wn_new(&use->answers, n));
    use->place[0] = 0;
    for (size_t r = 1; r < (size_t)ranks->size; r++)
        use->place[r] = use->place[r - 1] + use->n_from[r - 1];
    for (size_t i = 0; i < n; i++) {
        const wn_hashed_row *row = &use->received[i];
        if (row->high != first->high || row->low != first->low)
            first = row;
        bool is_repeat = row != first && wn_row_hashes_repeats(hashes, row->tag >> RANK_BITS, first->tag >> RANK_BITS);
        use->answers[use->place[row->tag % MOST_RANKS]++] = is_repeat;
    }
done:
    return status;
}

/* On one rank merging has taken the originals; others of a key follow its first. */
static void count_others(wn_row_hashes *hashes, const exchange *use)
{
    for (size_t i = 1; i < use->n; i++) {
        const wn_hashed_row *row = &use->mine[i], *first = row - 1;
        if (row->high == first->high && row->low == first->low && wn_row_hashes_repeats(hashes, row->tag, first->tag))
            wn_row_hashes_take(hashes, row);
    }
}

static wn_status find_in_part(const wn_ranks *ranks, wn_row_hashes *hashes, size_t part, exchange *use)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_agree(ranks, prepare(ranks, hashes, part, use)));
    if (ranks->size == 1) {
        count_others(hashes, use);
        return WN_OK;
    }
    TRY(wn_ranks_exchange(ranks, use->mine, use->n_to, sizeof *use->mine, (void **)&use->received, use->n_from));
    TRY(wn_ranks_agree(ranks, answer(ranks, hashes, use)));
    TRY(wn_ranks_exchange(ranks, use->answers, use->n_from, 1, (void **)&use->replies, use->n_back));
    for (size_t i = 0; i < use->n; i++)
        if (use->replies[i])
            wn_row_hashes_take(hashes, &use->mine[i]);
done:
    return status;
}

wn_status wn_row_hashes_finish(const wn_ranks *ranks, wn_row_hashes *hashes, int64_t *n_leaked)
{
    wn_status status = WN_OK;
    exchange use = {0};
    TRY(wn_ranks_agree(ranks, settle(ranks, hashes, &use)));
    for (size_t part = 0; part < (size_t)1 << hashes->part_bits; part++) {
        TRY(find_in_part(ranks, hashes, part, &use));
        clear_part(&use);
    }
    *n_leaked = hashes->n_leaked;
done:
    clear(&use);
    return status;
}
