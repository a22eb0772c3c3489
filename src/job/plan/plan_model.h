/* plan_model.h - what training, compression and evaluation take on one rank. Private to src/job. */
#ifndef WINNOW_JOB_PLAN_MODEL_H
#define WINNOW_JOB_PLAN_MODEL_H

#include "winnow/plan.h"

/* Bytes at one moment, by purpose. */
typedef struct {
    size_t blocks;      /* in flight, while rows are prepared */
    size_t features;    /* prepared rows */
    size_t model;       /* parameters, optimizer, gradients of the rank's lanes, activations */
    size_t compression; /* networks and masks of the search and of the background stage */
    size_t checkpoint;  /* the state to go on from; on rank 0 its copy, while it grows and while it is read back */
} wn_model_moment;

/* Local. All purposes together. */
size_t wn_model_moment_bytes(const wn_model_moment *moment);

/* Local. The moment that takes most on any of n_ranks ranks; all 0 for a job without training. `blocks`: bytes of the
 * blocks in flight; `rows`: those of the table that a rank's blocks have at most, a block of them with block_rows. */
wn_model_moment wn_model_plan_of(int n_ranks, const wn_job *job, const wn_catalog *catalog, size_t blocks, size_t rows,
                                 size_t block_rows);

#endif
