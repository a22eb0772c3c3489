/* accumulator_checks.h - the checks that every accumulator passes, run through its ops table: an empty state is the
 * identity, blocks dealt over states or ranks in any way give the same integers, an allocation that fails leaks
 * nothing. */
#ifndef WINNOW_ACCUMULATOR_CHECKS_H
#define WINNOW_ACCUMULATOR_CHECKS_H

#include "winnow/accumulator.h"
#include "winnow/ranks.h"

#include <stdbool.h>

enum { CHECK_BLOCKS = 9, CHECK_COLS = 5, CHECK_CLASSES = 3, CHECK_ROWS_MOST = 300, CHECK_RESULTS_MOST = 4096 };

typedef struct {
    const char *name;
    bool takes_missing; /* cells and labels that are NaN */
    wn_status (*make)(void **state);
    void (*clear)(void *state);
    wn_accumulator (*erase)(void *state);
    /* Collective. What is finished, as numbers: at most CHECK_RESULTS_MOST of them. */
    wn_status (*finish)(const wn_ranks *ranks, void *state, double *results, size_t *n);
} accumulator_case;

/* Collective over test_ranks. */
void check_accumulator(const accumulator_case *it);

#endif
