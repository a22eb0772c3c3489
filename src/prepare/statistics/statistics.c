#include "winnow/statistics.h"

#include "normalize.h"
#include "profile_sums.h"
#include "statistics_file.h"
#include "statistics_states.h"

#include "winnow/memory.h"

#include <math.h>
#include <string.h>

/* Cleaned moments, and normalization from them. A recipe that others are to be added to takes what its sums give. */
static wn_status fit_columns(wn_recipe *recipe, const wn_moments_summary *moments, const wn_cleaner *cleaner)
{
    wn_status status = WN_OK;
    wn_moments_summary *clean = NULL;
    for (size_t i = 0; i < recipe->n_cells; i++)
        if (recipe->columns[i].outliers < 0)
            recipe->columns[i].outliers = cleaner->outliers[i];
    if (wn_profile_sums_are_kept(recipe))
        TRY(wn_profile_sums_clean(recipe, &clean));
    TRY(wn_normalize_columns(recipe, clean != NULL ? clean : moments, clean != NULL));
done:
    wn_moments_summary_free(clean);
    return status;
}

/* Class counts, from whichever state has them. */
static wn_status keep_class_counts(const wn_statistics *statistics, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    int64_t *count = NULL;
    size_t n = recipe->labels.n_classes;
    if (n == 0 || (!statistics->contingency && !(statistics->gram && statistics->gram->class_count)))
        return WN_OK;
    TRY(wn_new(&count, n));
    if (statistics->gram)
        memcpy(count, statistics->gram->class_count, n * sizeof *count);
    else
        for (size_t bin = 0; bin < statistics->n_bins; bin++)
            for (size_t k = 0; k < n; k++)
                count[k] += statistics->contingency[bin * n + k];
    TRY(wn_recipe_add_statistic(recipe, "class_count", false, 1, &n, count));
done:
    wn_free(count);
    return status;
}

/* Collective. What follows from sums that are those of all ranks. */
static wn_status conclude(const wn_ranks *ranks, wn_statistics_states *states, wn_recipe *recipe,
                          wn_statistics **statistics)
{
    wn_statistics *new = NULL;
    bool writes = ranks->rank == 0;
    wn_status status = wn_new(&new, 1);
    if (status == WN_OK && writes)
        status = wn_statistics_states_keep(states, recipe);
    if (status == WN_OK)
        status = wn_statistics_states_finish(states, new);
    if (status == WN_OK && writes)
        status = keep_class_counts(new, recipe);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_agree(ranks, fit_columns(recipe, new->moments, &states->cleaner)));
    *statistics = new;
    new = NULL;
done:
    wn_statistics_free(new);
    return status;
}

/* Moments of the features are those of raw cells with their gaps filled. Folds are taken away from them, and so all are
 * summed in one way. */
static bool moments_follow(const wn_recipe *recipe, const wn_statistics_options *options)
{
    bool follow = options->raw && options->n_folds == 0;
    for (size_t i = 0; i < recipe->n_cells; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        follow &= column->outliers == 0 && column->rule.transform == WN_TRANSFORM_NONE &&
                  column->rule.normalize != WN_NORMALIZE_ROBUST;
    }
    return follow && wn_recipe_is_plain(recipe);
}

bool wn_statistics_follow(const wn_recipe *recipe, const wn_statistics_options *options)
{
    return moments_follow(recipe, options) && !options->gram && options->n_bins == 0;
}

/* Local. What the pass would have summed. */
static wn_status fill_raw(wn_statistics_states *states, wn_recipe *recipe, const wn_moments *raw)
{
    wn_status status = WN_OK;
    double *fill = NULL;
    TRY(wn_new(&fill, recipe->n_cells));
    for (size_t i = 0; i < recipe->n_cells; i++) {
        fill[i] = recipe->columns[i].fill;
        recipe->columns[i].clean_quartile_low = recipe->columns[i].clean_median =
            recipe->columns[i].clean_quartile_high = (double)NAN;
    }
    wn_moments_fill(states->sums.moments, raw, fill);
    states->is_filled = true;
done:
    wn_free(fill);
    return status;
}

/* Collective. The pass over cleaned rows, and what robust quartiles need beyond it. */
static wn_status sum_rows(wn_statistics_states *states, const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot,
                          wn_recipe *recipe, int *n_passes, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_accumulator accumulators[WN_STATISTICS_STATES + WN_FOLDS_STATES];
    /* features in place of cells, and quartiles of cells */
    wn_accumulator seen[WN_STATISTICS_STATES + WN_FOLDS_STATES + 1];
    wn_block_step steps[WN_STATISTICS_STEPS];
    TRY(wn_clean_quartiles_init(pass->ranks, &states->quartiles, pilot, recipe));
    status = wn_statistics_states_begin_quartiles(states, pass, rows, recipe);
    if (status == WN_OK && !wn_recipe_is_plain(recipe))
        status = wn_extraction_init(&states->extraction, recipe, wn_reader_block_capacity(pass->reader));
    TRY(wn_ranks_agree(pass->ranks, status));
    size_t n = wn_statistics_states_accumulators(states, accumulators);
    size_t n_steps = wn_statistics_states_steps(states, rows, steps), n_seen = 0;
    for (size_t i = states->is_filled ? 1 : 0; i < n; i++) /* moments are the first */
        seen[n_seen++] = states->extraction.features ? wn_extraction_accumulator(&states->extraction, accumulators[i])
                                                     : accumulators[i];
    if (states->quartiles.quantiles)
        seen[n_seen++] = wn_quantiles_accumulator(states->quartiles.quantiles);
    TRY(wn_pass_run(pass, steps, n_steps, seen, n_seen, cost));
    ++*n_passes;
    TRY(wn_clean_quartiles_finish(pass, rows, wn_statistics_states_filler(states), &states->quartiles, recipe, n_passes,
                                  cost));
done:
    return status;
}

wn_status wn_statistics_run(const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot, wn_recipe *recipe,
                            const wn_statistics_options *options, wn_statistics **statistics, int *n_passes,
                            wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_statistics_states states = {0};
    bool has_label = rows->catalog->has_label, follows = wn_statistics_follow(recipe, options);
    if (options->n_bins > 0 && !has_label)
        return wn_fail(WN_BAD_DATA, "bins against a label need one, and the input has no label");
    if (!follows)
        TRY(wn_statistics_plan_init(pass->ranks, &states.plan, pilot, recipe, has_label, options->n_bins));
    else
        status = wn_statistics_plan_new(&states.plan, recipe, has_label, 0);
    if (status == WN_OK)
        status = wn_statistics_states_init(&states, rows, recipe, options);
    if (status == WN_OK && moments_follow(recipe, options))
        status = fill_raw(&states, recipe, options->raw);
    TRY(wn_ranks_agree(pass->ranks, status));
    if (!follows)
        TRY(sum_rows(&states, pass, rows, pilot, recipe, n_passes, cost));
    if (options->path && pass->ranks->rank == 0)
        status = wn_statistics_states_write(options->path, &states, recipe);
    TRY(wn_ranks_agree(pass->ranks, status));
    TRY(conclude(pass->ranks, &states, recipe, statistics));
done:
    wn_statistics_states_clear(&states);
    return status;
}

wn_status wn_statistics_read(const wn_ranks *ranks, wn_rows *rows, wn_recipe *recipe,
                             const wn_statistics_options *options, wn_statistics **statistics)
{
    wn_status status = WN_OK;
    wn_statistics_states states = {0};
    wn_accumulator accumulators[WN_STATISTICS_STATES + WN_FOLDS_STATES];
    wn_recipe_file file = {H5I_INVALID_HID, options->path};
    wn_clean_quartiles quartiles = {.n = WN_CLEAN_QUARTILES * recipe->n_cells};
    status = wn_statistics_plan_new(&states.plan, recipe, rows->catalog->has_label, options->n_bins);
    if (status == WN_OK)
        status = wn_new(&quartiles.data, quartiles.n);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_statistics_file_open(ranks, &file, options->path, &states.plan, quartiles));
    wn_clean_quartiles_set(recipe, quartiles.data);
    TRY(wn_ranks_agree(ranks, wn_statistics_states_init(&states, rows, recipe, options)));
    size_t n = wn_statistics_states_accumulators(&states, accumulators);
    TRY(wn_statistics_file_sums(ranks, &file, accumulators, n));
    TRY(conclude(ranks, &states, recipe, statistics));
done:
    wn_recipe_file_close(&file);
    wn_free(quartiles.data);
    wn_statistics_states_clear(&states);
    return status;
}

void wn_statistics_free(wn_statistics *statistics)
{
    if (!statistics)
        return;
    for (size_t f = 0; statistics->without && f < statistics->n_folds; f++)
        wn_statistics_free(statistics->without[f]);
    wn_free(statistics->without);
    wn_moments_summary_free(statistics->moments);
    wn_gram_sums_free(statistics->gram);
    wn_free(statistics->edges);
    wn_free(statistics->contingency);
    wn_free(statistics);
}
