/* folds.h - the sums of a statistics pass again, by parts of the rows: what tells how stable a choice of features is.
 * A row's fold is a function of (seed, row). The sums of all rows are made beside them, as without folds: asking for
 * folds changes none of their bits. Without a fold, sums are the difference, least and greatest those of the other
 * folds. */
#ifndef WINNOW_PREPARE_FOLDS_H
#define WINNOW_PREPARE_FOLDS_H

#include "sums.h"

/* One takes the blocks, the others have the sums. */
enum { WN_FOLDS_STATES = 1 + WN_MOST_FOLDS * WN_SUMS_STATES };

typedef struct wn_folds wn_folds;

/* Local. options->n_folds of them. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_folds_new(wn_folds **folds, const wn_statistics_plan *plan, const wn_catalog *catalog,
                                   const wn_labels *labels, const wn_statistics_options *options);
void wn_folds_free(wn_folds *folds);

/* Local. For the pass, and for the file of sums, all in this order; borrowed. Returns how many; 0 for NULL. */
size_t wn_folds_accumulators(wn_folds *folds, wn_accumulator accumulators[WN_FOLDS_STATES]);

/* Local. statistics->without of the finished sums of all rows and of the folds, which are used up. Nothing for NULL.
 * Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_folds_finish(wn_folds *folds, const wn_sums *all, const wn_statistics_plan *plan,
                                      wn_statistics *statistics);

#endif
