/* chosen_rows.h - chosen features of raw rows as a block: those that are mostly zero as sparse rows where the block is
 * wide, all of them dense elsewhere. For recipes with encoders. Private to feature_pass.c. */
#ifndef WINNOW_PREPARE_CHOSEN_ROWS_H
#define WINNOW_PREPARE_CHOSEN_ROWS_H

#include "winnow/feature_pass.h"

typedef struct wn_chosen_rows wn_chosen_rows;

/* Local. Into a block of wn_chosen_rows_block's shape. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_chosen_rows_new(wn_chosen_rows **chosen, const wn_recipe *recipe,
                                         const wn_feature_choice *choice);
void wn_chosen_rows_free(wn_chosen_rows *chosen);

/* Local. The features of a block's rows become the cells of another with room for them, which is wide, and borrows the
 * sparse rows, where the choice is. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_chosen_rows_take(wn_chosen_rows *chosen, const wn_block *block, wn_block *to);

#endif
