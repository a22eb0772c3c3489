/* targets.h - the target of a run of unique rows, and by how much it moves their informative columns. */
#ifndef WINNOW_GENERATE_TARGETS_H
#define WINNOW_GENERATE_TARGETS_H

#include "truth.h"

/* Of a row: its informative columns get amount x shift[target]. */
typedef struct {
    uint32_t *target; /* a class, 0 for a regression */
    float *amount;    /* 1 for a class, else the regression's target */
} wn_targets;

/* Local. Fills targets[n] and the labels: int32 classes; float32 or float64 numbers for a regression. `words` has room
 * for 4 n words. With noise, a share of the rows keeps its label while the columns are moved by a class that is drawn
 * anew. */
void wn_targets_make(const wn_truth *truth, const uint64_t *unique, size_t n, uint32_t *words, wn_targets *targets,
                     void *labels);

#endif
