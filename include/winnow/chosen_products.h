/* chosen_products.h - products of all pairs of some features, chosen by sums that are finished: where a table has so
 * many that those of all have no room. One pass of its own; the products of all features are statistics.h's. */
#ifndef WINNOW_CHOSEN_PRODUCTS_H
#define WINNOW_CHOSEN_PRODUCTS_H

#include "winnow/feature_pass.h"
#include "winnow/statistics.h"

typedef struct {
    const size_t *features; /* (n) of the recipe; borrowed */
    size_t n;
    bool is_single;
    const char *path; /* where the sums are kept, borrowed; NULL: nowhere */
    bool is_there;    /* they are, by an earlier run of the same options: no pass is made */
} wn_chosen_options;

/* Collective. About means and by scales that the statistics of the same rows tell; with their label, if they have
 * products with one. Column i is features[i] (is_chosen). The caller frees the sums. Fails: as wn_pass_run and
 * wn_gram_add; as files do. */
WN_MUST_USE wn_status wn_chosen_products_run(const wn_pass *pass, wn_rows *rows, const wn_recipe *recipe,
                                             const wn_statistics *statistics, const wn_chosen_options *options,
                                             wn_gram_sums **sums, wn_pass_cost *cost);

#endif
