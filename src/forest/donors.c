#include "donors.h"

#include "winnow/memory.h"
#include "winnow/radix_sort.h"
#include "winnow/random.h"

#include <string.h>

static bool is_used(const wn_forest_rows *rows, size_t i)
{
    return rows->is_used == NULL || rows->is_used[i] != 0;
}

static bool is_donor(const wn_forest_rows *rows, size_t i, uint64_t seed, int64_t n_used)
{
    if (!is_used(rows, i))
        return false;
    wn_random stream = {seed, WN_RANDOM_FOREST_DONORS, (uint64_t)rows->rows[i]};
    return wn_random_below(wn_random_bits(stream, 0), (uint64_t)n_used) < WN_DONORS_EXPECTED;
}

static wn_status find_own(const wn_forest_rows *rows, uint64_t seed, int64_t n_used, size_t row_bytes,
                          unsigned char **own, size_t *n_own)
{
    wn_status status = WN_OK;
    size_t capacity = 0;
    for (size_t i = 0; i < rows->n_rows; i++) {
        if (!is_donor(rows, i, seed, n_used))
            continue;
        if (*n_own == capacity) {
            capacity = 2 * capacity + 64;
            TRY(wn_resize(own, capacity * row_bytes));
        }
        unsigned char *at = *own + (*n_own)++ * row_bytes;
        memcpy(at, &rows->rows[i], sizeof rows->rows[i]);
        memcpy(at + sizeof rows->rows[i], rows->codes + i * rows->n_features, rows->n_features);
    }
done:
    return status;
}

static wn_status sort_donors(wn_donors *donors)
{
    wn_status status = WN_OK;
    TRY(wn_new(&donors->order, 2 * donors->n));
    for (size_t i = 0; i < donors->n; i++) {
        memcpy(&donors->order[2 * i], donors->rows + i * donors->row_bytes, sizeof *donors->order);
        donors->order[2 * i + 1] = i;
    }
    wn_words_sort(donors->order, donors->n, 2);
done:
    return status;
}

wn_status wn_donors_find(const wn_ranks *ranks, const wn_forest_rows *rows, uint64_t seed, wn_donors *donors)
{
    wn_status status = WN_OK;
    unsigned char *own = NULL;
    size_t n_own = 0;
    int64_t n_used = 0;
    for (size_t i = 0; i < rows->n_rows; i++)
        n_used += is_used(rows, i);
    donors->row_bytes = sizeof *rows->rows + rows->n_features;
    TRY(wn_ranks_sum(ranks, &n_used, 1));
    TRY(wn_ranks_agree(ranks, find_own(rows, seed, n_used, donors->row_bytes, &own, &n_own)));
    TRY(wn_ranks_gather_all(ranks, own, n_own, donors->row_bytes, (void **)&donors->rows, &donors->n));
    TRY(wn_ranks_agree(ranks, sort_donors(donors)));
done:
    wn_free(own);
    return status;
}

void wn_donors_clear(wn_donors *donors)
{
    wn_free(donors->order);
    wn_free(donors->rows);
    *donors = (wn_donors){0};
}

const uint8_t *wn_donors_codes(const wn_donors *donors, uint64_t seed, size_t tree, int64_t row)
{
    wn_random stream = {seed, WN_RANDOM_FOREST_DONORS, (uint64_t)row};
    uint64_t drawn = wn_random_below(wn_random_bits(stream, 1 + tree), donors->n);
    return donors->rows + donors->order[2 * drawn + 1] * donors->row_bytes + sizeof row;
}
