/* window_sample.h - windows of quantiles made narrower, by all rows of some blocks of the table.
 * A pilot's windows come from few rows (wn_windows_of_sample). A pass over whole blocks that lie spread over the table
 * keeps what these hold, as quantiles do, and finds how close to the quantile a window may end: where the blocks have
 * sixteen times as many rows, a quarter as far. Quantiles themselves see quantiles.h. */
#ifndef WINNOW_WINDOW_SAMPLE_H
#define WINNOW_WINDOW_SAMPLE_H

#include "winnow/quantiles.h"

typedef struct wn_window_sample wn_window_sample;

/* Local. As wn_quantiles_new. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_window_sample_new(wn_window_sample **sample, size_t n_cols, size_t n_probabilities,
                                           const double *probability, const wn_window *windows, size_t budget);
void wn_window_sample_free(wn_window_sample *sample);

/* Local. The states that a pass adds to, in this order, erased; borrowed. */
enum { WN_WINDOW_SAMPLE_STATES = 2 };
void wn_window_sample_accumulators(wn_window_sample *sample, wn_accumulator accumulators[WN_WINDOW_SAMPLE_STATES]);

/* Collective, after a pass. windows (n_cols, n_probabilities), in which the sample's own are, become narrower: they end
 * at the sample's cells about 6 standard errors of a quantile's rank away from it, where that is inside. How much
 * blocks differ counts as such an error too (the variance of a ratio over clusters, Cochran 1977, ch. 9), so that rows
 * that lie in groups do not pass for as many random ones. Fails: WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_window_sample_finish(const wn_ranks *ranks, const wn_window_sample *sample,
                                              wn_window *windows);

#endif
