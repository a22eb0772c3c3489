#include "moments_state.h"

#include "winnow/memory.h"
#include "winnow/order_key.h"

#include <string.h>

wn_status wn_moments_new(wn_moments **moments, size_t n_cols)
{
    wn_status status = WN_OK;
    wn_moments *made = NULL;
    TRY(wn_new(&made, 1));
    made->n_cols = n_cols;
    TRY(wn_new(&made->sums, n_cols));
    TRY(wn_new(&made->keys, n_cols));
    TRY(wn_new(&made->about, n_cols));
    TRY(wn_new(&made->block, n_cols));
    TRY(wn_new(&made->point, n_cols));
    TRY(wn_new(&made->slots, wn_strip_most_vectors(n_cols)));
    TRY(wn_new(&made->strip, 1));
    TRY(wn_new(&made->swept, 1));
    for (size_t c = 0; c < n_cols; c++)
        made->keys[c] = (column_keys){WN_KEY_NONE, WN_KEY_NONE};
    *moments = made;
    made = NULL;
done:
    wn_moments_free(made);
    return status;
}

void wn_moments_free(wn_moments *moments)
{
    if (moments == NULL)
        return;
    wn_free(moments->swept);
    wn_free(moments->strip);
    wn_free(moments->slots);
    wn_free(moments->point);
    wn_free(moments->block);
    wn_free(moments->about);
    wn_free(moments->keys);
    wn_free(moments->sums);
    wn_free(moments);
}

void wn_moments_carry(wn_moments *moments, wn_quantiles *quantiles)
{
    moments->carried = quantiles;
    wn_quantiles_carried(quantiles);
}

void wn_moments_add_extremes(column_keys *keys, double least, double most)
{
    int64_t high = wn_order_key(most), low = ~wn_order_key(least);
    keys->max = high > keys->max ? high : keys->max;
    keys->min_complement = low > keys->min_complement ? low : keys->min_complement;
}

void wn_moments_add_sums(column_sums *sums, double n, double q, double rest, double squares)
{
    wn_exact_sum_add(&sums->first, rest);
    wn_exact_sum_add(&sums->squares, squares);
    if (q == 0)
        return;
    wn_exact_sum_add_product(&sums->first, n, q);
    wn_exact_sum_add_product(&sums->squares, 2 * q, rest);
    wn_sum_add_square(&sums->squares, n, q);
}

void wn_moments_add_value(wn_moments *moments, size_t column, double value, int64_t n)
{
    if (n == 0)
        return;
    moments->sums[column].count += n;
    wn_moments_add_sums(&moments->sums[column], (double)n, value, 0, 0);
    wn_moments_add_extremes(&moments->keys[column], value, value);
}

void wn_moments_fill(wn_moments *filled, const wn_moments *moments, const double *fill)
{
    memcpy(filled->sums, moments->sums, moments->n_cols * sizeof *filled->sums);
    memcpy(filled->keys, moments->keys, moments->n_cols * sizeof *filled->keys);
    for (size_t c = 0; c < moments->n_cols; c++) {
        int64_t n = isnan(fill[c]) ? 0 : moments->sums[c].missing;
        filled->sums[c].missing -= n;
        wn_moments_add_value(filled, c, fill[c], n);
    }
}

void wn_moments_join(wn_moments *moments, size_t column, const wn_moments *from, size_t from_column)
{
    column_sums *sums = &moments->sums[column];
    column_keys *keys = &moments->keys[column];
    const column_sums *other = &from->sums[from_column];
    const column_keys *others = &from->keys[from_column];
    sums->count += other->count;
    sums->missing += other->missing;
    wn_exact_sum_merge(&sums->first, &other->first);
    wn_exact_sum_merge(&sums->squares, &other->squares);
    keys->max = others->max > keys->max ? others->max : keys->max;
    keys->min_complement =
        others->min_complement > keys->min_complement ? others->min_complement : keys->min_complement;
}

size_t wn_moments_n_cols(const wn_moments *moments)
{
    return moments->n_cols;
}

static wn_status add(void *state, const wn_block *block)
{
    return wn_moments_add(state, block);
}

static wn_span sums_of(void *state)
{
    wn_moments *moments = state;
    for (size_t c = 0; c < moments->n_cols; c++) {
        wn_exact_sum_normalize(&moments->sums[c].first);
        wn_exact_sum_normalize(&moments->sums[c].squares);
    }
    return (wn_span){(int64_t *)(void *)moments->sums, moments->n_cols * sizeof *moments->sums / sizeof(int64_t)};
}

static wn_span keys_of(void *state)
{
    wn_moments *moments = state;
    return (wn_span){(int64_t *)(void *)moments->keys, moments->n_cols * sizeof *moments->keys / sizeof(int64_t)};
}

wn_accumulator wn_moments_accumulator(wn_moments *moments)
{
    static const wn_accumulator_ops ops = {"moments", add, sums_of, keys_of, true, NULL};
    return (wn_accumulator){&ops, moments};
}
