/* evaluation_sums.h - the integers that an evaluation is, for evaluation.c, which adds to them, and
 * evaluation_finish.c. Private to src/model. */
#ifndef WINNOW_MODEL_EVALUATION_SUMS_H
#define WINNOW_MODEL_EVALUATION_SUMS_H

#include "winnow/evaluation.h"
#include "winnow/exact_sum.h"

/* Exact sums; classification uses the first alone. y: label, f: output. */
enum { WN_SUM_LOSS, WN_SUM_ABSOLUTE, WN_SUM_LABEL, WN_SUM_LABEL_SQUARE, WN_N_REGRESSION_SUMS };

/* All that ranks add is one array: rows, confusion (n_classes, n_classes), then the exact sums' digits. */
struct wn_evaluation {
    wn_task task;
    size_t n_classes, n_exact, n_integers;
    int64_t *integers; /* (n_integers) owned */
};

/* Local. The counts [true][predicted], and an exact sum; borrowed. */
static inline int64_t *wn_evaluation_confusion(const wn_evaluation *evaluation)
{
    return evaluation->integers + 1;
}

static inline wn_exact_sum *wn_evaluation_exact(const wn_evaluation *evaluation, size_t which)
{
    return (wn_exact_sum *)(evaluation->integers + 1 + evaluation->n_classes * evaluation->n_classes) + which;
}

#endif
