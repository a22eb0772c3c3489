#include "quantiles_sweep.h"

#include "quantiles_state.h"

#include <string.h>

/* The first of a block's vector. */
static slot_counts *counts_of(const wn_quantiles *quantiles, size_t vector)
{
    return &quantiles->slot_counts[vector * quantiles->n_probabilities];
}

static wn_slot_windows *windows_of(const wn_quantiles *quantiles, size_t vector)
{
    return &quantiles->slot_windows[vector * quantiles->n_probabilities];
}

static void end_vector(wn_quantiles *quantiles, size_t vector)
{
    size_t q = quantiles->n_probabilities;
    target_slots *slots = &quantiles->slots[vector];
    slot_counts *found = counts_of(quantiles, vector);
    for (size_t s = 0; s < WN_SLOTS; s++)
        for (size_t k = 0; k < q; k++) {
            target_counts *counts = &quantiles->counts[slots->columns[s] * q + k];
            counts->valid += slots->valid[s];
            counts->below += slots->valid[s] - found[k].reached[s];
            counts->inside += found[k].inside[s];
        }
    memset(slots->valid, 0, sizeof slots->valid);
    memset(found, 0, q * sizeof *found);
}

void wn_quantiles_end(wn_quantiles *quantiles)
{
    for (size_t v = 0; v < quantiles->n_vectors; v++)
        end_vector(quantiles, v);
}

/* For blocks of this shape. */
static void aim(wn_quantiles *quantiles, const wn_block *block)
{
    size_t q = quantiles->n_probabilities;
    quantiles->n_vectors = block->n_cols > 0 ? wn_strip_vectors(block->n_cols) : 0;
    quantiles->swept_cols = block->n_cols;
    for (size_t v = 0; v < quantiles->n_vectors; v++) {
        size_t *columns = quantiles->slots[v].columns;
        wn_strip_columns(block->n_cols, v, columns);
        for (size_t s = 0; s < WN_SLOTS; s++) {
            columns[s] = wn_block_column(block, columns[s]);
            for (size_t k = 0; k < q; k++) {
                wn_window window = quantiles->windows[columns[s] * q + k];
                wn_slot_windows_set(windows_of(quantiles, v) + k, s, window.low, window.high);
            }
        }
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
    if (block->wide != NULL || block->n_cols != quantiles->swept_cols)
        aim(quantiles, block);
    return WN_OK;
}

/* Cells of slots that lie in windows; where the next ones will be written is asked for. */
static void keep(wn_quantiles *quantiles, const wn_sweep *sweep, const wn_swept *swept, size_t k, size_t number,
                 const size_t columns[WN_SLOTS])
{
    enum { LINE = 64 };
    const window_room *room = &quantiles->room;
    void *places[WN_SLOTS] = {NULL};
    size_t size = wn_cell_bytes(quantiles->is_float32);
    bool is_any_passing = false;
    for (size_t s = 0; s < WN_SLOTS; s++) {
        size_t target = columns[s] * quantiles->n_probabilities + number, n = (size_t)swept->windows[k].n_inside[s];
        if (n == 0 || !wn_window_keeps(quantiles->windows[target]))
            continue;
        places[s] = wn_window_cells_place(room, &quantiles->cells[target], s, n * size);
        is_any_passing |= wn_window_is_passing(room, places[s]);
        __builtin_prefetch((char *)places[s] + n * size + LINE, 1);
    }
    wn_sweep_keep(sweep, swept, k, places);
    for (size_t s = 0; s < WN_SLOTS && is_any_passing; s++)
        if (places[s] != NULL && wn_window_is_passing(room, places[s]))
            wn_window_cells_pass(room, &quantiles->cells[columns[s] * quantiles->n_probabilities + number],
                                 (wn_cells){places[s], quantiles->is_float32}, (size_t)swept->windows[k].n_inside[s]);
}

static void count(slot_counts *counts, const wn_swept_window *found)
{
    for (size_t s = 0; s < WN_SLOTS; s++) {
        counts->reached[s] += found->n_reached[s];
        counts->inside[s] += found->n_inside[s];
    }
}

void wn_quantiles_sweep(wn_quantiles *quantiles, const wn_strip *strip, size_t v, const double *centre, wn_swept *swept)
{
    size_t q = quantiles->n_probabilities, vector = strip->first_vector + v, first = 0;
    target_slots *slots = &quantiles->slots[vector];
    do {
        const wn_sweep sweep = {.strip = strip,
                                .vector = v,
                                .centre = centre,
                                .windows = windows_of(quantiles, vector) + first,
                                .n_windows = q - first < WN_SWEEP_WINDOWS ? q - first : WN_SWEEP_WINDOWS};
        wn_sweep_run(&sweep, swept);
        for (size_t k = 0; k < sweep.n_windows; k++) {
            count(counts_of(quantiles, vector) + first + k, &swept->windows[k]);
            keep(quantiles, &sweep, swept, k, first + k, slots->columns);
        }
        first += sweep.n_windows;
    } while (first < q);
    for (size_t s = 0; s < WN_SLOTS; s++)
        slots->valid[s] += swept->count[s];
}
