/* profile_sums.h - the state of include/winnow/profile_sums.h, for those who fill it, read it and write it. */
#ifndef WINNOW_PREPARE_PROFILE_SUMS_H
#define WINNOW_PREPARE_PROFILE_SUMS_H

#include "recipe_file.h"

#include "winnow/accumulator.h"
#include "winnow/keyed_counts.h"
#include "winnow/moments.h"
#include "winnow/profile_sums.h"

/* The levels or terms of a column. */
typedef struct {
    size_t column;
    bool is_complete; /* all that occurred; else `all` is empty */
    wn_keyed_top all;
} wn_profile_levels;

struct wn_profile_sums {
    char *refusal; /* owned; NULL: what follows is kept */
    char *options; /* owned */
    bool is_float32;
    size_t n_files;
    wn_profile_file *files;
    wn_moments *raw;         /* of raw training cells (n_cells); NULL before they are measured */
    wn_moments *transformed; /* of the same after the transform (n_transformed), where a rule has one; else NULL */
    size_t n_transformed;
    size_t *transformed_columns; /* (n_transformed) ascending */
    wn_block *block;             /* their cells while a block is added */
    const wn_recipe *recipe;     /* borrowed: the sums lie in it */
    size_t n_levels;
    wn_profile_levels *levels;
};

/* Local. Whether a recipe keeps sums; recipe->sums may be NULL. */
bool wn_profile_sums_are_kept(const wn_recipe *recipe);

/* Local. A new state without files and options for a recipe whose rules are set. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_profile_sums_new(wn_profile_sums **sums, const wn_recipe *recipe);

/* Local. Whether the profile's pass is to add transformed cells too, and their accumulator; borrowed. */
bool wn_profile_sums_transform(const wn_profile_sums *sums);
wn_accumulator wn_profile_sums_accumulator(wn_profile_sums *sums);

/* Local. Keeps a copy of the moments of raw training cells. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_profile_sums_keep_raw(wn_profile_sums *sums, const wn_moments *raw);

/* Collective. Keeps all keys of a column's counts if they are no more than limit. Fails: as wn_keyed_counts_top. */
WN_MUST_USE wn_status wn_profile_sums_keep(const wn_ranks *ranks, wn_profile_sums *sums, size_t column,
                                           const wn_keyed_counts *counts, size_t limit);

/* Local. Moments (n_cells) of the cleaned cells: transformed, gaps filled. The caller frees them. Fails: WN_NO_MEMORY.
 */
WN_MUST_USE wn_status wn_profile_sums_clean(const wn_recipe *recipe, wn_moments_summary **summary);

/* Local. The group /sums of recipe.h5. Fails: as recipe_file.h. */
WN_MUST_USE wn_status wn_profile_sums_write(const wn_recipe_file *file, const wn_profile_sums *sums);

#endif
