/* plan_windows.h - what the windows of quantiles take on one rank. Private to src/job. */
#ifndef WINNOW_JOB_PLAN_WINDOWS_H
#define WINNOW_JOB_PLAN_WINDOWS_H

#include "winnow/job.h"

typedef struct {
    size_t budget; /* bytes for cells in windows, 0 where no quantile is sought */
    size_t all;    /* with what is beside them while the quantiles are found */
    size_t wanted; /* that all cells in windows take, about */
} wn_windows_plan;

/* Local. Of a rank with at most `rows` rows, by a pilot of n_sample rows, where `left` bytes are left for them. All
 * cells if they fit; else what narrows the windows in one pass and keeps what is left in the next. */
wn_windows_plan wn_windows_plan_of(const wn_job *job, const wn_catalog *catalog, size_t rows, size_t n_sample,
                                   size_t left);

#endif
