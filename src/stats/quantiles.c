#include "winnow/quantiles.h"

#include "cell_search.h"
#include "quantiles_run.h"
#include "winnow/memory.h"

#include <math.h>

/* Counts of one target (a column's quantile); all int64, summed over ranks. */
typedef struct {
    int64_t valid, below, inside;
} target_counts;

/* Cells of one target's window on this rank, in the width of the table. */
typedef struct {
    void *cells; /* owned */
    size_t n, capacity;
    size_t n_before; /* before the block that is added */
} kept_cells;

struct wn_quantiles {
    size_t n_cols, n_probabilities;
    bool is_carried;     /* by moments, which add to it */
    bool is_float32;     /* the width of kept cells; that of the first block */
    double *probability; /* (n_probabilities), owned */
    wn_window *windows;  /* (n_cols, n_probabilities), owned; like counts and kept */
    target_counts *counts;
    target_counts *block; /* of the block that is added */
    kept_cells *kept;
    wn_column_strip *strip;
};

wn_status wn_quantiles_new(wn_quantiles **quantiles, size_t n_cols, size_t n_probabilities, const double *probability,
                           const wn_window *windows)
{
    wn_status status = WN_OK;
    wn_quantiles *made = NULL;
    size_t n = n_cols * n_probabilities;
    TRY(wn_new(&made, 1));
    made->n_cols = n_cols;
    made->n_probabilities = n_probabilities;
    TRY(wn_new(&made->probability, n_probabilities));
    TRY(wn_new(&made->windows, n));
    TRY(wn_new(&made->counts, n));
    TRY(wn_new(&made->block, n));
    TRY(wn_new(&made->kept, n));
    TRY(wn_new(&made->strip, 1));
    for (size_t k = 0; k < n_probabilities; k++)
        made->probability[k] = probability[k];
    for (size_t i = 0; i < n; i++)
        made->windows[i] = windows[i];
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
    for (size_t i = 0; quantiles->kept != NULL && i < quantiles->n_cols * quantiles->n_probabilities; i++)
        wn_free(quantiles->kept[i].cells);
    wn_free(quantiles->strip);
    wn_free(quantiles->kept);
    wn_free(quantiles->block);
    wn_free(quantiles->counts);
    wn_free(quantiles->windows);
    wn_free(quantiles->probability);
    wn_free(quantiles);
}

/* A window of one value needs no cells: its counts tell whether the quantile is that value. */
static bool keeps_cells(const wn_quantiles *quantiles, size_t target)
{
    return quantiles->windows[target].low < quantiles->windows[target].high;
}

/* Room for a run and the lanes that its last vector may write beyond. */
static wn_status make_room(const wn_quantiles *quantiles, kept_cells *kept, size_t n)
{
    wn_status status = WN_OK;
    if (kept->n + n + WN_RUN_LANES <= kept->capacity)
        return WN_OK;
    size_t capacity = 2 * kept->capacity + n + WN_RUN_LANES;
    TRY(wn_memory_resize(&kept->cells, capacity, wn_cell_bytes(quantiles->is_float32), __func__));
    kept->capacity = capacity;
done:
    return status;
}

/* One column's run into all of its windows. */
wn_status wn_quantiles_add_run(wn_quantiles *quantiles, size_t column, wn_cells run, size_t n, int64_t valid)
{
    wn_status status = WN_OK;
    size_t q = quantiles->n_probabilities;
    for (size_t i = column * q; i < (column + 1) * q; i++) {
        kept_cells *kept = &quantiles->kept[i];
        wn_window window = quantiles->windows[i];
        bool keeps = keeps_cells(quantiles, i);
        if (keeps)
            TRY(make_room(quantiles, kept, n));
        void *end = keeps ? (char *)kept->cells + kept->n * wn_cell_bytes(run.is_float32) : NULL;
        wn_run_counts counts = wn_run_window(run, n, window.low, window.high, end);
        kept->n += keeps ? counts.inside : 0;
        quantiles->block[i].valid += valid;
        quantiles->block[i].below += (int64_t)counts.below;
        quantiles->block[i].inside += (int64_t)counts.inside;
    }
done:
    return status;
}

wn_status wn_quantiles_begin(wn_quantiles *quantiles, const wn_block *block)
{
    bool is_first = true, is_float32 = wn_block_view(block).is_float32;
    for (size_t i = 0; i < quantiles->n_cols * quantiles->n_probabilities; i++) {
        quantiles->kept[i].n_before = quantiles->kept[i].n;
        quantiles->block[i] = (target_counts){0};
        is_first = is_first && quantiles->kept[i].cells == NULL;
    }
    if (is_first)
        quantiles->is_float32 = is_float32;
    if (is_float32 != quantiles->is_float32)
        return wn_fail(WN_INTERNAL, "quantiles of blocks of two widths");
    return WN_OK;
}

void wn_quantiles_end(wn_quantiles *quantiles, wn_status outcome)
{
    for (size_t i = 0; i < quantiles->n_cols * quantiles->n_probabilities; i++) {
        if (outcome != WN_OK) {
            quantiles->kept[i].n = quantiles->kept[i].n_before;
            continue;
        }
        quantiles->counts[i].valid += quantiles->block[i].valid;
        quantiles->counts[i].below += quantiles->block[i].below;
        quantiles->counts[i].inside += quantiles->block[i].inside;
    }
}

static int64_t count_valid(wn_cells run, size_t n)
{
    int64_t valid = 0;
    for (size_t i = 0; i < n; i++)
        valid += run.is_float32 ? !isnan(((const float *)run.data)[i]) : !isnan(((const double *)run.data)[i]);
    return valid;
}

static wn_status add_block(wn_quantiles *quantiles, const wn_block *block)
{
    wn_status status = WN_OK;
    wn_column_strip *strip = quantiles->strip;
    for (size_t row = 0; row < block->n_rows; row += WN_RUN_ROWS)
        for (size_t col = 0; col < quantiles->n_cols; col += WN_RUN_COLS) {
            wn_column_strip_fill(strip, block, row, col);
            for (size_t c = 0; c < strip->n_cols; c++) {
                wn_cells run = wn_column_strip_run(strip, c);
                TRY(wn_quantiles_add_run(quantiles, col + c, run, strip->n, count_valid(run, strip->n)));
            }
        }
done:
    return status;
}

wn_status wn_quantiles_add(wn_quantiles *quantiles, const wn_block *block)
{
    wn_status status = wn_quantiles_begin(quantiles, block);
    if (status == WN_OK)
        status = add_block(quantiles, block);
    wn_quantiles_end(quantiles, status);
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

/* The order statistics around (n - 1) p: numbers from 0, and the weight of the upper one. */
static void order_statistics(int64_t n, double probability, int64_t *lower, int64_t *upper, double *weight)
{
    double place = (double)(n - 1) * probability;
    *lower = (int64_t)floor(place);
    *lower = *lower > n - 1 ? n - 1 : *lower;
    *upper = *lower + 1 < n ? *lower + 1 : *lower;
    *weight = place - (double)*lower;
}

/* NumPy's rule for a point between two values, which is exact at both ends. */
static double between(double a, double b, double weight)
{
    if (weight == 0 || a == b)
        return a;
    double gap = b - a;
    return weight >= 0.5 ? b - gap * (1 - weight) : a + gap * weight;
}

double wn_quantile_sorted(const double *sorted, size_t n, double probability)
{
    int64_t lower, upper;
    double weight;
    if (n == 0)
        return NAN;
    order_statistics((int64_t)n, probability, &lower, &upper, &weight);
    return between(sorted[lower], sorted[upper], weight);
}

wn_window wn_window_of_sample(const double *sorted, size_t n, double probability)
{
    static const double STANDARD_ERRORS = 6;
    wn_window window = {-INFINITY, INFINITY};
    double spread = STANDARD_ERRORS * sqrt((double)n * probability * (1 - probability)) + 2;
    double low = probability * (double)n - spread, high = probability * (double)n + spread;
    if (low >= 0)
        window.low = sorted[(size_t)low];
    if (high < (double)n)
        window.high = sorted[(size_t)high];
    return window;
}

/* A search for a target's two order statistics among the kept cells. False: the window missed, and *next is the part of
 * the line that holds both. */
static bool place_search(const wn_quantiles *quantiles, size_t target, cell_search *search, double *weight,
                         wn_window *next)
{
    target_counts counts = quantiles->counts[target];
    size_t k = target % quantiles->n_probabilities;
    wn_window window = quantiles->windows[target];
    int64_t lower, upper;
    if (counts.valid == 0)
        return true;
    order_statistics(counts.valid, quantiles->probability[k], &lower, &upper, weight);
    bool low_is_inside = lower >= counts.below, high_is_inside = upper < counts.below + counts.inside;
    if (!low_is_inside || !high_is_inside) {
        bool is_window = window.low <= window.high;
        next->low = is_window && low_is_inside ? window.low : -INFINITY;
        next->high = is_window && high_is_inside ? window.high : INFINITY;
        return false;
    }
    *search = (cell_search){.cells = {.data = quantiles->kept[target].cells, .is_float32 = quantiles->is_float32},
                            .n = quantiles->kept[target].n,
                            .low = window.low,
                            .high = window.high,
                            .number = lower - counts.below,
                            .has_next = upper > lower,
                            .is_wanted = keeps_cells(quantiles, target)};
    return true;
}

/* Of a window of one value; -0 is 0. */
static double the_value(const wn_quantiles *quantiles, size_t target)
{
    return quantiles->windows[target].low + 0.0;
}

wn_status wn_quantiles_finish(const wn_ranks *ranks, const wn_quantiles *quantiles, double *values, wn_window *windows,
                              unsigned char *missed, size_t *n_missed)
{
    wn_status status = WN_OK;
    size_t n = quantiles->n_cols * quantiles->n_probabilities;
    cell_search *searches = NULL;
    double *weights = NULL;
    status = wn_new(&searches, n);
    if (status == WN_OK)
        status = wn_new(&weights, n);
    TRY(wn_ranks_agree(ranks, status));
    *n_missed = 0;
    for (size_t i = 0; i < n; i++) {
        missed[i] = !place_search(quantiles, i, &searches[i], &weights[i], &windows[i]);
        *n_missed += missed[i];
    }
    TRY(wn_cell_search_run(ranks, searches, n));
    for (size_t i = 0; i < n; i++) {
        values[i] = NAN;
        if (searches[i].is_wanted)
            values[i] = between(searches[i].value, searches[i].next, weights[i]);
        else if (!missed[i] && quantiles->counts[i].valid > 0)
            values[i] = the_value(quantiles, i);
    }
done:
    wn_free(weights);
    wn_free(searches);
    return status;
}
