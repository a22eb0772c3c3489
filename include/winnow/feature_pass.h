/* feature_pass.h - a pass over training rows whose accumulators see chosen features in place of cells: for what is
 * summed after a choice was made. What every feature is summed for goes into statistics.h's pass. */
#ifndef WINNOW_FEATURE_PASS_H
#define WINNOW_FEATURE_PASS_H

#include "winnow/pass.h"
#include "winnow/recipe.h"

/* Of a recipe's features, these, in this order; borrowed. */
typedef struct {
    const size_t *features; /* (n) */
    size_t n;
    const wn_wide_columns *wide; /* as wn_feature_pass_columns makes it: blocks are wide. NULL: they are dense */
} wn_feature_choice;

/* Local. How n chosen features lie in wide blocks: n_parts is 0 where the recipe makes none of them as sparse rows, and
 * blocks are better dense; else it is 1, a part over all columns with the entries of those that are not dense. That is
 * what a sketch takes (sketch.h); moments or products want parts without dense columns. Without a row; the caller
 * clears it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_feature_pass_columns(const wn_recipe *recipe, const size_t *features, size_t n,
                                              wn_wide_columns *wide);

/* Collective. The chosen features, cleaned and not normalized, in blocks (n_rows, n) or wide ones. Needs a recipe that
 * is fitted up to fills, and rows whose drops are marked. *cost is added to. Fails: as wn_pass_run. */
WN_MUST_USE wn_status wn_feature_pass_run(const wn_pass *pass, wn_rows *rows, const wn_recipe *recipe,
                                          const wn_feature_choice *choice, const wn_accumulator *accumulators,
                                          size_t n_accumulators, wn_pass_cost *cost);

/* How large a pass is, for planning. */
typedef struct {
    size_t n_features, n_chosen;
    size_t n_dense;   /* of all features; as many as these where blocks are dense */
    size_t row_bytes; /* of the entries of a row's sparse features, as they grow */
    size_t block_rows;
} wn_feature_pass_size;

/* Local. Bytes that it takes beside the blocks and accumulators, at most. */
size_t wn_feature_pass_bytes(const wn_feature_pass_size *size);

#endif
