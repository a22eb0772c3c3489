/* lasso_labels.h - the Lasso's path for each label column, features and label scaled to deviation 1. Private to
 * src/rank.
 */
#ifndef WINNOW_RANK_LASSO_LABELS_H
#define WINNOW_RANK_LASSO_LABELS_H

#include "correlation.h"

#include "winnow/lasso.h"

/* What is done with the path of label column k. */
typedef struct {
    wn_status (*take)(void *context, size_t k, const wn_lasso_path *path);
    void *context; /* borrowed */
} wn_lasso_taker;

/* Local. A real label's only path; or those of classes against the rest, of which two classes need one. The statistics
 * have products of all pairs of their n features. Fails: as wn_rank_lasso, or as the taker. */
WN_MUST_USE wn_status wn_lasso_each_label(const wn_statistics *statistics, size_t n, wn_lasso_taker taker);

/* Local. The label columns that have paths, into columns[gram->n_label_cols]. Returns how many. Sum and sum of squares
 * of one about its centre. */
size_t wn_lasso_label_columns(const wn_gram_sums *gram, size_t *columns);
void wn_lasso_label_sums(const wn_gram_sums *gram, size_t k, long double *sum, long double *square);

/* Local. Deviation of label column k. */
double wn_lasso_label_deviation(const wn_gram_sums *gram, size_t k);

/* Local. Fails where the labels do not vary: WN_BAD_DATA. */
WN_MUST_USE wn_status wn_lasso_check_labels(const wn_gram_sums *gram);

#endif
