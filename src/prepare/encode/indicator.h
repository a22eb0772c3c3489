/* indicator.h - a 0/1 feature for a column with gaps: where a cell was missing, before it was filled. */
#ifndef WINNOW_PREPARE_INDICATOR_H
#define WINNOW_PREPARE_INDICATOR_H

#include "winnow/recipe.h"

/* Local. Adds an indicator for each column that wants one and has gaps in training rows, those that outliers become
 * among them. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_indicators_fit(wn_recipe *recipe);

#endif
