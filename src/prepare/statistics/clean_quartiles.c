#include "clean_quartiles.h"

#include "winnow/memory.h"

#include <math.h>

enum { QUARTILES = WN_CLEAN_QUARTILES };

static const double quartile[QUARTILES] = {0.25, 0.5, 0.75};

wn_status wn_clean_quartiles_init(wn_quantile_search *search, const wn_pilot *pilot, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_pilot cleaned = {0};
    unsigned char *wanted = NULL;
    bool is_any = false;
    TRY(wn_new(&wanted, QUARTILES * recipe->n_cells));
    for (size_t k = 0; k < QUARTILES * recipe->n_cells; k++) {
        wanted[k] = recipe->columns[k / QUARTILES].rule.normalize == WN_NORMALIZE_ROBUST;
        is_any |= wanted[k];
    }
    if (!is_any)
        goto done;
    TRY(wn_clean_pilot(pilot, recipe, true, &cleaned));
    TRY(wn_quantile_search_init(search, &cleaned, QUARTILES, quartile, wanted));
done:
    wn_clean_pilot_clear(&cleaned);
    wn_free(wanted);
    return status;
}

/* Collective. A pass for what is still open. */
static wn_status look_again(const wn_pass *pass, wn_rows *rows, wn_cleaner *cleaner, wn_quantile_search *search,
                            wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_block_step steps[] = {wn_rows_step(rows, WN_ROW_TRAIN), wn_cleaner_step(cleaner)};
    TRY(wn_ranks_agree(pass->ranks, wn_quantile_search_begin(search, pass)));
    wn_accumulator accumulator = wn_quantiles_accumulator(search->quantiles);
    TRY(wn_pass_run(pass, steps, 2, &accumulator, 1, cost));
done:
    return status;
}

wn_status wn_clean_quartiles_finish(const wn_pass *pass, wn_rows *rows, wn_cleaner *cleaner, wn_quantile_search *search,
                                    wn_recipe *recipe, int *n_passes, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    double *values = NULL;
    size_t n = QUARTILES * recipe->n_cells;
    bool counts = cleaner->counts;
    TRY(wn_ranks_agree(pass->ranks, wn_new(&values, n)));
    for (size_t k = 0; k < n; k++)
        values[k] = (double)NAN;
    TRY(wn_quantile_search_end(pass->ranks, search, values));
    cleaner->counts = false; /* again */
    while (search->n_open > 0) {
        TRY(look_again(pass, rows, cleaner, search, cost));
        ++*n_passes;
        TRY(wn_quantile_search_end(pass->ranks, search, values));
    }
    wn_clean_quartiles_set(recipe, values);
done:
    cleaner->counts = counts;
    wn_free(values);
    return status;
}

void wn_clean_quartiles_get(const wn_recipe *recipe, double *quartiles)
{
    for (size_t i = 0; i < recipe->n_cells; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        quartiles[QUARTILES * i] = column->clean_quartile_low;
        quartiles[QUARTILES * i + 1] = column->clean_median;
        quartiles[QUARTILES * i + 2] = column->clean_quartile_high;
    }
}

void wn_clean_quartiles_set(wn_recipe *recipe, const double *quartiles)
{
    for (size_t i = 0; i < recipe->n_cells; i++) {
        wn_recipe_column *column = &recipe->columns[i];
        column->clean_quartile_low = quartiles[QUARTILES * i];
        column->clean_median = quartiles[QUARTILES * i + 1];
        column->clean_quartile_high = quartiles[QUARTILES * i + 2];
    }
}
