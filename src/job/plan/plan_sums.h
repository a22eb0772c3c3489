/* plan_sums.h - what sums over the rows, and what is solved with them, take on one rank. Private to src/job. */
#ifndef WINNOW_JOB_PLAN_SUMS_H
#define WINNOW_JOB_PLAN_SUMS_H

#include "plan_features.h"

#include "winnow/job.h"

/* Local. Bytes of a statistics pass over so many features in blocks of so many rows, so many of which are multiplied
 * together, and of ranking and reducing by its sums. */
size_t wn_plan_sums_bytes(const wn_job *job, size_t n_features, size_t block_rows, size_t panel_rows);

/* Local. Bytes of the sums of parts of the rows. */
size_t wn_plan_folds_bytes(const wn_job *job, size_t n_features, size_t block_rows, size_t panel_rows);

/* Local. Features that are left by the ranking, at most. */
size_t wn_plan_selected(const wn_job *job, size_t n_features);

/* Local. Bytes of a reduction that reads rows: sweeps, or products of the features that are left; 0 for one that
 * follows from the sums. */
size_t wn_plan_reduction_bytes(const wn_job *job, size_t n_features, size_t block_rows, size_t panel_rows,
                               wn_sparse_plan sparse);

/* Local. Bytes of the longest array that ranks sum. */
size_t wn_plan_largest_sum(const wn_job *job, size_t n_features);

/* Local. Whether Lasso's scores take passes of their own: where the products of all pairs are not made. */
bool wn_plan_screens(const wn_job *job, size_t n_features);

/* Local. Passes that a reduction of so many features makes, or the Lasso that screens them, least and most, and why. */
typedef struct {
    int least, most;
    const char *why;
} wn_solving_passes;
wn_solving_passes wn_plan_lasso_passes(const wn_job *job);
wn_solving_passes wn_plan_reduction_passes(const wn_job *job, size_t n_features);

#endif
