/* feature_pass.h - a pass over training rows whose accumulators see chosen features in place of cells: for what is
 * summed after a choice was made. What every feature is summed for goes into statistics.h's pass. */
#ifndef WINNOW_FEATURE_PASS_H
#define WINNOW_FEATURE_PASS_H

#include "winnow/pass.h"
#include "winnow/recipe.h"

/* Collective. The features are the n of the recipe with these indices, in that order, cleaned and not normalized; in
 * blocks (n_rows, n). Needs a recipe that is fitted up to fills, and rows whose drops are marked. *cost is added to.
 * Fails: as wn_pass_run. */
WN_MUST_USE wn_status wn_feature_pass_run(const wn_pass *pass, wn_rows *rows, const wn_recipe *recipe,
                                          const size_t *features, size_t n, const wn_accumulator *accumulators,
                                          size_t n_accumulators, wn_pass_cost *cost);

/* Local. Bytes that it takes beside the blocks and accumulators, at most. */
size_t wn_feature_pass_bytes(size_t n_features, size_t n_chosen, size_t block_rows);

#endif
