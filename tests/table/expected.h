/* expected.h - the files that fixtures.py writes, and what h5py reads of them. */
#ifndef WINNOW_TESTS_TABLE_EXPECTED_H
#define WINNOW_TESTS_TABLE_EXPECTED_H

#include "winnow/catalog.h"

typedef struct {
    int64_t n_rows, n_cols;
    char **names;   /* (n_cols) */
    double *cells;  /* (n_rows, n_cols) */
    double *labels; /* (n_rows), NaN without */
} expected_table;

/* Collective. Writes the fixtures into the test's directory. Returns whether it worked. */
bool fixtures_make(void);

/* Local. The path of a fixture, below the test's directory; good until three calls later. */
const char *fixture(const char *name);

/* Local. NAME.expected; n_rows is -1 where it cannot be read. */
expected_table expected_load(const char *name);
void expected_free(expected_table *expected);

/* Local. An input of one pattern below the test's directory; table and label may be NULL. The pattern is kept until the
 * next call but three. */
wn_input input_of(const char *name, const char *table, const char *label);

/* Local. Asserts that a call failed with this status, and a message that contains `words`. */
#define CHECK_FAILS(call, code, words) check_fails((call), (code), (words), #call, __FILE__, __LINE__)
void check_fails(wn_status status, wn_status code, const char *words, const char *call, const char *file, int line);

/* Local. How many files, groups, datasets, types and attributes of HDF5 are open: 0 between calls. */
int64_t open_handles(void);

/* Local. Runs Debian's Python with `arguments`; returns whether it succeeded. */
bool run_python(const char *arguments);

#endif
