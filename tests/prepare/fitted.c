#include "fitted.h"

#include "winnow/memory.h"

#include <stdlib.h>
#include <string.h>

bool fitted_open_by(fitted_table *fit, const fixture_spec *spec, void (*set_rules)(wn_recipe *),
                    const wn_statistics_options *options)
{
    wn_split split = {0.2, spec->n_test_files > 0 ? 0 : 0.1, 11, true};
    int n_passes = 0;
    memset(fit, 0, sizeof *fit);
    if (!fixture_open(&fit->table, spec) ||
        !fixture_prepare(&fit->table, &split, &fit->rows, &fit->recipe, &fit->pilot))
        return false;
    fit->cleaned = malloc(fit->table.n_rows * FIXTURE_COLS * sizeof *fit->cleaned);
    fit->status = fixture_statuses(&fit->table, fit->rows);
    set_rules(fit->recipe);
    naive_prepare(&fit->table, fit->recipe, fit->status, fit->naive, fit->cleaned);
    return CHECK_OK(fixture_profile(&fit->table.pass, fit->rows, fit->pilot, fit->recipe, &n_passes, NULL)) &&
           CHECK_OK(wn_statistics_run(&fit->table.pass, fit->rows, fit->pilot, fit->recipe, options, &fit->statistics,
                                      &n_passes, NULL));
}

static void with_drops(wn_recipe *recipe)
{
    naive_set_rules(recipe, true);
}

static void without_drops(wn_recipe *recipe)
{
    naive_set_rules(recipe, false);
}

bool fitted_open(fitted_table *fit, const fixture_spec *spec, bool drops, const wn_statistics_options *options)
{
    return fitted_open_by(fit, spec, drops ? with_drops : without_drops, options);
}

void fitted_close(fitted_table *fit)
{
    wn_statistics_free(fit->statistics);
    wn_free(fit->status);
    free(fit->cleaned);
    wn_pilot_free(fit->pilot);
    wn_recipe_free(fit->recipe);
    wn_rows_free(fit->rows);
    fixture_close(&fit->table);
}
