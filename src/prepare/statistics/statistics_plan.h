/* statistics_plan.h - what the statistics pass must know beforehand: centres, scales and bin edges, from the pilot's
 * rows after cleaning. A sentinel of 1e37 that cleaning removes has no say in them. */
#ifndef WINNOW_PREPARE_STATISTICS_PLAN_H
#define WINNOW_PREPARE_STATISTICS_PLAN_H

#include "winnow/pilot.h"
#include "winnow/recipe.h"

typedef struct {
    size_t n_cols, n_bins, n_classes; /* n_classes: of the labels, or n_bins of a real label, or 0 without a label */
    bool has_label;
    double *centre; /* (n_cols) median of the cleaned cells; n_cols: features */
    int *exponent;  /* (n_cols) cells about the centre are near 2^exponent */
    double *edges; /* (n_cols, n_bins - 1) quantiles k / n_bins; even steps from least to greatest without pilot rows */
    double *class_edges; /* (n_classes - 1) the classes but the first, or quantiles of a real label */
    double label_centre;
    int label_exponent;
} wn_statistics_plan;

/* Local. n_bins 0: no edges. The recipe is fitted up to fills. The caller clears it, also after a failure. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_statistics_plan_init(wn_statistics_plan *plan, const wn_pilot *pilot, const wn_recipe *recipe,
                                              bool has_label, size_t n_bins);

/* Local. The same sizes, all zero: to be read into. */
WN_MUST_USE wn_status wn_statistics_plan_new(wn_statistics_plan *plan, const wn_recipe *recipe, bool has_label,
                                             size_t n_bins);
void wn_statistics_plan_clear(wn_statistics_plan *plan);

#endif
