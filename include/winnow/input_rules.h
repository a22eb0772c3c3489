/* input_rules.h - how a table's cells are to be read where a model is applied: what the job says of them besides the
 * recipe. It goes with a recipe into compressed.wnm, so that this file alone reads new rows as the run did. */
#ifndef WINNOW_INPUT_RULES_H
#define WINNOW_INPUT_RULES_H

#include "winnow/hash.h"
#include "winnow/status.h"

#include <stdbool.h>
#include <stddef.h>

/* All zero: the table is found by itself, no value but NaN is missing, infinite cells are errors. */
typedef struct {
    char *table; /* NULL: the one candidate */
    size_t n_missing_values, n_label_missing;
    double *missing_values; /* cells that are missing */
    double *label_missing;  /* labels that are none */
    bool infinite_is_missing;
} wn_input_rules;

/* Local. A copy, owned by the caller. Fails: WN_NO_MEMORY, and then it is all zero. */
WN_MUST_USE wn_status wn_input_rules_copy(wn_input_rules *rules, const wn_input_rules *from);
void wn_input_rules_clear(wn_input_rules *rules);

/* Local. Adds it to a fingerprint; nothing where it is all zero. */
void wn_input_rules_hash(const wn_input_rules *rules, wn_hasher *hasher);

#endif
