#include "statistics_states.h"

#include "statistics_file.h"

#include "winnow/memory.h"

void wn_statistics_states_clear(wn_statistics_states *states)
{
    wn_quantile_search_clear(&states->quartiles);
    wn_folds_free(states->folds);
    wn_sums_clear(&states->sums);
    wn_extraction_clear(&states->extraction);
    wn_cleaner_clear(&states->filler);
    wn_cleaner_clear(&states->cleaner);
    wn_statistics_plan_clear(&states->plan);
}

/* By a plan that is there. */
wn_status wn_statistics_states_init(wn_statistics_states *states, wn_rows *rows, const wn_recipe *recipe,
                                    const wn_statistics_options *options)
{
    wn_status status = WN_OK;
    wn_statistics_plan *plan = &states->plan;
    TRY(wn_cleaner_init(&states->cleaner, recipe, rows, wn_recipe_is_plain(recipe)));
    states->cleaner.drops = false; /* the profile has dropped what goes */
    for (size_t i = 0; i < recipe->n_cells; i++)
        states->cleaner.counts |= recipe->columns[i].outliers < 0;
    TRY(wn_sums_init(&states->sums, plan, rows->catalog, &recipe->labels, options));
    if (options->n_folds > 0)
        TRY(wn_folds_new(&states->folds, plan, rows->catalog, &recipe->labels, options));
done:
    return status;
}

/* Quartiles that normalization asks for come along with the moments, where those are of the same cells; features are
 * made of cells before their gaps are filled, and then quartiles have a cleaner of their own. */
wn_status wn_statistics_states_begin_quartiles(wn_statistics_states *states, const wn_pass *pass, wn_rows *rows,
                                               const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    bool is_plain = wn_recipe_is_plain(recipe);
    TRY(wn_quantile_search_begin(&states->quartiles, pass));
    if (states->quartiles.quantiles && is_plain)
        wn_moments_carry(states->sums.moments, states->quartiles.quantiles);
    if (!is_plain) {
        TRY(wn_cleaner_init(&states->filler, recipe, rows, true));
        states->filler.drops = false;
    }
done:
    return status;
}

/* The cleaner after which all gaps are filled. */
wn_cleaner *wn_statistics_states_filler(wn_statistics_states *states)
{
    return states->extraction.features ? &states->filler : &states->cleaner;
}

/* Rows, cells, features, and cells filled for quartiles. */
size_t wn_statistics_states_steps(wn_statistics_states *states, wn_rows *rows, wn_block_step steps[WN_STATISTICS_STEPS])
{
    size_t n = 0;
    steps[n++] = wn_rows_step(rows, WN_ROW_TRAIN);
    steps[n++] = wn_cleaner_step(&states->cleaner);
    if (states->extraction.features)
        steps[n++] = wn_extraction_step(&states->extraction);
    if (states->extraction.features && states->quartiles.quantiles)
        steps[n++] = wn_cleaner_step(&states->filler);
    return n;
}

/* The accumulators of all rows, into a[WN_STATISTICS_STATES]. Returns how many. */
static size_t list_accumulators(wn_statistics_states *states, wn_accumulator *a)
{
    size_t n = wn_sums_accumulators(&states->sums, a);
    if (states->cleaner.counts)
        a[n++] = wn_cleaner_accumulator(&states->cleaner);
    return n;
}

/* Those of the folds behind them, into a[WN_STATISTICS_STATES + WN_FOLDS_STATES]. */
size_t wn_statistics_states_accumulators(wn_statistics_states *states, wn_accumulator *a)
{
    size_t n = list_accumulators(states, a);
    return n + wn_folds_accumulators(states->folds, a + n);
}

static wn_status hash_states(wn_statistics_states *states, wn_hash *hash)
{
    wn_status status = WN_OK;
    const wn_statistics_plan *plan = &states->plan;
    wn_hasher *hasher = NULL;
    wn_accumulator accumulators[WN_STATISTICS_STATES];
    size_t n = list_accumulators(states, accumulators);
    TRY(wn_hasher_new(&hasher, 0));
    wn_hasher_add(hasher, plan->centre, plan->n_cols * sizeof *plan->centre);
    wn_hasher_add(hasher, plan->exponent, plan->n_cols * sizeof *plan->exponent);
    if (plan->n_bins > 1)
        wn_hasher_add(hasher, plan->edges, plan->n_cols * (plan->n_bins - 1) * sizeof *plan->edges);
    if (plan->n_classes > 1)
        wn_hasher_add(hasher, plan->class_edges, (plan->n_classes - 1) * sizeof *plan->class_edges);
    for (size_t i = 0; i < n; i++) {
        wn_span sums = accumulators[i].ops->sums(accumulators[i].state);
        wn_span keys = accumulators[i].ops->keys(accumulators[i].state);
        wn_hasher_add_text(hasher, accumulators[i].ops->name);
        wn_hasher_add(hasher, sums.data, sums.n * sizeof *sums.data);
        wn_hasher_add(hasher, keys.data, keys.n * sizeof *keys.data);
    }
    *hash = wn_hasher_finish(hasher);
done:
    wn_hasher_free(hasher);
    return status;
}

/* The integers of every state, and what they are about, into the recipe: /statistics of its file. */
wn_status wn_statistics_states_keep(wn_statistics_states *states, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    const wn_statistics_plan *plan = &states->plan;
    char *name = NULL;
    wn_accumulator accumulators[WN_STATISTICS_STATES];
    size_t n = list_accumulators(states, accumulators);
    for (size_t i = 0; i < n; i++) {
        const wn_accumulator_ops *ops = accumulators[i].ops;
        wn_span sums = ops->sums(accumulators[i].state), keys = ops->keys(accumulators[i].state);
        size_t dims[3] = {sums.n, plan->n_bins, plan->n_classes};
        bool is_table = states->sums.contingency && accumulators[i].state == (void *)states->sums.contingency;
        if (is_table)
            dims[0] = plan->n_cols;
        TRY(wn_recipe_add_statistic(recipe, ops->name, false, is_table ? 3 : 1, dims, sums.data));
        if (keys.n == 0)
            continue;
        TRY(wn_string_format(&name, "%s_keys", ops->name));
        TRY(wn_recipe_add_statistic(recipe, name, false, 1, &keys.n, keys.data));
        wn_free(name);
        name = NULL;
    }
    TRY(wn_recipe_add_statistic(recipe, "centre", true, 1, &plan->n_cols, plan->centre));
    if (plan->n_bins > 1)
        TRY(wn_recipe_add_statistic(recipe, "edges", true, 2, (size_t[]){plan->n_cols, plan->n_bins - 1}, plan->edges));
done:
    wn_free(name);
    return status;
}

/* Moves what is finished out of the states. */
wn_status wn_statistics_states_finish(wn_statistics_states *states, wn_statistics *statistics)
{
    wn_status status = WN_OK;
    wn_statistics_plan *plan = &states->plan;
    TRY(wn_sums_finish(&states->sums, plan, statistics));
    TRY(hash_states(states, &statistics->hash));
    TRY(wn_folds_finish(states->folds, &states->sums, plan, statistics));
    statistics->edges = plan->edges;
    plan->edges = NULL;
done:
    return status;
}

/* Local. What a later start needs of the pass, into a file. */
wn_status wn_statistics_states_write(const char *path, wn_statistics_states *states, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_clean_quartiles quartiles = {.n = WN_CLEAN_QUARTILES * recipe->n_cells};
    wn_accumulator accumulators[WN_STATISTICS_STATES + WN_FOLDS_STATES];
    size_t n = wn_statistics_states_accumulators(states, accumulators);
    TRY(wn_new(&quartiles.data, quartiles.n));
    wn_clean_quartiles_get(recipe, quartiles.data);
    TRY(wn_statistics_file_write(path, &states->plan, quartiles, accumulators, n));
done:
    wn_free(quartiles.data);
    return status;
}
