/* named.h - what rank.always and rank.never name must be there. Private to src/rank. */
#ifndef WINNOW_RANK_NAMED_H
#define WINNOW_RANK_NAMED_H

#include "winnow/ranking.h"

/* Local. Each name or glob of the options matches a feature. One that only a column could have had (a level that is too
 * rare, or the column itself, which an encoder replaced) is a warning. Fails: WN_BAD_DATA for any other, with what is
 * spelt alike. */
WN_MUST_USE wn_status wn_named_check(const wn_ranking_options *options, const wn_recipe *recipe);

#endif
