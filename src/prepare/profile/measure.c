#include "measure.h"

#include "quantile_search.h"

#include "winnow/memory.h"
#include "winnow/profile.h"

#include <math.h>

/* What is between the passes of one measurement. */
typedef struct {
    wn_quantile_search search;
    wn_moments *moments; /* NULL: not wanted */
} measuring;

static void clear(measuring *state)
{
    wn_moments_free(state->moments);
    wn_quantile_search_clear(&state->search);
}

/* Collective. */
static wn_status prepare(const wn_measurement *measurement, measuring *state, bool has_moments, double *values)
{
    wn_status status = WN_OK;
    wn_quantile_search *search = &state->search;
    const wn_ranks *ranks = measurement->pass->ranks;
    TRY(wn_quantile_search_init(ranks, search, measurement->sample, measurement->n_probabilities,
                                measurement->probability, measurement->wanted));
    if (has_moments)
        TRY(wn_ranks_agree(ranks, wn_moments_new(&state->moments, search->n_cols)));
    for (size_t k = 0; k < search->n; k++)
        values[k] = (double)NAN;
done:
    return status;
}

/* Rows, then what changes cells. Returns how many steps there are. */
enum { MOST_STEPS = 3 };
static size_t list_steps(const wn_measurement *measurement, wn_block_step steps[MOST_STEPS])
{
    size_t n = 0;
    steps[n++] = wn_rows_step(measurement->rows, WN_ROW_TRAIN);
    if (measurement->cleaner)
        steps[n++] = wn_cleaner_step(measurement->cleaner);
    if (measurement->step)
        steps[n++] = *measurement->step;
    return n;
}

/* Collective. Windows narrower than the sample's, where that pays. Cells after drops are not looked at twice: the first
 * look is what drops. */
static wn_status narrow(const wn_measurement *measurement, measuring *state, wn_pass_cost *cost)
{
    const wn_catalog *catalog = measurement->rows->catalog;
    const wn_pilot *sample = measurement->sample;
    wn_block_step steps[MOST_STEPS];
    wn_pass pass = *measurement->pass;
    if (measurement->cleaner || wn_profile_window_rows(catalog, sample->n_rows) <= sample->n_rows)
        return WN_OK;
    pass.name = "windows";
    return wn_quantile_search_narrow(&state->search, sample, catalog, &pass, steps, list_steps(measurement, steps),
                                     cost);
}

/* Collective. One pass; moments and outlier counts belong to the first alone. */
static wn_status run_once(const wn_measurement *measurement, measuring *state, bool is_first, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_cleaner *cleaner = measurement->cleaner;
    wn_quantile_search *search = &state->search;
    wn_block_step steps[MOST_STEPS];
    wn_accumulator accumulators[6];
    size_t n_steps = list_steps(measurement, steps), n_accumulators = 0;
    TRY(wn_ranks_agree(measurement->pass->ranks, wn_quantile_search_begin(search, measurement->pass)));
    if (is_first && state->moments) {
        if (search->quantiles)
            wn_moments_carry(state->moments, search->quantiles);
        accumulators[n_accumulators++] = wn_moments_accumulator(state->moments);
    }
    if (is_first && measurement->sums && wn_profile_sums_transform(measurement->sums))
        accumulators[n_accumulators++] = wn_profile_sums_accumulator(measurement->sums);
    if (is_first && measurement->levels)
        accumulators[n_accumulators++] = wn_level_counts_accumulator(measurement->levels);
    if (is_first && cleaner && cleaner->counts)
        accumulators[n_accumulators++] = wn_cleaner_accumulator(cleaner);
    if (measurement->modes && !wn_modes_is_done(measurement->modes))
        accumulators[n_accumulators++] = wn_modes_accumulator(measurement->modes);
    if (search->quantiles)
        accumulators[n_accumulators++] = wn_quantiles_accumulator(search->quantiles);
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
    bool is_first = true;
    TRY(prepare(measurement, &state, summary != NULL, values));
    TRY(narrow(measurement, &state, cost));
    do {
        TRY(run_once(measurement, &state, is_first, cost));
        TRY(wn_quantile_search_end(ranks, &state.search, values));
        if (measurement->modes)
            TRY(wn_modes_end(ranks, measurement->modes));
        ++*n_passes;
        is_first = false;
    } while (state.search.n_open > 0);
    if (summary)
        TRY(wn_ranks_agree(ranks, wn_moments_finish(state.moments, summary)));
    if (measurement->sums)
        TRY(wn_ranks_agree(ranks, wn_profile_sums_keep_raw(measurement->sums, state.moments)));
    if (measurement->moments) {
        *measurement->moments = state.moments;
        state.moments = NULL;
    }
done:
    clear(&state);
    return status;
}
