/* quantiles_run.h - how quantiles take a block's cells from a sweep that something else makes. Private to src/stats. */
#ifndef WINNOW_STATS_QUANTILES_RUN_H
#define WINNOW_STATS_QUANTILES_RUN_H

#include "column_run.h"
#include "winnow/quantiles.h"

/* Local. A block begins; all of its runs follow, column by column or strip by strip. Fails: WN_INTERNAL where its cells
 * are of another width than those before. */
WN_MUST_USE wn_status wn_quantiles_begin(wn_quantiles *quantiles, const wn_block *block);

/* Local. A run of n cells of a column, of which `valid` are there; at most WN_RUN_ROWS. */
void wn_quantiles_add_run(wn_quantiles *quantiles, size_t column, wn_cells run, size_t n, int64_t valid);

/* Local. From now on its accumulator adds nothing: something else does. */
void wn_quantiles_carried(wn_quantiles *quantiles);

#endif
