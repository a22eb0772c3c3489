/* forest_score.h - how well a forest tells the labels of rows that its trees did not learn from (out of bag), and how
 * much worse where a feature is replaced by another row's: an importance that splits on noise do not raise.
 * For the mean decrease of impurity see forest.h. */
#ifndef WINNOW_FOREST_SCORE_H
#define WINNOW_FOREST_SCORE_H

#include "winnow/forest.h"

typedef struct {
    int64_t n_rows; /* that some tree did not learn from */
    double score;   /* accuracy, or r2 (of labels that do not vary: 0); NaN without such rows */
} wn_forest_score;

/* Collective. Each row is told by the trees that did not learn from it (scikit-learn's oob_score_). `rows` and
 * `options` are those that the forest was grown with. Fails: as wn_forest_grow. */
WN_MUST_USE wn_status wn_forest_out_of_bag(const wn_ranks *ranks, const wn_forest *forest, const wn_forest_rows *rows,
                                           const wn_forest_options *options, wn_forest_score *score);

/* Collective. By how much trees lose of their accuracy, or r2, where a feature's code is replaced: the mean over all
 * pairs of a tree and a row that it did not learn from (Breiman 2001). He permutes the rows of a tree, which takes all
 * of them in one place; here the code is that of a row drawn for (seed, tree, row) from a sample of the table, of about
 * 4,096 rows that every rank has: the same distribution, and the same values at any rank count. importance
 * (n_features), 0 without such pairs. Fails: as wn_forest_out_of_bag. */
WN_MUST_USE wn_status wn_forest_permutation(const wn_ranks *ranks, const wn_forest *forest, const wn_forest_rows *rows,
                                            const wn_forest_options *options, double *importance);

#endif
