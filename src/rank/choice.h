/* choice.h - which features stay, in what order, and why. Private to src/rank. */
#ifndef WINNOW_CHOICE_H
#define WINNOW_CHOICE_H

#include "correlation.h"

#include "winnow/ranking.h"

typedef enum { WN_CHOICE_RANKED, WN_CHOICE_COPY, WN_CHOICE_ALWAYS, WN_CHOICE_NEVER } wn_choice_kind;

/* Of one feature. */
typedef struct {
    wn_choice_kind kind;
    bool stays;
    size_t place;       /* 1 = best, of the ranked ones, and then of the copies */
    size_t original;    /* of a copy: the feature that it follows */
    double correlation; /* of a copy: with the original */
} wn_choice;

/* Local. How many of n features the options ask for. */
size_t wn_choice_keep(const wn_ranking_options *options, size_t n);

/* Local. choice (n_features), all 0 before. order (n_features): features, best first. correlations: NULL where copies
 * are not looked for. line (n_features): *n_line features that `never` leaves, best first, copies last. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_choice_make(const wn_ranking_options *options, const wn_recipe *recipe, const size_t *order,
                                     const wn_correlations *correlations, wn_choice *choice, size_t *line,
                                     size_t *n_line);

/* Local. The reason in words; n_ranked_kept: ranked features that stay. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_choice_reason(const wn_choice *choice, const wn_recipe *recipe, size_t n_ranked_kept,
                                       char **reason);

#endif
