/* lasso_screen.h - where features enter the Lasso's path in a table of too many features for the products of all pairs:
 * paths of those that go with the label most, checked over all of them. With such products ranking.h does it without
 * reading rows. */
#ifndef WINNOW_LASSO_SCREEN_H
#define WINNOW_LASSO_SCREEN_H

#include "winnow/chosen_products.h"

enum { WN_LASSO_SCREEN = 2048, WN_LASSO_ROUNDS = 3, WN_LASSO_CHECKED = 10, WN_LASSO_DIRECTIONS = 128 };

typedef struct {
    size_t n_screened; /* features whose paths were made */
    int n_rounds;
    double exact_to; /* as a share of the first alpha: so far down the duality gap over all features was within 1e-7 at
                        every check, so that these are the solutions of all features; 1 where none was */
} wn_lasso_screen_report;

/* Collective. score (n_features) as wn_rank_lasso gives it. The features that correlate most with a label column, half
 * of WN_LASSO_SCREEN at first (sure independence screening: Fan, Lv 2008), give the paths by their own products, one
 * pass. A further pass finds the correlations of all features with the residuals at every tenth alpha: where the
 * duality gap over all features is too large, those that break their optimality condition are let in, worst first,
 * while there is room, and it begins again, WN_LASSO_ROUNDS times at most. A feature that was never let in has its
 * correlation with the last residual for a score, or the first alpha at which it broke its condition. The statistics
 * have products with the label. *n_passes and *cost are added to. Fails: WN_BAD_DATA as wn_rank_lasso; as wn_pass_run.
 */
WN_MUST_USE wn_status wn_lasso_screen_run(const wn_pass *pass, wn_rows *rows, const wn_recipe *recipe,
                                          const wn_statistics *statistics, double *score,
                                          wn_lasso_screen_report *report, int *n_passes, wn_pass_cost *cost);

/* Local. Bytes that it takes on a rank beside the statistics, at most. */
size_t wn_lasso_screen_bytes(size_t n_features, size_t n_label_columns, size_t block_rows);

#endif
