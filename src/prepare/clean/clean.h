/* clean.h - cleans blocks of training rows: row drops, outlier action, filling, transform. Single rows and features see
 * recipe.h, which gives the same cells. */
#ifndef WINNOW_PREPARE_CLEAN_H
#define WINNOW_PREPARE_CLEAN_H

#include "cell_rules.h"

#include "winnow/pilot.h"
#include "winnow/recipe.h"

typedef struct {
    const wn_recipe *recipe; /* borrowed */
    wn_rows *rows;           /* borrowed; dropped rows are marked in it. NULL: they only leave the block */
    bool drops;              /* some column drops rows */
    bool counts;             /* outliers are counted in `outliers` */
    bool changes;            /* some cell may become another */
    wn_cell_rules rules;     /* (n_cells) */
    int64_t *outliers;       /* (n_cells) cells outside the recipe's bounds, before drops */
} wn_cleaner;

/* Local. Takes the recipe's bounds (and fills and transforms, where `fills`) as they are now. The caller clears it,
 * also after a failure. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_cleaner_init(wn_cleaner *cleaner, const wn_recipe *recipe, wn_rows *rows, bool fills);
void wn_cleaner_clear(wn_cleaner *cleaner);

/* Local. The cleaner, as it is now, as a step of a pass over training rows; where it has nothing to do it takes them
 * raw.
 */
wn_block_step wn_cleaner_step(wn_cleaner *cleaner);

/* Local. Its outlier counts in erased form, so that the pass sums them over ranks. */
wn_accumulator wn_cleaner_accumulator(wn_cleaner *cleaner);

/* Local. The pilot's rows after cleaning: fewer rows, maybe; cells, labels and rows are new, the caller clears it by
 * wn_clean_pilot_clear. Gaps stay NaN, and cells untransformed, unless `fills`. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_clean_pilot(const wn_pilot *pilot, const wn_recipe *recipe, bool fills, wn_pilot *cleaned);
void wn_clean_pilot_clear(wn_pilot *cleaned);

#endif
