/* category.h - what the encoders of categories share: a column's levels in training rows, and which of them stands for
 * a gap. What a level becomes is the encoder's: one_hot.h, target.h. Levels are counted by level_counts.h. */
#ifndef WINNOW_PREPARE_CATEGORY_H
#define WINNOW_PREPARE_CATEGORY_H

#include "outliers.h"
#include "recipe_file.h"

#include "winnow/encoder_facts.h"
#include "winnow/keyed_counts.h"
#include "winnow/levels.h"

typedef struct {
    wn_levels *levels; /* owned */
    int64_t *count;    /* (levels) training rows of each; owned */
    bool are_numbers;
    bool has_others; /* there are others in training rows */
    int64_t fill;    /* the level of missing texts; -1: there is none. Numbers are filled as cells */
} wn_category;

/* Local. From the levels that were chosen of a column's training rows; sets what fills the column's gaps. The caller
 * clears it, also after a failure. Fails: WN_BAD_DATA (no level to fill gaps from), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_category_fit(wn_category *category, wn_recipe_column *column, const wn_keyed_top *chosen);
void wn_category_clear(wn_category *category);

/* Local. How many levels. */
size_t wn_category_size(const wn_category *category);

enum { WN_CATEGORY_RUN = 64 }; /* rows whose codes are told together */

/* A run's codes. */
typedef struct {
    size_t first, n; /* rows */
    uint32_t code[WN_CATEGORY_RUN];
} wn_category_run;

static const uint32_t WN_CATEGORY_GAP = UINT32_MAX;

/* Local. The levels of the run of rows behind the one before (all zero at first): the place of each in their order,
 * behind the last for all others, WN_CATEGORY_GAP for a gap that nothing fills. False: there are no more rows. */
bool wn_category_next(const wn_category *category, const wn_recipe_column *column, const wn_raw_rows *rows,
                      wn_category_run *run);

/* Local. Into a group of recipe.h5 that is there, and back. Fails: as recipe_file.h. */
WN_MUST_USE wn_status wn_category_write(const wn_category *category, const wn_recipe_file *file, const char *group);
WN_MUST_USE wn_status wn_category_read(wn_category *category, const wn_recipe_file *file, const char *group);

/* Local. As plain data, and back (counts are then 0). Fails: WN_BAD_DATA, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_category_describe(const wn_category *category, wn_encoder_facts *facts);
WN_MUST_USE wn_status wn_category_make(wn_category *category, const wn_recipe_column *column,
                                       const wn_encoder_facts *facts);

void wn_category_hash(const wn_category *category, wn_hasher *hasher);

#endif
