/* fixture.h - a small table in several files, with gaps, repeats, outliers, a constant column and time stamps; every
 * rank also has all of it in memory, for naive computations. */
#ifndef WINNOW_TESTS_PREPARE_FIXTURE_H
#define WINNOW_TESTS_PREPARE_FIXTURE_H

#include "testing.h"

#include "winnow/dataset.h"
#include "winnow/pass.h"
#include "winnow/pilot.h"
#include "winnow/recipe.h"
#include "winnow/rows.h"

/* Columns: normal, normal with gaps, normal with far outliers, heavy-tailed with gaps and outliers, constant, time
 * stamps in nanoseconds, small integers with -0, mostly zero. */
enum { FIXTURE_COLS = 8, FIXTURE_CLASSES = 3 };

typedef struct {
    const char *name;             /* of the files */
    const size_t *n_rows;         /* (n_files) */
    size_t n_files, n_test_files; /* the last n_test_files are input.test */
    bool real_label;
    double unlabelled; /* share of rows without label */
    double label_size; /* of a real label; 0: 1 */
} fixture_spec;

typedef struct {
    size_t n_rows;
    double *cells, *labels; /* (n_rows, FIXTURE_COLS), (n_rows) */
    size_t *file;           /* (n_rows) */
    wn_catalog *catalog;
    wn_reader *reader;
    wn_pass pass;
} test_table;

/* Collective. Writes the files on rank 0 and opens them; true when all went well (else the test has failed already). */
bool fixture_open(test_table *table, const fixture_spec *spec);
void fixture_close(test_table *table);

/* Collective. Rows split by `split`, labels found and a recipe whose rules are to be set; pilot of the training rows.
 */
bool fixture_prepare(test_table *table, const wn_split *split, wn_rows **rows, wn_recipe **recipe, wn_pilot **pilot);

/* Collective. Both steps of the profile, the second where it is needed; *n_passes counts all. */
wn_status fixture_profile(const wn_pass *pass, wn_rows *rows, const wn_pilot *pilot, wn_recipe *recipe, int *n_passes,
                          wn_pass_cost *cost);

/* The statuses of all rows, gathered on every rank; the caller frees them. NULL after a failure. */
unsigned char *fixture_statuses(const test_table *table, const wn_rows *rows);

#endif
