/* lanes.h - how training rows are dealt out: into lanes that know nothing of ranks, and lanes over ranks.
 * The batch takes an equal share from every lane; a lane's gradient is made by products of fixed shape. */
#ifndef WINNOW_LANES_H
#define WINNOW_LANES_H

#include "winnow/dataset.h"

typedef struct {
    int64_t n_rows; /* training rows of the whole table */
    int64_t n_lanes;
    int64_t batch;   /* rows of a step; a multiple of n_lanes */
    int64_t share;   /* batch / n_lanes: rows of one lane in one step */
    int64_t n_steps; /* steps of an epoch: the longest lane / share, rounded up */
    wn_range mine;   /* this rank's lanes */
} wn_lanes;

/* Local. The default number of lanes: the largest divisor of batch that is at most batch/64, held between 1 and 64. */
int64_t wn_lanes_default(int64_t batch);

/* Local. Deals the lanes over ranks: evenly, or with `rank0_share` (0 to 1) of an even part for rank 0 where the others
 * can take the rest. n_lanes 0 means the default. Fails: WN_BAD_JOB where the batch is not a multiple of n_lanes. */
WN_MUST_USE wn_status wn_lanes_deal(const wn_ranks *ranks, int64_t n_rows, int64_t batch, int64_t n_lanes,
                                    double rank0_share, wn_lanes *lanes);

/* Local. The order in which a lane visits its rows in an epoch: order (rows of the lane, positions in the dataset). The
 * lane's pieces are permuted, then rows within groups of eight pieces. Returns how many. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_lanes_order(const wn_dataset *dataset, int64_t lane, uint64_t seed, int64_t epoch,
                                     int64_t *order, size_t *n);

#endif
