/* naive.h - the preparation of a whole table in memory by plain loops, as INTERFACE.md words it: what the room must
 * agree with. */
#ifndef WINNOW_TESTS_PREPARE_NAIVE_H
#define WINNOW_TESTS_PREPARE_NAIVE_H

#include "fixture.h"

typedef struct {
    size_t n;
    double mean, deviation, min, max, quartile_low, median, quartile_high, most_frequent;
} naive_description;

/* |a - b| <= tolerance x |b|, or both are the same, infinite or NaN. */
bool naive_is_near(double a, double b, double tolerance);

/* Describes the valid ones of n values (sorted in place). */
naive_description naive_describe(double *values, size_t n);

/* What one column's rule gives on the training rows. */
typedef struct {
    naive_description raw, clean;
    size_t n_missing, n_outliers;
    double lower, upper, fill, center, scale;
} naive_column;

/* All training rows of the table (status TRAIN) through the rules: columns, and the statuses after drops. cleaned
 * (n_rows, FIXTURE_COLS) gets the cleaned cells of the rows that are left. */
void naive_prepare(const test_table *table, const wn_recipe *recipe, unsigned char *status, naive_column *columns,
                   double *cleaned);

/* Rules that differ between columns, with drops or without; other rules. */
void naive_set_rules(wn_recipe *recipe, bool drops);
void naive_set_other_rules(wn_recipe *recipe);

#endif
