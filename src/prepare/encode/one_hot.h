/* one_hot.h - a 0/1 feature for each of the most frequent levels of a category, one for all others together; or one
 * feature, the number of the level (ordinal). Levels are counted by level_counts.h. */
#ifndef WINNOW_PREPARE_ONE_HOT_H
#define WINNOW_PREPARE_ONE_HOT_H

#include "winnow/keyed_counts.h"
#include "winnow/recipe.h"

/* Local. Adds the encoder of a category from its levels in training rows, levels of them at most, and sets what
 * fills its gaps. Others share one feature if there are such in training rows (scikit-learn's infrequent_if_exist);
 * else they are all 0. Of an ordinal column a level has its place in their
 * order as number, others that behind the last. Fails: WN_BAD_DATA (no level to fill gaps from), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_one_hot_fit(wn_recipe *recipe, size_t column, const wn_keyed_top *levels);

#endif
