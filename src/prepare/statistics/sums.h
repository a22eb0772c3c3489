/* sums.h - the states that a statistics pass fills, of all rows or of a part of them. */
#ifndef WINNOW_PREPARE_SUMS_H
#define WINNOW_PREPARE_SUMS_H

#include "statistics_plan.h"

#include "winnow/statistics.h"

enum { WN_SUMS_STATES = 3 };

typedef struct {
    wn_moments *moments;
    wn_gram *gram;               /* NULL unless asked for */
    wn_contingency *contingency; /* NULL unless asked for */
} wn_sums;

/* Local. By a plan that is there; the catalog is borrowed for the call. The caller clears them, also after a failure.
 * Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_sums_init(wn_sums *sums, const wn_statistics_plan *plan, const wn_catalog *catalog,
                                   const wn_labels *labels, const wn_statistics_options *options);
void wn_sums_clear(wn_sums *sums);

/* Local. The accumulators that are there, moments first. Returns how many. */
size_t wn_sums_accumulators(const wn_sums *sums, wn_accumulator accumulators[WN_SUMS_STATES]);

/* Local. Moments, products and contingency tables of the sums into statistics; no edges, no hash. Fails: WN_NO_MEMORY.
 */
WN_MUST_USE wn_status wn_sums_finish(const wn_sums *sums, const wn_statistics_plan *plan, wn_statistics *statistics);

#endif
