/* quantiles_sweep.h - how quantiles take a block's cells from a sweep that moments make too. Private to src/stats. */
#ifndef WINNOW_STATS_QUANTILES_SWEEP_H
#define WINNOW_STATS_QUANTILES_SWEEP_H

#include "sweep.h"
#include "winnow/quantiles.h"

/* Local. A block begins; all of its strips follow, and its end. Fails: WN_INTERNAL where its cells are of another width
 * than those before. */
WN_MUST_USE wn_status wn_quantiles_begin(wn_quantiles *quantiles, const wn_block *block);

/* Local. Sweeps vector number v of a strip about the centres (WN_SLOTS, at an address that 64 divides) with the windows
 * of its columns, and takes what lies in them. What else was found is in `swept` then. */
void wn_quantiles_sweep(wn_quantiles *quantiles, const wn_strip *strip, size_t v, const double *centre,
                        wn_swept *swept);

/* Local. The block ends: what its slots had is counted with their columns. */
void wn_quantiles_end(wn_quantiles *quantiles);

/* Local. From now on its accumulator adds nothing: something else does. */
void wn_quantiles_carried(wn_quantiles *quantiles);

#endif
