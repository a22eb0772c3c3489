#include "quantiles_state.h"

#include "winnow/memory.h"

#include <math.h>

static wn_status share_room(wn_quantiles *quantiles, size_t budget)
{
    wn_status status = WN_OK;
    size_t n = quantiles->n_cols * quantiles->n_probabilities, n_keeping = 0;
    for (size_t i = 0; i < n; i++)
        n_keeping += wn_window_keeps(quantiles->windows[i]);
    TRY(wn_window_room_init(&quantiles->room, n_keeping, budget));
    n_keeping = 0;
    for (size_t i = 0; i < n; i++)
        if (wn_window_keeps(quantiles->windows[i]))
            wn_window_cells_init(&quantiles->room, &quantiles->cells[i], quantiles->windows[i], n_keeping++);
done:
    return status;
}

wn_status wn_quantiles_new(wn_quantiles **quantiles, size_t n_cols, size_t n_probabilities, const double *probability,
                           const wn_window *windows, size_t budget)
{
    wn_status status = WN_OK;
    wn_quantiles *made = NULL;
    size_t n = n_cols * n_probabilities, n_vectors = wn_strip_most_vectors(n_cols);
    TRY(wn_new(&made, 1));
    made->n_cols = n_cols;
    made->n_probabilities = n_probabilities;
    TRY(wn_new(&made->probability, n_probabilities));
    TRY(wn_new(&made->windows, n));
    TRY(wn_new(&made->counts, n));
    TRY(wn_new(&made->cells, n));
    TRY(wn_new(&made->slots, n_vectors));
    TRY(wn_new(&made->slot_windows, n_vectors * n_probabilities));
    TRY(wn_new(&made->slot_counts, n_vectors * n_probabilities));
    TRY(wn_new(&made->strip, 1));
    TRY(wn_new(&made->swept, 1));
    for (size_t k = 0; k < n_probabilities; k++)
        made->probability[k] = probability[k];
    for (size_t i = 0; i < n; i++)
        made->windows[i] = windows[i];
    TRY(share_room(made, budget));
    *quantiles = made;
    made = NULL;
done:
    wn_quantiles_free(made);
    return status;
}

void wn_quantiles_free(wn_quantiles *quantiles)
{
    if (quantiles == NULL)
        return;
    wn_window_room_clear(&quantiles->room);
    wn_free(quantiles->swept);
    wn_free(quantiles->strip);
    wn_free(quantiles->slot_counts);
    wn_free(quantiles->slot_windows);
    wn_free(quantiles->slots);
    wn_free(quantiles->cells);
    wn_free(quantiles->counts);
    wn_free(quantiles->windows);
    wn_free(quantiles->probability);
    wn_free(quantiles);
}

wn_status wn_quantiles_add(wn_quantiles *quantiles, const wn_block *block)
{
    _Alignas(64) static const double centre[WN_SLOTS];
    wn_strip *strip = quantiles->strip;
    wn_status status = wn_quantiles_begin(quantiles, block);
    wn_strip_begin(strip);
    while (status == WN_OK && wn_strip_next(strip, block))
        for (size_t v = 0; v < strip->n_vectors; v++)
            wn_quantiles_sweep(quantiles, strip, v, centre, quantiles->swept);
    wn_quantiles_end(quantiles);
    return status;
}

static wn_status add(void *state, const wn_block *block)
{
    const wn_quantiles *quantiles = state;
    return quantiles->is_carried ? WN_OK : wn_quantiles_add(state, block);
}

void wn_quantiles_carried(wn_quantiles *quantiles)
{
    quantiles->is_carried = true;
}

static wn_span sums_of(void *state)
{
    wn_quantiles *quantiles = state;
    size_t n = quantiles->n_cols * quantiles->n_probabilities;
    return (wn_span){(int64_t *)(void *)quantiles->counts, n * sizeof *quantiles->counts / sizeof(int64_t)};
}

static wn_span keys_of(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

wn_accumulator wn_quantiles_accumulator(wn_quantiles *quantiles)
{
    static const wn_accumulator_ops ops = {"quantiles", add, sums_of, keys_of, true, NULL};
    return (wn_accumulator){&ops, quantiles};
}
