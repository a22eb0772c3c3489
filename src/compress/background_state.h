/* background_state.h - what the background stage knows: on every rank the mask, the rounds and the decisions, on rank 0
 * the worker's bench. Private to src/compress. */
#ifndef WINNOW_COMPRESS_BACKGROUND_STATE_H
#define WINNOW_COMPRESS_BACKGROUND_STATE_H

#include "rounds.h"
#include "worker.h"

enum { WN_SCANS = 5 };

/* What is done with a snapshot: only a scan, or a decision too. */
#define WN_SCAN_ONLY (-2.0)

/* Of a decision that was taken, on every rank. */
typedef struct {
    int64_t step;
    wn_hash mask;
    wn_decision decision;
} wn_taken;

/* A piece of work, as it was handed over. */
typedef struct {
    bool is_there, is_narrow, scans;
    double sparsity;
} wn_work_order;

/* What the worker reads and writes; the main thread's while the worker is idle, and at any time what is handed over
 * with the order: the snapshot, `previous` and `before`. */
typedef struct {
    wn_scorer scorer;
    const wn_recipe *recipe;
    wn_network *narrow, *wide; /* snapshots; narrow is the full model without projection */
    wn_work_order order;
    unsigned char *previous, *mask; /* (n_parameters) */
    wn_sensitivity before, sensitivity;
    wn_decision decision;
} wn_workbench;

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

/* Local. The network that a snapshot of the order lies in. */
wn_network *wn_background_snapshot(const wn_workbench *bench);

/* Local, rank 0. Seconds of work and of waiting for it, those before a restart too. */
void wn_background_seconds(const wn_background *background, double *busy, double *waited);

#endif
