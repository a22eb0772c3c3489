#include "winnow/modes.h"

#include "winnow/keyed_counts.h"
#include "winnow/memory.h"
#include "winnow/order_key.h"

#include <math.h>
#include <string.h>

/* Values are told apart, and a pass's share of them chosen, by a place in [0, ALL). */
static const int64_t ALL = (int64_t)1 << 32;

struct wn_modes {
    size_t n_cols, most_values;
    unsigned char *wanted; /* (n_cols), owned */
    bool is_any;
    int64_t first, end;       /* places that this pass counts; those before were counted */
    wn_keyed_counts *counts;  /* owned; the payload is the column */
    int64_t *best, *best_key; /* (n_cols) count and order key of the most frequent value so far, owned */
};

wn_status wn_modes_new(wn_modes **modes, size_t n_cols, const unsigned char *wanted, size_t most_values)
{
    wn_status status = WN_OK;
    wn_modes *made = NULL;
    TRY(wn_new(&made, 1));
    made->n_cols = n_cols;
    made->most_values = most_values;
    made->end = ALL;
    TRY(wn_new(&made->wanted, n_cols));
    TRY(wn_new(&made->best, n_cols));
    TRY(wn_new(&made->best_key, n_cols));
    TRY(wn_keyed_counts_new(&made->counts));
    for (size_t i = 0; i < n_cols; i++) {
        made->wanted[i] = wanted[i] != 0;
        made->is_any |= made->wanted[i];
    }
    *modes = made;
    made = NULL;
done:
    wn_modes_free(made);
    return status;
}

void wn_modes_free(wn_modes *modes)
{
    if (modes == NULL)
        return;
    wn_keyed_counts_free(modes->counts);
    wn_free(modes->best_key);
    wn_free(modes->best);
    wn_free(modes->wanted);
    wn_free(modes);
}

/* Odd, so that multiplying by them loses nothing. */
static const uint64_t MIX = 0x9e3779b97f4a7c15u, MIX_COLUMN = 0xd1b54a32d192ed03u, MIX_HIGH = 0xbf58476d1ce4e5b9u;

/* A key for each value of each column, no two alike: the low word is the value's order key mixed, the high word tells
 * columns apart. */
static wn_hash key_of(double value, size_t column)
{
    uint64_t low = __builtin_bswap64((uint64_t)wn_order_key(value) * MIX);
    return (wn_hash){low, (low ^ (column + 1) * MIX_COLUMN) * MIX_HIGH};
}

/* The order key that a low word was made of. */
static int64_t order_key_of(uint64_t low)
{
    uint64_t inverse = MIX; /* of MIX, by Newton's steps: each doubles the bits that are right, three at first */
    for (int i = 0; i < 5; i++)
        inverse *= 2 - MIX * inverse;
    return (int64_t)(__builtin_bswap64(low) * inverse);
}

static int64_t place_of(wn_hash key)
{
    return (int64_t)(uint32_t)key.high;
}

/* Local. Leaves only what lies before the end. */
static wn_status forget_rest(wn_modes *modes)
{
    wn_status status = WN_OK;
    wn_keyed_counts *kept = NULL;
    wn_keyed_count *entries = NULL;
    size_t n = wn_keyed_counts_size(modes->counts);
    TRY(wn_keyed_counts_new(&kept));
    TRY(wn_keyed_counts_sorted(modes->counts, &entries));
    for (size_t i = 0; i < n; i++)
        if (place_of(entries[i].key) < modes->end)
            TRY(wn_keyed_counts_add(kept, entries[i].key, entries[i].count, entries[i].payload));
    wn_keyed_counts_free(modes->counts);
    modes->counts = kept;
    kept = NULL;
done:
    wn_free(entries);
    wn_keyed_counts_free(kept);
    return status;
}

/* What was kept was counted from the pass's beginning, and stays complete. */
static wn_status halve(wn_modes *modes)
{
    modes->end = modes->first + (modes->end - modes->first) / 2;
    return forget_rest(modes);
}

static wn_status add_cell(wn_modes *modes, size_t column, double value)
{
    wn_status status = WN_OK;
    wn_hash key = key_of(value, column);
    int64_t place = place_of(key);
    if (place < modes->first || place >= modes->end)
        return WN_OK;
    TRY(wn_keyed_counts_add(modes->counts, key, 1, (int64_t)column));
    while (wn_keyed_counts_size(modes->counts) > modes->most_values && modes->end - modes->first > 1)
        TRY(halve(modes));
done:
    return status;
}

wn_status wn_modes_add(wn_modes *modes, const wn_block *block)
{
    wn_status status = WN_OK;
    wn_cells cells = wn_block_view(block);
    for (size_t j = 0; modes->is_any && j < modes->n_cols; j++) {
        if (!modes->wanted[j])
            continue;
        for (size_t i = 0; i < block->n_rows; i++) {
            size_t k = i * block->n_cols + j;
            double cell = cells.is_float32 ? (double)((const float *)cells.data)[k] : ((const double *)cells.data)[k];
            if (!isnan(cell))
                TRY(add_cell(modes, j, cell));
        }
    }
done:
    return status;
}

static wn_status add(void *state, const wn_block *block)
{
    return wn_modes_add(state, block);
}

static wn_span nothing(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

wn_accumulator wn_modes_accumulator(wn_modes *modes)
{
    static const wn_accumulator_ops ops = {"modes", add, nothing, nothing, true};
    return (wn_accumulator){&ops, modes};
}

/* Local. The best of this rank's keys, besides what was best before. */
static wn_status find_best(wn_modes *modes)
{
    wn_status status = WN_OK;
    wn_keyed_count *entries = NULL;
    size_t n = wn_keyed_counts_size(modes->counts);
    TRY(wn_keyed_counts_sorted(modes->counts, &entries));
    for (size_t i = 0; i < n; i++) {
        size_t column = (size_t)entries[i].payload;
        int64_t count = entries[i].count, key = order_key_of(entries[i].key.low);
        if (count < modes->best[column] || (count == modes->best[column] && key >= modes->best_key[column]))
            continue;
        modes->best[column] = count;
        modes->best_key[column] = key;
    }
done:
    wn_free(entries);
    return status;
}

/* Collective. The largest count of all ranks, then the least key that has it, as the greatest complement. */
static wn_status share_best(const wn_ranks *ranks, wn_modes *modes)
{
    wn_status status = WN_OK;
    int64_t *mine = NULL;
    size_t n = modes->n_cols;
    TRY(wn_ranks_agree(ranks, wn_new(&mine, n)));
    memcpy(mine, modes->best, n * sizeof *mine);
    TRY(wn_ranks_max(ranks, modes->best, n));
    for (size_t i = 0; i < n; i++)
        modes->best_key[i] = mine[i] > 0 && mine[i] == modes->best[i] ? ~modes->best_key[i] : WN_KEY_NONE;
    TRY(wn_ranks_max(ranks, modes->best_key, n));
    for (size_t i = 0; i < n; i++)
        modes->best_key[i] = modes->best[i] > 0 ? ~modes->best_key[i] : 0;
done:
    wn_free(mine);
    return status;
}

/* The next pass begins where this one ended, and hopes for as much. */
static wn_status begin_next(wn_modes *modes)
{
    int64_t width = modes->end - modes->first;
    modes->first = modes->end;
    modes->end = modes->first + width < ALL ? modes->first + width : ALL;
    wn_keyed_counts_free(modes->counts);
    modes->counts = NULL;
    return wn_keyed_counts_new(&modes->counts);
}

wn_status wn_modes_end(const wn_ranks *ranks, wn_modes *modes)
{
    wn_status status = WN_OK;
    int64_t complement = ~modes->end; /* ranks go as far as the one that went least */
    if (wn_modes_is_done(modes))
        return WN_OK;
    TRY(wn_ranks_max(ranks, &complement, 1));
    modes->end = ~complement;
    TRY(wn_ranks_agree(ranks, forget_rest(modes)));
    TRY(wn_keyed_counts_partition(ranks, modes->counts));
    TRY(wn_ranks_agree(ranks, find_best(modes)));
    TRY(share_best(ranks, modes));
    TRY(wn_ranks_agree(ranks, begin_next(modes)));
done:
    return status;
}

bool wn_modes_is_done(const wn_modes *modes)
{
    return !modes->is_any || modes->first == ALL;
}

double wn_modes_value(const wn_modes *modes, size_t column)
{
    return modes->best[column] > 0 ? wn_order_key_value(modes->best_key[column]) : (double)NAN;
}
