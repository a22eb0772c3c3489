#include "winnow/modes.h"

#include "winnow/keyed_counts.h"
#include "winnow/memory.h"
#include "winnow/order_key.h"

#include <math.h>
#include <string.h>

struct wn_modes {
    size_t n_cols;
    unsigned char *wanted;    /* (n_cols), owned */
    wn_keyed_counts *counts;  /* owned; the payload is the column; NULL when done */
    int64_t *best, *best_key; /* (n_cols) count and order key of the most frequent value, owned */
};

wn_status wn_modes_new(wn_modes **modes, size_t n_cols, const unsigned char *wanted, size_t budget,
                       const char *directory)
{
    wn_status status = WN_OK;
    wn_modes *made = NULL;
    TRY(wn_new(&made, 1));
    made->n_cols = n_cols;
    TRY(wn_new(&made->wanted, n_cols));
    TRY(wn_new(&made->best, n_cols));
    TRY(wn_new(&made->best_key, n_cols));
    bool is_any = false;
    for (size_t i = 0; i < n_cols; i++) {
        made->wanted[i] = wanted[i] != 0;
        is_any |= made->wanted[i];
    }
    if (is_any)
        TRY(wn_keyed_counts_new(&made->counts, budget, directory));
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

static wn_status add_cell(wn_modes *modes, size_t column, double value)
{
    wn_keyed_count entry = {.key = key_of(value, column), .count = 1, .payload = (int64_t)column};
    return wn_keyed_counts_add(modes->counts, &entry);
}

wn_status wn_modes_add(wn_modes *modes, const wn_block *block)
{
    wn_status status = WN_OK;
    wn_cells cells = wn_block_view(block);
    for (size_t j = 0; !wn_modes_is_done(modes) && j < modes->n_cols; j++) {
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
    static const wn_accumulator_ops ops = {"modes", add, nothing, nothing, true, NULL};
    return (wn_accumulator){&ops, modes};
}

/* Local. The best of this rank's keys. */
static wn_status take_best(void *context, const wn_keyed_count *entry)
{
    wn_modes *modes = context;
    size_t column = (size_t)entry->payload;
    int64_t key = order_key_of(entry->key.low);
    if (entry->count > modes->best[column] || (entry->count == modes->best[column] && key < modes->best_key[column])) {
        modes->best[column] = entry->count;
        modes->best_key[column] = key;
    }
    return WN_OK;
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

wn_status wn_modes_end(const wn_ranks *ranks, wn_modes *modes)
{
    wn_status status = WN_OK;
    if (wn_modes_is_done(modes))
        return WN_OK;
    TRY(wn_keyed_counts_partition(ranks, modes->counts));
    TRY(wn_ranks_agree(ranks, wn_keyed_counts_each(modes->counts, take_best, modes)));
    TRY(share_best(ranks, modes));
    wn_keyed_counts_free(modes->counts);
    modes->counts = NULL;
done:
    return status;
}

bool wn_modes_is_done(const wn_modes *modes)
{
    return modes->counts == NULL;
}

double wn_modes_value(const wn_modes *modes, size_t column)
{
    return modes->best[column] > 0 ? wn_order_key_value(modes->best_key[column]) : (double)NAN;
}
