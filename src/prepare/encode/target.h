/* target.h - a category's level becomes the mean of the label over its training rows, drawn toward that of all
 * (target_codes.h). It is fitted in two steps: the levels, counted along with the profile, and then the codes, for
 * which a pass of their own sums labels by level and fold. */
#ifndef WINNOW_PREPARE_TARGET_H
#define WINNOW_PREPARE_TARGET_H

#include "winnow/accumulator.h"
#include "winnow/keyed_counts.h"
#include "winnow/recipe.h"

/* Local. Adds the encoder of a category from its levels in training rows, and sets what fills its gaps. Its features
 * are one, or one a class where the labels, which the recipe has, are of more than two; their codes are NaN for now.
 * Fails: WN_BAD_DATA (no level to fill gaps from), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_target_fit(wn_recipe *recipe, size_t column, const wn_keyed_top *levels);

/* Local. Whether codes of some encoder are not known yet. */
bool wn_targets_wait(const wn_recipe *recipe);

/* The sums of all such encoders of a recipe. */
typedef struct wn_target_counts wn_target_counts;

/* Local. For the encoders of a recipe, borrowed, whose codes are not known; *counts stays NULL where there are none.
 * The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_target_counts_new(wn_target_counts **counts, const wn_recipe *recipe);
void wn_target_counts_free(wn_target_counts *counts);

/* Local. One accumulator an encoder, of raw training rows; borrowed. Returns how many. */
size_t wn_target_counts_accumulators(wn_target_counts *counts, const wn_accumulator **accumulators);

/* Local. After the pass: the encoders' codes. */
void wn_target_counts_fit(const wn_target_counts *counts, wn_recipe *recipe);

#endif
