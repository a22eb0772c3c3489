/* background_state.h - what the background stage knows: on every rank the mask, the rounds and the decisions, on rank 0
 * the worker's bench. Private to src/compress. */
#ifndef WINNOW_COMPRESS_BACKGROUND_STATE_H
#define WINNOW_COMPRESS_BACKGROUND_STATE_H

#include "rounds.h"
#include "workbench.h"
#include "worker.h"

enum { WN_SCANS = 5 };

/* Of a decision that was taken, on every rank. */
typedef struct {
    int64_t step;
    wn_hash mask;
    wn_decision decision;
} wn_taken;

/* How far the rounds are: planned, snapshots handed over, decisions taken. */
typedef struct {
    wn_round rounds[WN_MAX_ROUNDS + WN_SCANS];
    size_t n_rounds, n_handed, n_taken;
    int64_t n_snapshots, n_decisions;
} wn_progress;

struct wn_background {
    const wn_ranks *ranks;
    const wn_compress_options *options;
    int64_t n_dense_steps;
    size_t n_parameters, n_narrow; /* with projection and without */
    unsigned char *mask, *protect; /* (n_parameters) */
    wn_progress progress;
    wn_taken *decisions; /* (progress.n_decisions) */
    wn_workbench bench;  /* rank 0 */
    wn_worker *worker;   /* rank 0 */
    atomic_bool is_abandoned;
    double busy, waited; /* seconds of the worker before the checkpoint that was gone on from */
    wn_status failed;    /* of this rank, told at the next decision */
    char message[WN_MESSAGE_SIZE];
};

/* Local. What failed on this rank and was not told yet: what it brings to an agreement. */
WN_MUST_USE wn_status wn_background_failure(const wn_background *background);

/* Local, rank 0. Seconds of work and of waiting for it, those before a restart too. */
void wn_background_seconds(const wn_background *background, double *busy, double *waited);

#endif
