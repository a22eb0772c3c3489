/* level_counts.h - counts the levels of all categories, the terms of texts and the gaps of string columns, along with a
 * pass. What outgrows its memory is spilled. */
#ifndef WINNOW_PREPARE_LEVEL_COUNTS_H
#define WINNOW_PREPARE_LEVEL_COUNTS_H

#include "winnow/accumulator.h"
#include "winnow/keyed_counts.h"
#include "winnow/recipe.h"

typedef struct wn_level_counts wn_level_counts;

/* Local. For the categories with levels wanted, the texts with terms wanted and the string columns of a recipe,
 * borrowed; *counts stays NULL where there are none. Spills to `directory` (copied); NULL: nowhere, without a bound.
 * The caller frees it. Fails: WN_UNAVAILABLE (as wn_tokenizer_new), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_level_counts_new(wn_level_counts **counts, const wn_recipe *recipe, const char *directory);
void wn_level_counts_free(wn_level_counts *counts);

/* Local. The counts in erased form; borrowed. Only those of gaps are summed by a pass. */
wn_accumulator wn_level_counts_accumulator(wn_level_counts *counts);

/* Local. After the pass: sets count and missing of the string columns. counts may be NULL. */
void wn_level_counts_describe(const wn_level_counts *counts, wn_recipe *recipe);

/* Collective. An encoder for a column from the counts of all its levels or terms, partitioned over the ranks; n_rows:
 * training rows. Fails: as wn_level_counts_fit. */
WN_MUST_USE wn_status wn_level_counts_encode(const wn_ranks *ranks, const wn_keyed_counts *counts, size_t column,
                                             int64_t n_rows, wn_recipe *recipe);

/* Collective. After the pass: adds levels and terms over ranks, and an encoder for every column that wants one. counts
 * may be NULL. Fails: WN_BAD_DATA, WN_NO_MEMORY, WN_IO, WN_CANT_CREATE, agreed. */
WN_MUST_USE wn_status wn_level_counts_fit(const wn_ranks *ranks, wn_level_counts *counts, wn_recipe *recipe);

#endif
