/* ranking.h - which features matter: scores by several methods, and one verdict. Larger is better in every score.
 * Each method is a function of the finished statistics; only the forest reads rows (forest.h), and its scores are
 * given.
 */
#ifndef WINNOW_RANKING_H
#define WINNOW_RANKING_H

#include "winnow/statistics.h"

#include <stdbool.h>

typedef enum {
    WN_RANK_VARIANCE,
    WN_RANK_ANOVA,
    WN_RANK_MUTUAL_INFORMATION,
    WN_RANK_LASSO,
    WN_RANK_RANDOM_FOREST,
    WN_RANK_METHODS
} wn_rank_method;

/* Local. "variance", "anova", "mutual_information", "lasso", "random_forest". */
const char *wn_rank_method_name(wn_rank_method method);

/* Local. Variance of the cleaned feature divided by its squared range; 0 for a constant one. score (n_features). */
void wn_rank_variance(const wn_statistics *statistics, const wn_recipe *recipe, double *score);

/* Local. F of the one-way analysis of variance over classes (scikit-learn's f_classif), or f_regression's F for a real
 * label. A constant feature scores 0; one that separates classes without any spread within them is infinite. Fails:
 * WN_BAD_DATA with fewer rows than classes + 1. */
WN_MUST_USE wn_status wn_rank_anova(const wn_statistics *statistics, const wn_recipe *recipe, double *score);

/* Local. Plug-in mutual information in nats between a feature's bins and the classes (or the bins of a real label);
 * from the contingency tables. Never below 0. */
void wn_rank_mutual_information(const wn_statistics *statistics, const wn_recipe *recipe, double *score);

/* Local. Where each feature enters the Lasso's path (lasso.h) over 100 values of alpha down to a thousandth of the
 * first, duality gaps at most 1e-7: features and label scaled to deviation 1, so that units have no say. Classes: one
 * against the rest, each class's 0/1 column in the place of the label (the quadratic bound of the logistic loss at
 * weights 0), and the best of a feature's entries; of two classes one is enough. A constant feature scores 0. Fails:
 * WN_BAD_DATA where the label does not vary, WN_INTERNAL, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_rank_lasso(const wn_statistics *statistics, const wn_recipe *recipe, double *score);

/* Local. Whether a method's score follows from the products of columns. */
bool wn_rank_needs_products(wn_rank_method method);

/* How the methods come to one order. Equal features are ordered by the mean of their positions, then by number. */
typedef enum {
    WN_CONSENSUS_MEAN_RANK,   /* by the mean of a feature's positions */
    WN_CONSENSUS_BORDA,       /* by the median of the points, n_features - position, that the methods give (their sum is
                                 mean_rank's order): one method that sees nothing cannot drown the others */
    WN_CONSENSUS_INTERSECTION /* those among the best `keep` of every method come first, by their worst position */
} wn_consensus;

/* Of a group of features that tell the same, |Pearson's r| at least `correlated`, the best stays and the others, its
 * copies, stand behind all features that are no copies: they stay only where keep leaves room. */
typedef struct {
    bool use[WN_RANK_METHODS];
    wn_consensus consensus;
    double correlated;         /* 0: copies are not looked for; else the statistics have products */
    const double *forest;      /* (n_features) the scores of random_forest, where it is used; borrowed */
    const double *lasso;       /* (n_features) those of lasso where it read rows (lasso_screen.h); NULL: by products */
    size_t keep_count;         /* 0: by share */
    double keep_share;         /* of the features, at least one; a share rounds to nearest */
    const char *const *always; /* globs of feature names that stay */
    size_t n_always;
    const char *const *never; /* globs of feature names that go; beat always */
    size_t n_never;
} wn_ranking_options;

/* Local. Positions 1 .. n of scores, best first; equal scores share the mean of their positions; NaN is worst. */
WN_MUST_USE wn_status wn_rank_positions(const double *score, size_t n, double *position);

/* What the selection came to, for those who are told. */
typedef struct {
    size_t n_always, n_never, n_copies; /* features that the job names, and copies, whether they stay or not */
    size_t n_copies_kept;
} wn_ranking_counts;

/* Collective. Rank 0 runs the methods asked for and shares what they come to, so that ranks on processors that round
 * otherwise decide no other way. Adds their scores and `consensus` (position, 1 = best) to the recipe, `stability`
 * where the statistics were made by folds (the share of folds without whose rows a feature is chosen too), and of each
 * feature the reason why it stays or goes; and sets its selection: `keep` best of what `never` leaves, with those of
 * `always` among them (they count towards keep; if there are more than keep, all of them stay), best first, copies
 * last. A feature of `never` has no copies, one of `always` is none. counts may be NULL. Fails: WN_BAD_DATA where
 * a name of either is none's (a warning, where only a column has it), nothing would be left, or rows are too few for a
 * method (without a fold); WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_ranking_run(const wn_ranks *ranks, const wn_ranking_options *options,
                                     const wn_statistics *statistics, wn_recipe *recipe, wn_ranking_counts *counts);

#endif
