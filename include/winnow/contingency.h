/* contingency.h - how often each bin of a column meets each class: what mutual information is computed from. */
#ifndef WINNOW_CONTINGENCY_H
#define WINNOW_CONTINGENCY_H

#include "winnow/accumulator.h"

typedef struct wn_contingency wn_contingency;

/* Local. For each of n_cols columns, n_bins bins (at most 256, like the classes) by ascending edges (n_cols, n_bins -
 * 1): bin k holds edge[k-1] <= x < edge[k] (NumPy's searchsorted(edges, x, side='right')); equal edges leave a bin
 * empty. The class of a row is the bin of its label by class_edges (n_classes - 1), by the same rule. Copied. The
 * caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_contingency_new(wn_contingency **contingency, size_t n_cols, size_t n_bins,
                                         const double *edges, size_t n_classes, const double *class_edges);
void wn_contingency_free(wn_contingency *contingency);

/* Local. Counts the rows of a block that have a label; NaN cells are not counted. */
void wn_contingency_add(wn_contingency *contingency, const wn_block *block);

/* Local. The state in its erased form; borrowed. */
wn_accumulator wn_contingency_accumulator(wn_contingency *contingency);

/* Local. The counts (n_cols, n_bins, n_classes); borrowed. */
const int64_t *wn_contingency_counts(const wn_contingency *contingency);

#endif
