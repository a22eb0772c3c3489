#include "winnow/window_sample.h"

#include "cell_search.h"
#include "quantile_place.h"
#include "quantiles_state.h"
#include "winnow/memory.h"

#include <math.h>
#include <string.h>

/* A block's cells beyond a finite end of a target's window, and all of them; of both, sums over blocks. */
typedef struct {
    int64_t beyond, valid;
} block_counts;

typedef struct {
    int64_t squares, products, valid_squares;
} block_sums;

struct wn_window_sample {
    wn_quantiles *quantiles; /* owned */
    block_counts *before;    /* (n_cols, n_probabilities) of this rank's blocks so far, owned */
    int64_t *words;          /* the number of blocks, and (n_cols, n_probabilities) block_sums, owned */
};

static size_t n_targets(const wn_window_sample *sample)
{
    return sample->quantiles->n_cols * sample->quantiles->n_probabilities;
}

static block_sums *sums_of_blocks(const wn_window_sample *sample)
{
    return (block_sums *)(void *)(sample->words + 1);
}

wn_status wn_window_sample_new(wn_window_sample **sample, size_t n_cols, size_t n_probabilities,
                               const double *probability, const wn_window *windows, size_t budget)
{
    enum { WORDS = sizeof(block_sums) / sizeof(int64_t) };
    wn_status status = WN_OK;
    wn_window_sample *made = NULL;
    TRY(wn_new(&made, 1));
    TRY(wn_new(&made->before, n_cols * n_probabilities));
    TRY(wn_new(&made->words, 1 + WORDS * n_cols * n_probabilities));
    TRY(wn_quantiles_new(&made->quantiles, n_cols, n_probabilities, probability, windows, budget));
    *sample = made;
    made = NULL;
done:
    wn_window_sample_free(made);
    return status;
}

void wn_window_sample_free(wn_window_sample *sample)
{
    if (sample == NULL)
        return;
    wn_quantiles_free(sample->quantiles);
    wn_free(sample->words);
    wn_free(sample->before);
    wn_free(sample);
}

/* Those below the window, or above one that has no lower end. */
static block_counts count_beyond(const wn_quantiles *quantiles, size_t target)
{
    target_counts counts = quantiles->counts[target];
    bool has_low = isfinite(quantiles->windows[target].low);
    return (block_counts){has_low ? counts.below : counts.valid - counts.below - counts.inside, counts.valid};
}

/* After the quantiles have added the block: what they have more than before. */
static wn_status add(void *state, const wn_block *block)
{
    wn_window_sample *sample = state;
    block_sums *sums = sums_of_blocks(sample);
    (void)block;
    for (size_t i = 0; i < n_targets(sample); i++) {
        block_counts now = count_beyond(sample->quantiles, i), before = sample->before[i];
        int64_t beyond = now.beyond - before.beyond, valid = now.valid - before.valid;
        sums[i].squares += beyond * beyond;
        sums[i].products += beyond * valid;
        sums[i].valid_squares += valid * valid;
        sample->before[i] = now;
    }
    sample->words[0]++;
    return WN_OK;
}

static wn_span sums_of(void *state)
{
    wn_window_sample *sample = state;
    return (wn_span){sample->words, 1 + n_targets(sample) * sizeof(block_sums) / sizeof(int64_t)};
}

static wn_span keys_of(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

void wn_window_sample_accumulators(wn_window_sample *sample, wn_accumulator accumulators[WN_WINDOW_SAMPLE_STATES])
{
    static const wn_accumulator_ops ops = {"window_sample", add, sums_of, keys_of, true};
    accumulators[0] = wn_quantiles_accumulator(sample->quantiles);
    accumulators[1] = (wn_accumulator){&ops, sample};
}

/* The standard error of how many of the sample's cells lie below the quantile: as of so many random cells, or as blocks
 * tell, whichever is larger. */
static double standard_error(const wn_window_sample *sample, size_t target)
{
    const block_sums *sums = &sums_of_blocks(sample)[target];
    double p = sample->quantiles->probability[target % sample->quantiles->n_probabilities];
    double blocks = (double)sample->words[0];
    block_counts all = count_beyond(sample->quantiles, target);
    double ratio = (double)all.beyond / (double)all.valid;
    double gaps = (double)sums->squares - 2 * ratio * (double)sums->products +
                  ratio * ratio * (double)sums->valid_squares; /* of (x - ratio n)^2 */
    double of_blocks = blocks > 1 && gaps > 0 ? gaps * blocks / (blocks - 1) : 0;
    return sqrt(fmax((double)all.valid * p * (1 - p), of_blocks));
}

/* Where the narrower window ends in the sorted sample, counted from the least cell in the window. */
typedef struct {
    int64_t low, high;
} window_ends;

static window_ends find_ends(const wn_window_sample *sample, size_t target)
{
    target_counts counts = sample->quantiles->counts[target];
    double p = sample->quantiles->probability[target % sample->quantiles->n_probabilities];
    if (counts.valid == 0)
        return (window_ends){-1, INT64_MAX};
    double place = p * (double)counts.valid - (double)counts.below;
    double spread = WN_WINDOW_ERRORS * standard_error(sample, target) + 2;
    return (window_ends){(int64_t)floor(place - spread), (int64_t)ceil(place + spread)};
}

/* The cells of all targets that were kept on all ranks, and which of the two ends is wanted. */
static void list_searches(const wn_window_sample *sample, const int64_t *is_counted, bool is_high,
                          cell_search *searches)
{
    const wn_quantiles *quantiles = sample->quantiles;
    for (size_t i = 0; i < n_targets(sample); i++) {
        wn_window window = quantiles->windows[i];
        window_ends ends = find_ends(sample, i);
        int64_t number = is_high ? ends.high : ends.low;
        bool is_wanted =
            wn_window_keeps(window) && !is_counted[i] && number >= 0 && number < quantiles->counts[i].inside;
        searches[i] = (cell_search){.low = window.low, .high = window.high, .number = number, .is_wanted = is_wanted};
        searches[i].cells.is_float32 = quantiles->is_float32;
        if (is_wanted)
            searches[i].cells =
                wn_window_cells_kept(&quantiles->room, &quantiles->cells[i], quantiles->is_float32, &searches[i].n);
    }
}

wn_status wn_window_sample_finish(const wn_ranks *ranks, const wn_window_sample *sample, wn_window *windows)
{
    wn_status status = WN_OK;
    cell_search *searches = NULL;
    int64_t *is_counted = NULL;
    size_t n = n_targets(sample);
    status = wn_new(&searches, n);
    if (status == WN_OK)
        status = wn_new(&is_counted, n);
    TRY(wn_ranks_agree(ranks, status));
    for (size_t i = 0; i < n; i++)
        is_counted[i] = sample->quantiles->cells[i].is_counted;
    TRY(wn_ranks_max(ranks, is_counted, n));
    for (int is_high = 0; is_high < 2; is_high++) { /* a search leaves its cells in another order */
        list_searches(sample, is_counted, is_high, searches);
        TRY(wn_cell_search_run(ranks, searches, n));
        for (size_t i = 0; i < n; i++)
            if (searches[i].is_wanted)
                *(is_high ? &windows[i].high : &windows[i].low) = searches[i].value;
    }
done:
    wn_free(is_counted);
    wn_free(searches);
    return status;
}
