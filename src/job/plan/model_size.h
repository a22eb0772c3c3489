/* model_size.h - how large networks, rows, trainers and the parts of compression are (plan_model.h says which of them
 * are there at the same time). Private to src/job. */
#ifndef WINNOW_JOB_MODEL_SIZE_H
#define WINNOW_JOB_MODEL_SIZE_H

#include "plan_features.h"
#include "winnow/plan.h"

/* A network: parameters, and floats that a row takes on its way through, its gradient too. */
typedef struct {
    size_t n_inputs, n_parameters, n_activations;
} wn_network_size;

typedef struct {
    const wn_job *job;
    wn_network_size narrow, wide; /* without and with the projection as a first layer */
    size_t n_states;              /* arrays of the optimizer */
    size_t share;                 /* rows of a lane in a batch */
    size_t block_rows, lane_rows, validation_rows, judge_rows, metric_rows, sample_rows;
    size_t blocks; /* bytes */
    wn_sparse_plan sparse;
} wn_model_size;

/* Of one rank. */
typedef struct {
    bool is_root;
    size_t n_lanes;
} wn_rank_part;

/* Local. Of a job over a table of which a rank's blocks have so many rows at most. block_rows and blocks are left to
 * the caller. */
wn_model_size wn_model_size_of(const wn_job *job, const wn_catalog *catalog, const wn_lanes_plan *lanes, size_t rows);

/* Local. Is there a projection; does compression run beside training? */
bool wn_model_projects(const wn_job *job);
bool wn_model_is_beside(const wn_job *job);

/* Local; bytes, as all below. Rows as selected features, which terms may be most of: sparse ones, which are made by way
 * of their places and order, or dense ones of as many inputs as there then can be. */
size_t wn_model_wide_rows_bytes(const wn_model_size *size, size_t rows);

/* Local. Rows as the full model sees them. */
size_t wn_model_narrow_rows_bytes(const wn_model_size *size, size_t rows);

/* Local. Rows that judge, and on rank 0 the sample of them. */
size_t wn_model_judging_bytes(const wn_model_size *size, const wn_rank_part *part);

/* Local. While the sample is gathered its rows are there as sent, as received and as rows. */
size_t wn_model_gathering_bytes(const wn_model_size *size, const wn_rank_part *part);

/* Local. A trainer of one rank: states, mean and sums, the lanes' gradients; rows and activations of one lane's part of
 * a batch; the order of the lanes' rows, and the columns that each lane's sparse rows have. */
size_t wn_model_trainer_bytes(const wn_model_size *size, const wn_network_size *network, const wn_rank_part *part);

/* Local. Activations of the rows that are evaluated at once. */
size_t wn_model_evaluation_bytes(const wn_model_size *size, const wn_network_size *network, size_t rows);

/* Local. Masks on every rank, snapshots on rank 0. */
size_t wn_model_background_bytes(const wn_model_size *size, const wn_rank_part *part);

/* Local. What the background's worker takes most for on rank 0: saliency, or candidates beside it, quantized and
 * scored. */
size_t wn_model_work_bytes(const wn_model_size *size, const wn_rank_part *part);

/* Local. The best network so far and its mask. */
size_t wn_model_held_bytes(const wn_model_size *size);

/* Local. The state to go on from, which every rank has until it is restored; on rank 0 later the state's copy, and the
 * same again as it is read back. n_masks of the wide network's. */
size_t wn_model_checkpoint_bytes(const wn_model_size *size, const wn_network_size *network, const wn_rank_part *part,
                                 size_t n_snapshots, size_t n_masks);

#endif
