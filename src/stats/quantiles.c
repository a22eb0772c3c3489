#include "quantiles_state.h"

#include "winnow/memory.h"

#include <math.h>

/* A window of one value needs no cells: its counts tell whether the quantile is that value. */
static bool keeps_cells(wn_window window)
{
    return window.low < window.high;
}

static wn_status share_room(wn_quantiles *quantiles, size_t budget)
{
    wn_status status = WN_OK;
    size_t n = quantiles->n_cols * quantiles->n_probabilities, n_keeping = 0;
    for (size_t i = 0; i < n; i++)
        n_keeping += keeps_cells(quantiles->windows[i]);
    TRY(wn_window_room_init(&quantiles->room, n_keeping, quantiles->n_probabilities, budget));
    n_keeping = 0;
    for (size_t i = 0; i < n; i++)
        if (keeps_cells(quantiles->windows[i]))
            wn_window_cells_init(&quantiles->room, &quantiles->cells[i], quantiles->windows[i], n_keeping++);
done:
    return status;
}

wn_status wn_quantiles_new(wn_quantiles **quantiles, size_t n_cols, size_t n_probabilities, const double *probability,
                           const wn_window *windows, size_t budget)
{
    wn_status status = WN_OK;
    wn_quantiles *made = NULL;
    size_t n = n_cols * n_probabilities;
    TRY(wn_new(&made, 1));
    made->n_cols = n_cols;
    made->n_probabilities = n_probabilities;
    TRY(wn_new(&made->probability, n_probabilities));
    TRY(wn_new(&made->windows, n));
    TRY(wn_new(&made->sweeps, n));
    TRY(wn_new(&made->counts, n));
    TRY(wn_new(&made->cells, n));
    TRY(wn_new(&made->strip, 1));
    for (size_t k = 0; k < n_probabilities; k++)
        made->probability[k] = probability[k];
    for (size_t i = 0; i < n; i++) {
        made->windows[i] = windows[i];
        made->sweeps[i] = wn_run_window_of(windows[i].low, windows[i].high);
    }
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
    wn_free(quantiles->strip);
    wn_free(quantiles->cells);
    wn_free(quantiles->counts);
    wn_free(quantiles->sweeps);
    wn_free(quantiles->windows);
    wn_free(quantiles->probability);
    wn_free(quantiles);
}

size_t wn_quantiles_n_windows(const wn_quantiles *quantiles)
{
    return quantiles->n_probabilities;
}

wn_run_window *wn_quantiles_windows(wn_quantiles *quantiles, size_t column, size_t n)
{
    size_t q = quantiles->n_probabilities, first = column * q;
    for (size_t k = 0; k < q; k++)
        if (keeps_cells(quantiles->windows[first + k]))
            quantiles->sweeps[first + k].kept =
                wn_window_cells_place(&quantiles->room, &quantiles->cells[first + k], k, n, quantiles->is_float32);
    return &quantiles->sweeps[first];
}

void wn_quantiles_take(wn_quantiles *quantiles, size_t column, int64_t valid)
{
    size_t q = quantiles->n_probabilities;
    for (size_t i = column * q; i < (column + 1) * q; i++) {
        const wn_run_window *found = &quantiles->sweeps[i];
        const wn_cells place = {found->kept, quantiles->is_float32};
        if (found->kept != NULL)
            wn_window_cells_take(&quantiles->room, &quantiles->cells[i], place, found->inside);
        quantiles->counts[i].valid += valid;
        quantiles->counts[i].below += (int64_t)found->below;
        quantiles->counts[i].inside += (int64_t)found->inside;
    }
}

wn_status wn_quantiles_begin(wn_quantiles *quantiles, const wn_block *block)
{
    bool is_float32 = wn_block_view(block).is_float32;
    if (!quantiles->has_width)
        quantiles->is_float32 = is_float32;
    quantiles->has_width = true;
    if (is_float32 != quantiles->is_float32)
        return wn_fail(WN_INTERNAL, "quantiles of blocks of two widths");
    return WN_OK;
}

wn_status wn_quantiles_add(wn_quantiles *quantiles, const wn_block *block)
{
    wn_column_strip *strip = quantiles->strip;
    wn_status status = wn_quantiles_begin(quantiles, block);
    for (size_t row = 0; status == WN_OK && row < block->n_rows; row += WN_RUN_ROWS)
        for (size_t col = 0; col < quantiles->n_cols; col += WN_RUN_COLS) {
            wn_column_strip_fill(strip, block, row, col);
            for (size_t c = 0; c < strip->n_cols; c++) {
                wn_run_window *windows = wn_quantiles_windows(quantiles, col + c, strip->n);
                wn_cells run = wn_column_strip_run(strip, c);
                wn_column_strip_ask_ahead(block, row, col, c);
                wn_quantiles_take(quantiles, col + c,
                                  wn_run_sweep(run, strip->n, 0, windows, quantiles->n_probabilities).count);
            }
        }
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
    static const wn_accumulator_ops ops = {"quantiles", add, sums_of, keys_of, true};
    return (wn_accumulator){&ops, quantiles};
}
