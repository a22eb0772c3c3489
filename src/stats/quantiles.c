#include "winnow/quantiles.h"

#include "quantile_search.h"
#include "radix_sort.h"
#include "winnow/memory.h"
#include "winnow/order_key.h"

#include <math.h>
#include <string.h>

/* Counts of one target (a column's quantile); all int64, summed over ranks. */
typedef struct {
    int64_t valid, below, inside;
} target_counts;

/* Cells of one target's window on this rank, as order keys. */
typedef struct {
    int64_t *keys; /* owned */
    size_t n, capacity;
} kept_cells;

struct wn_quantiles {
    size_t n_cols, n_probabilities;
    double *probability;   /* (n_probabilities), owned */
    double *low, *high;    /* (n_probabilities, n_cols) windows, owned: columns are the inner loop */
    double *block_counts;  /* (1 + 2 n_probabilities, n_cols) of a block: valid; below, inside of each probability */
    target_counts *counts; /* (n_cols, n_probabilities), like kept */
    kept_cells *kept;
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
    TRY(wn_new(&made->low, n));
    TRY(wn_new(&made->high, n));
    TRY(wn_new(&made->block_counts, n_cols + 2 * n));
    TRY(wn_new(&made->counts, n));
    TRY(wn_new(&made->kept, n));
    for (size_t i = 0; i < n; i++) {
        size_t column = i / n_probabilities, k = i % n_probabilities;
        made->probability[k] = probability[k];
        made->low[k * n_cols + column] = windows[i].low;
        made->high[k * n_cols + column] = windows[i].high;
    }
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
        wn_free(quantiles->kept[i].keys);
    wn_free(quantiles->kept);
    wn_free(quantiles->counts);
    wn_free(quantiles->block_counts);
    wn_free(quantiles->high);
    wn_free(quantiles->low);
    wn_free(quantiles->probability);
    wn_free(quantiles);
}

static wn_status make_room(kept_cells *kept, size_t n)
{
    wn_status status = WN_OK;
    if (kept->n + n <= kept->capacity)
        return WN_OK;
    size_t capacity = 2 * kept->capacity + n;
    TRY(wn_resize(&kept->keys, capacity));
    kept->capacity = capacity;
done:
    return status;
}

/* Counts are doubles, for vectors; a block's are exact. */
static void count_valid(const double *restrict row, size_t n, double *restrict valid)
{
    for (size_t c = 0; c < n; c++)
        valid[c] += row[c] == row[c] ? 1.0 : 0.0;
}

static void count_window(const double *restrict row, const double *restrict low, const double *restrict high, size_t n,
                         double *restrict below, double *restrict up_to)
{
    for (size_t c = 0; c < n; c++) {
        below[c] += row[c] < low[c] ? 1.0 : 0.0;
        up_to[c] += row[c] <= high[c] ? 1.0 : 0.0;
    }
}

/* Where a window holds nothing (low > high) more may lie below it than up to its end. */
static void difference(const double *restrict below, double *restrict up_to, size_t n)
{
    for (size_t c = 0; c < n; c++)
        up_to[c] = up_to[c] > below[c] ? up_to[c] - below[c] : 0.0;
}

static void count_block(wn_quantiles *quantiles, const wn_block *block)
{
    size_t p = quantiles->n_cols;
    double *counts = quantiles->block_counts;
    memset(counts, 0, (1 + 2 * quantiles->n_probabilities) * p * sizeof *counts);
    for (size_t i = 0; i < block->n_rows; i++) {
        const double *row = block->cells + i * block->n_cols;
        count_valid(row, p, counts);
        for (size_t k = 0; k < quantiles->n_probabilities; k++)
            count_window(row, quantiles->low + k * p, quantiles->high + k * p, p, counts + (1 + 2 * k) * p,
                         counts + (2 + 2 * k) * p);
    }
    for (size_t k = 0; k < quantiles->n_probabilities; k++)
        difference(counts + (1 + 2 * k) * p, counts + (2 + 2 * k) * p, p);
}

/* A window of one value needs no cells: its counts tell whether the quantile is that value. */
static bool keeps_cells(const wn_quantiles *quantiles, size_t column, size_t k)
{
    size_t at = k * quantiles->n_cols + column;
    return quantiles->low[at] < quantiles->high[at];
}

/* Local. Room for what the block keeps, so that nothing fails once cells are taken. */
static wn_status make_rooms(wn_quantiles *quantiles)
{
    wn_status status = WN_OK;
    size_t p = quantiles->n_cols, q = quantiles->n_probabilities;
    for (size_t c = 0; c < p; c++)
        for (size_t k = 0; k < q; k++)
            if (keeps_cells(quantiles, c, k))
                TRY(make_room(&quantiles->kept[c * q + k], (size_t)quantiles->block_counts[(2 + 2 * k) * p + c]));
done:
    return status;
}

static void keep_cells(wn_quantiles *quantiles, const wn_block *block, size_t k)
{
    size_t p = quantiles->n_cols, q = quantiles->n_probabilities;
    const double *low = quantiles->low + k * p, *high = quantiles->high + k * p;
    for (size_t i = 0; i < block->n_rows; i++) {
        const double *row = block->cells + i * block->n_cols;
        for (size_t c = 0; c < p; c++) {
            if (!(row[c] >= low[c] && row[c] <= high[c] && low[c] < high[c]))
                continue;
            kept_cells *kept = &quantiles->kept[c * q + k];
            kept->keys[kept->n++] = wn_order_key(row[c]);
        }
    }
}

wn_status wn_quantiles_add(wn_quantiles *quantiles, const wn_block *block)
{
    wn_status status = WN_OK;
    size_t p = quantiles->n_cols, q = quantiles->n_probabilities;
    count_block(quantiles, block);
    TRY(make_rooms(quantiles));
    const double *counts = quantiles->block_counts;
    for (size_t k = 0; k < q; k++) {
        int64_t inside = 0;
        for (size_t c = 0; c < p; c++) {
            quantiles->counts[c * q + k].valid += (int64_t)counts[c];
            quantiles->counts[c * q + k].below += (int64_t)counts[(1 + 2 * k) * p + c];
            quantiles->counts[c * q + k].inside += (int64_t)counts[(2 + 2 * k) * p + c];
            inside += keeps_cells(quantiles, c, k) ? (int64_t)counts[(2 + 2 * k) * p + c] : 0;
        }
        if (inside > 0)
            keep_cells(quantiles, block, k);
    }
done:
    return status;
}

static wn_status add(void *state, const wn_block *block)
{
    return wn_quantiles_add(state, block);
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
    static const wn_accumulator_ops ops = {"quantiles", add, sums_of, keys_of, false};
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

/* Two searches a target, for its lower and its upper order statistic, among the kept cells. False: the window missed,
 * and *next is the part of the line that holds both. */
static bool place_searches(const wn_quantiles *quantiles, size_t target, key_search *searches, double *weight,
                           wn_window *next)
{
    target_counts counts = quantiles->counts[target];
    size_t column = target / quantiles->n_probabilities, k = target % quantiles->n_probabilities;
    int64_t lower, upper;
    if (counts.valid == 0)
        return true;
    order_statistics(counts.valid, quantiles->probability[k], &lower, &upper, weight);
    bool low_is_inside = lower >= counts.below, high_is_inside = upper < counts.below + counts.inside;
    if (!low_is_inside || !high_is_inside) {
        wn_window old = {quantiles->low[k * quantiles->n_cols + column],
                         quantiles->high[k * quantiles->n_cols + column]};
        bool is_window = old.low <= old.high;
        next->low = is_window && low_is_inside ? old.low : -INFINITY;
        next->high = is_window && high_is_inside ? old.high : INFINITY;
        return false;
    }
    searches[0] = (key_search){.sorted = quantiles->kept[target].keys,
                               .n = quantiles->kept[target].n,
                               .number = lower - counts.below,
                               .is_wanted = keeps_cells(quantiles, column, k)};
    searches[1] = searches[0];
    searches[1].number = upper - counts.below;
    return true;
}

/* Of a window of one value; -0 is 0. */
static double the_value(const wn_quantiles *quantiles, size_t target)
{
    size_t column = target / quantiles->n_probabilities, k = target % quantiles->n_probabilities;
    return quantiles->low[k * quantiles->n_cols + column] + 0.0;
}

/* Local. Keys are sorted in place: the set of kept cells stays what it was. */
static void sort_kept(const wn_quantiles *quantiles)
{
    for (size_t i = 0; i < quantiles->n_cols * quantiles->n_probabilities; i++)
        wn_integers_sort(quantiles->kept[i].keys, quantiles->kept[i].n);
}

wn_status wn_quantiles_finish(const wn_ranks *ranks, const wn_quantiles *quantiles, double *values, wn_window *windows,
                              unsigned char *missed, size_t *n_missed)
{
    wn_status status = WN_OK;
    size_t n = quantiles->n_cols * quantiles->n_probabilities;
    key_search *searches = NULL;
    double *weights = NULL;
    status = wn_new(&searches, 2 * n);
    if (status == WN_OK)
        status = wn_new(&weights, n);
    TRY(wn_ranks_agree(ranks, status));
    sort_kept(quantiles);
    *n_missed = 0;
    for (size_t i = 0; i < n; i++) {
        missed[i] = !place_searches(quantiles, i, searches + 2 * i, &weights[i], &windows[i]);
        *n_missed += missed[i];
    }
    TRY(wn_key_search_run(ranks, searches, 2 * n));
    for (size_t i = 0; i < n; i++) {
        const key_search *found = searches + 2 * i;
        values[i] = NAN;
        if (found[0].is_wanted)
            values[i] = between(wn_order_key_value(found[0].key), wn_order_key_value(found[1].key), weights[i]);
        else if (!missed[i] && quantiles->counts[i].valid > 0)
            values[i] = the_value(quantiles, i);
    }
done:
    wn_free(weights);
    wn_free(searches);
    return status;
}
