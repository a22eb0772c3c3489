/* quantiles_run.h - how quantiles take a block's cells from a sweep that something else makes. Private to src/stats. */
#ifndef WINNOW_STATS_QUANTILES_RUN_H
#define WINNOW_STATS_QUANTILES_RUN_H

#include "column_run.h"
#include "winnow/quantiles.h"

/* Local. A block begins; all of its runs follow, column by column or strip by strip. Fails: WN_INTERNAL where its cells
 * are of another width than those before. */
WN_MUST_USE wn_status wn_quantiles_begin(wn_quantiles *quantiles, const wn_block *block);

/* Local. Windows of a column: the number of probabilities. */
size_t wn_quantiles_n_windows(const wn_quantiles *quantiles);

/* Local. The windows that a run of a column is to be swept with, at most WN_RUN_ROWS cells; then
 * what the sweep found in them and how many cells of the run are there. Borrowed until the next call. */
wn_run_window *wn_quantiles_windows(wn_quantiles *quantiles, size_t column, size_t n);
void wn_quantiles_take(wn_quantiles *quantiles, size_t column, int64_t valid);

/* Local. From now on its accumulator adds nothing: something else does. */
void wn_quantiles_carried(wn_quantiles *quantiles);

#endif
