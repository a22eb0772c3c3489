#include "winnow/statistics.h"

#include "clean.h"
#include "clean_quartiles.h"
#include "extraction.h"
#include "folds.h"
#include "normalize.h"
#include "profile_sums.h"
#include "statistics_file.h"
#include "statistics_plan.h"

#include "winnow/memory.h"

#include <math.h>
#include <string.h>

/* The states of the pass. */
typedef struct {
    wn_statistics_plan plan;
    wn_cleaner cleaner, filler; /* filler: of a table with encoders, for quartiles */
    wn_extraction extraction;   /* of a table that is not of numbers alone */
    wn_sums sums;
    wn_folds *folds; /* NULL unless asked for */
    wn_quantile_search quartiles;
} wn_statistics_states;

static void clear_states(wn_statistics_states *states)
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
static wn_status init_states(wn_statistics_states *states, wn_rows *rows, const wn_recipe *recipe,
                             const wn_statistics_options *options)
{
    wn_status status = WN_OK;
    wn_statistics_plan *plan = &states->plan;
    TRY(wn_cleaner_init(&states->cleaner, recipe, rows, wn_recipe_is_plain(recipe)));
    states->cleaner.drops = false; /* the profile has dropped what goes */
    for (size_t i = 0; i < recipe->n_cells; i++)
        states->cleaner.counts |= recipe->columns[i].outliers < 0;
    TRY(wn_sums_init(&states->sums, plan, rows->catalog->n_rows, &recipe->labels, options));
    if (options->n_folds > 0)
        TRY(wn_folds_new(&states->folds, plan, rows->catalog->n_rows, &recipe->labels, options));
done:
    return status;
}

/* Quartiles that normalization asks for come along with the moments, where those are of the same cells; features are
 * made of cells before their gaps are filled, and then quartiles have a cleaner of their own. */
static wn_status begin_quartiles(wn_statistics_states *states, const wn_pass *pass, wn_rows *rows,
                                 const wn_pilot *pilot, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    bool is_plain = wn_recipe_is_plain(recipe);
    TRY(wn_clean_quartiles_init(&states->quartiles, pilot, recipe));
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
static wn_cleaner *filling_cleaner(wn_statistics_states *states)
{
    return states->extraction.features ? &states->filler : &states->cleaner;
}

/* Steps of the pass, into steps[4]. Returns how many. */
static size_t list_steps(wn_statistics_states *states, wn_rows *rows, wn_block_step *steps)
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

enum { STATES = WN_SUMS_STATES + 1 };

/* The accumulators of all rows, into a[STATES]. Returns how many. */
static size_t list_accumulators(wn_statistics_states *states, wn_accumulator *a)
{
    size_t n = wn_sums_accumulators(&states->sums, a);
    if (states->cleaner.counts)
        a[n++] = wn_cleaner_accumulator(&states->cleaner);
    return n;
}

/* Those of the folds behind them, into a[STATES + WN_FOLDS_STATES]. */
static size_t list_all(wn_statistics_states *states, wn_accumulator *a)
{
    size_t n = list_accumulators(states, a);
    return n + wn_folds_accumulators(states->folds, a + n);
}

static wn_status hash_states(wn_statistics_states *states, wn_hash *hash)
{
    wn_status status = WN_OK;
    const wn_statistics_plan *plan = &states->plan;
    wn_hasher *hasher = NULL;
    wn_accumulator accumulators[STATES];
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
static wn_status keep_sums(wn_statistics_states *states, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    const wn_statistics_plan *plan = &states->plan;
    char *name = NULL;
    wn_accumulator accumulators[STATES];
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

/* Moves what is finished out of the states. */
static wn_status finish_states(wn_statistics_states *states, wn_statistics *statistics)
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

/* Collective. What follows from sums that are those of all ranks. */
static wn_status conclude(const wn_ranks *ranks, wn_statistics_states *states, wn_recipe *recipe,
                          wn_statistics **statistics)
{
    wn_statistics *new = NULL;
    bool writes = ranks->rank == 0;
    wn_status status = wn_new(&new, 1);
    if (status == WN_OK && writes)
        status = keep_sums(states, recipe);
    if (status == WN_OK)
        status = finish_states(states, new);
    if (status == WN_OK && writes)
        status = keep_class_counts(new, recipe);
    TRY(wn_ranks_agree(ranks, status));
    TRY(fit_columns(recipe, new->moments, &states->cleaner));
    *statistics = new;
    new = NULL;
done:
    wn_statistics_free(new);
    return status;
}

/* Local. What a later start needs of the pass, into a file. */
static wn_status keep_states(const char *path, wn_statistics_states *states, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_clean_quartiles quartiles = {.n = WN_CLEAN_QUARTILES * recipe->n_cells};
    wn_accumulator accumulators[STATES + WN_FOLDS_STATES];
    size_t n = list_all(states, accumulators);
    TRY(wn_new(&quartiles.data, quartiles.n));
    wn_clean_quartiles_get(recipe, quartiles.data);
    TRY(wn_statistics_file_write(path, &states->plan, quartiles, accumulators, n));
done:
    wn_free(quartiles.data);
    return status;
}

/* Collective. The pass over cleaned rows, and what robust quartiles need beyond it. */
static wn_status sum_rows(wn_statistics_states *states, const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot,
                          wn_recipe *recipe, int *n_passes, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_accumulator accumulators[STATES + WN_FOLDS_STATES];
    wn_accumulator seen[STATES + WN_FOLDS_STATES + 1]; /* features in place of cells, and quartiles of cells */
    wn_block_step steps[4];
    status = begin_quartiles(states, pass, rows, pilot, recipe);
    if (status == WN_OK && !wn_recipe_is_plain(recipe))
        status = wn_extraction_init(&states->extraction, recipe, wn_reader_block_capacity(pass->reader));
    TRY(wn_ranks_agree(pass->ranks, status));
    size_t n = list_all(states, accumulators);
    size_t n_steps = list_steps(states, rows, steps), n_seen = n;
    for (size_t i = 0; i < n; i++)
        seen[i] = states->extraction.features ? wn_extraction_accumulator(&states->extraction, accumulators[i])
                                              : accumulators[i];
    if (states->quartiles.quantiles)
        seen[n_seen++] = wn_quantiles_accumulator(states->quartiles.quantiles);
    TRY(wn_pass_run(pass, steps, n_steps, seen, n_seen, cost));
    ++*n_passes;
    TRY(wn_clean_quartiles_finish(pass, rows, filling_cleaner(states), &states->quartiles, recipe, n_passes, cost));
done:
    return status;
}

bool wn_statistics_follow(const wn_recipe *recipe, const wn_statistics_options *options)
{
    bool follows = options->raw && !options->gram && options->n_bins == 0 && options->n_folds == 0;
    for (size_t i = 0; i < recipe->n_cells; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        follows &= column->outliers == 0 && column->rule.transform == WN_TRANSFORM_NONE &&
                   column->rule.normalize != WN_NORMALIZE_ROBUST;
    }
    return follows && wn_recipe_is_plain(recipe);
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
done:
    wn_free(fill);
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
    status = follows ? wn_statistics_plan_new(&states.plan, recipe, has_label, 0)
                     : wn_statistics_plan_init(&states.plan, pilot, recipe, has_label, options->n_bins);
    if (status == WN_OK)
        status = init_states(&states, rows, recipe, options);
    if (status == WN_OK && follows)
        status = fill_raw(&states, recipe, options->raw);
    TRY(wn_ranks_agree(pass->ranks, status));
    if (!follows)
        TRY(sum_rows(&states, pass, rows, pilot, recipe, n_passes, cost));
    if (options->path && pass->ranks->rank == 0)
        status = keep_states(options->path, &states, recipe);
    TRY(wn_ranks_agree(pass->ranks, status));
    TRY(conclude(pass->ranks, &states, recipe, statistics));
done:
    clear_states(&states);
    return status;
}

wn_status wn_statistics_read(const wn_ranks *ranks, wn_rows *rows, wn_recipe *recipe,
                             const wn_statistics_options *options, wn_statistics **statistics)
{
    wn_status status = WN_OK;
    wn_statistics_states states = {0};
    wn_accumulator accumulators[STATES + WN_FOLDS_STATES];
    wn_recipe_file file = {H5I_INVALID_HID, options->path};
    wn_clean_quartiles quartiles = {.n = WN_CLEAN_QUARTILES * recipe->n_cells};
    status = wn_statistics_plan_new(&states.plan, recipe, rows->catalog->has_label, options->n_bins);
    if (status == WN_OK)
        status = wn_new(&quartiles.data, quartiles.n);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_statistics_file_open(ranks, &file, options->path, &states.plan, quartiles));
    wn_clean_quartiles_set(recipe, quartiles.data);
    TRY(wn_ranks_agree(ranks, init_states(&states, rows, recipe, options)));
    size_t n = list_all(&states, accumulators);
    TRY(wn_statistics_file_sums(ranks, &file, accumulators, n));
    TRY(conclude(ranks, &states, recipe, statistics));
done:
    wn_recipe_file_close(&file);
    wn_free(quartiles.data);
    clear_states(&states);
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
