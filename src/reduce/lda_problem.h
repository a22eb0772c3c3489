/* lda_problem.h - what discriminants follow from, whatever they are of: features, or components. Private to src/reduce.
 */
#ifndef WINNOW_REDUCE_LDA_PROBLEM_H
#define WINNOW_REDUCE_LDA_PROBLEM_H

#include "winnow/lda.h"

typedef struct {
    size_t p, n_classes;
    int64_t n_rows;
    const int64_t *class_count; /* (n_classes) borrowed */
    double *mean;               /* (p) over all rows; owned like the following */
    double *covariance;         /* (p, p) over n - 1 */
    double *gaps;               /* (n_classes, p) a class's mean less that of all rows; a class without rows: any */
} wn_lda_problem;

/* Local. Room for p and n_classes as they are set; the caller clears it, also after a failure. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_lda_problem_init(wn_lda_problem *problem);
void wn_lda_problem_clear(wn_lda_problem *problem);

/* Local. The gap of feature `c` of the sums and class `class`, in the cells' units; in extended precision, since means
 * may be large beside their differences. */
long double wn_lda_gap(const wn_gram_sums *gram, size_t class, size_t c);

/* Collective. The discriminants, "lda" by "lapack"; the caller frees the projection. Fails: as wn_lda_fit. */
WN_MUST_USE wn_status wn_lda_solve(const wn_ranks *ranks, const wn_lda_options *options, const wn_lda_problem *problem,
                                   wn_projection **projection, wn_lda_report *report);

#endif
