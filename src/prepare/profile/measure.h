/* measure.h - moments and exact quantiles of training cells, by as many passes as the quantile windows need. */
#ifndef WINNOW_PREPARE_MEASURE_H
#define WINNOW_PREPARE_MEASURE_H

#include "clean.h"
#include "level_counts.h"
#include "profile_sums.h"

#include "winnow/modes.h"
#include "winnow/moments.h"
#include "winnow/quantiles.h"

/* What to measure; what a pass needs to know beforehand comes from `sample`, a pilot of such cells. */
typedef struct {
    const wn_pass *pass;
    wn_rows *rows;
    wn_cleaner *cleaner;       /* NULL: raw cells. In the first pass it may drop rows and count outliers */
    const wn_block_step *step; /* what else is done with the cells; NULL: nothing */
    wn_modes *modes;           /* counted besides; NULL: nothing */
    const wn_pilot *sample;
    size_t n_probabilities;
    const double *probability;
    const unsigned char *wanted; /* (n_cols, n_probabilities) which quantiles are wanted; NULL: all */
    wn_level_counts *levels;     /* counted along with the first pass; NULL: none */
    wn_moments **moments;        /* where the state that *summary tells of goes, the caller's then; NULL: nowhere */
    wn_profile_sums *sums;       /* keeps a copy of the moments as they were summed; NULL: nothing does */
} wn_measurement;

/* Collective. *summary (freed by the caller; not made where summary is NULL) and values (n_cols, n_probabilities), NaN
 * where not wanted or without valid cells. *n_passes and *cost are added to. Fails: as wn_pass_run. */
WN_MUST_USE wn_status wn_measure(const wn_measurement *measurement, wn_moments_summary **summary, double *values,
                                 int *n_passes, wn_pass_cost *cost);

#endif
