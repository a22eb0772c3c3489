#include "measure.h"

#include "winnow/memory.h"

#include <math.h>

/* What is between the passes of one measurement. n = n_cols x n_probabilities. */
typedef struct {
    size_t n_cols, n;
    double *centre, *found;
    wn_window *windows;
    unsigned char *open, *missed; /* quantiles that are not known yet; that this pass missed */
    size_t n_open;
    wn_moments *moments;
    wn_quantiles *quantiles;
} measuring;

static void clear(measuring *state)
{
    wn_quantiles_free(state->quantiles);
    wn_moments_free(state->moments);
    wn_free(state->centre);
    wn_free(state->found);
    wn_free(state->windows);
    wn_free(state->open);
}

/* Nothing is kept for a quantile that is not asked for. */
static const wn_window empty_window = {INFINITY, -INFINITY};

static wn_status guess_windows(const wn_measurement *measurement, measuring *state)
{
    wn_status status = WN_OK;
    double *sorted = NULL;
    size_t n_probabilities = measurement->n_probabilities;
    TRY(wn_new(&sorted, measurement->sample->n_rows));
    for (size_t i = 0; i < state->n_cols; i++) {
        size_t n = wn_pilot_column(measurement->sample, i, sorted);
        bool is_wanted = !measurement->wanted || measurement->wanted[i];
        state->centre[i] = n > 0 ? wn_quantile_sorted(sorted, n, 0.5) : 0;
        for (size_t k = i * n_probabilities; k < (i + 1) * n_probabilities; k++) {
            double probability = measurement->probability[k - i * n_probabilities];
            state->windows[k] = is_wanted ? wn_window_of_sample(sorted, n, probability) : empty_window;
            state->open[k] = is_wanted;
            state->n_open += is_wanted;
        }
    }
done:
    wn_free(sorted);
    return status;
}

static wn_status prepare(const wn_measurement *measurement, measuring *state, double *values)
{
    wn_status status = WN_OK;
    size_t n_cols = measurement->sample->n_cols, n = n_cols * measurement->n_probabilities;
    state->n_cols = n_cols;
    state->n = n;
    TRY(wn_new(&state->centre, n_cols));
    TRY(wn_new(&state->found, n));
    TRY(wn_new(&state->windows, n));
    TRY(wn_new(&state->open, 2 * n));
    state->missed = state->open + n;
    TRY(guess_windows(measurement, state));
    TRY(wn_moments_new(&state->moments, n_cols, state->centre));
    for (size_t k = 0; k < n; k++)
        values[k] = (double)NAN;
done:
    return status;
}

/* Takes what a pass found; what it missed stays open, with a window that cannot miss. */
static void take_found(measuring *state, double *values)
{
    for (size_t k = 0; k < state->n; k++) {
        if (state->open[k] && !state->missed[k]) {
            values[k] = state->found[k];
            state->open[k] = false;
            state->n_open--;
        }
        if (!state->open[k])
            state->windows[k] = empty_window;
    }
}

/* Collective. One pass; moments and outlier counts belong to the first alone. */
static wn_status run_once(const wn_measurement *measurement, measuring *state, bool is_first, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_cleaner *cleaner = measurement->cleaner;
    wn_block_step steps[2] = {wn_rows_step(measurement->rows, WN_ROW_TRAIN)};
    wn_accumulator accumulators[4];
    size_t n_steps = 1, n_accumulators = 0;
    wn_quantiles_free(state->quantiles);
    state->quantiles = NULL;
    TRY(wn_ranks_agree(measurement->pass->ranks,
                       wn_quantiles_new(&state->quantiles, state->n_cols, measurement->n_probabilities,
                                        measurement->probability, state->windows)));
    if (cleaner)
        steps[n_steps++] = wn_cleaner_step(cleaner);
    if (is_first) {
        if (state->n_open > 0)
            wn_moments_carry(state->moments, state->quantiles);
        accumulators[n_accumulators++] = wn_moments_accumulator(state->moments);
    }
    if (is_first && measurement->levels)
        accumulators[n_accumulators++] = wn_level_counts_accumulator(measurement->levels);
    if (is_first && cleaner && cleaner->counts)
        accumulators[n_accumulators++] = wn_cleaner_accumulator(cleaner);
    if (state->n_open > 0)
        accumulators[n_accumulators++] = wn_quantiles_accumulator(state->quantiles);
    TRY(wn_pass_run(measurement->pass, steps, n_steps, accumulators, n_accumulators, cost));
    if (cleaner)
        cleaner->counts = false;
done:
    return status;
}

wn_status wn_measure(const wn_measurement *measurement, wn_moments_summary **summary, double *values, int *n_passes,
                     wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    const wn_ranks *ranks = measurement->pass->ranks;
    measuring state = {0};
    size_t n_missed = 0;
    bool is_first = true;
    TRY(wn_ranks_agree(ranks, prepare(measurement, &state, values)));
    do {
        TRY(run_once(measurement, &state, is_first, cost));
        ++*n_passes;
        is_first = false;
        if (state.n_open > 0) {
            TRY(wn_quantiles_finish(ranks, state.quantiles, state.found, state.windows, state.missed, &n_missed));
            take_found(&state, values);
        }
    } while (state.n_open > 0);
    TRY(wn_ranks_agree(ranks, wn_moments_finish(state.moments, summary)));
done:
    clear(&state);
    return status;
}
