/* fitted.h - a table with a recipe that was fitted to it, and what plain loops make of it. */
#ifndef WINNOW_TESTS_PREPARE_FITTED_H
#define WINNOW_TESTS_PREPARE_FITTED_H

#include "naive.h"

#include "winnow/statistics.h"

typedef struct {
    test_table table;
    wn_rows *rows;
    wn_recipe *recipe;
    wn_pilot *pilot;
    wn_statistics *statistics;
    unsigned char *status; /* of all rows, after drops */
    double *cleaned;       /* (n_rows, FIXTURE_COLS) by plain loops; of training rows */
    naive_column naive[FIXTURE_COLS];
} fitted_table;

/* Collective. A fifth of the rows for validation, a tenth for tests (none where the table has test files); false where
 * something failed. */
bool fitted_open(fitted_table *fit, const fixture_spec *spec, bool drops, const wn_statistics_options *options);

/* Collective. The same by rules that are set by a function. */
bool fitted_open_by(fitted_table *fit, const fixture_spec *spec, void (*set_rules)(wn_recipe *),
                    const wn_statistics_options *options);
void fitted_close(fitted_table *fit);

#endif
