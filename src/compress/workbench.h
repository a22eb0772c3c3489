/* workbench.h - what the background stage's worker works with: a snapshot, what is wanted of it, and what it makes of
 * it. Its members are the main thread's while the worker is idle, and at any time those that are laid down with the
 * order: the snapshot, `previous` and `before`. Private to src/compress; on rank 0 only. */
#ifndef WINNOW_COMPRESS_WORKBENCH_H
#define WINNOW_COMPRESS_WORKBENCH_H

#include "decision.h"

/* What is done with a snapshot: only a scan, or a decision too. */
#define WN_SCAN_ONLY (-2.0)

/* A piece of work, as it was handed over. */
typedef struct {
    bool is_there, is_narrow, scans;
    double sparsity;
} wn_work_order;

typedef struct {
    wn_scorer scorer;
    const wn_recipe *recipe;
    wn_network *narrow, *wide; /* snapshots; narrow is the full model without projection */
    wn_work_order order;
    unsigned char *previous, *mask;     /* (n_parameters of wide) in force when the order was laid down, and decided */
    wn_sensitivity before, sensitivity; /* known when the order was laid down, and with its scan */
    wn_decision decision;
} wn_workbench;

/* Local. Room for snapshots of a network, with projection (`wide`) and without, in a bench whose scorer and recipe are
 * set; the caller clears it, whatever this returns. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_workbench_open(wn_workbench *bench, const wn_network *network, const wn_network *wide);
void wn_workbench_clear(wn_workbench *bench);

/* Local. The network that the order's snapshot lies in. */
wn_network *wn_workbench_snapshot(const wn_workbench *bench);

/* Local. Lays an order down: copies of a network's parameters and of the mask in force (n_parameters of the wide one).
 */
void wn_workbench_lay(wn_workbench *bench, wn_work_order order, const wn_network *network, const unsigned char *mask);

/* Local. The work itself, of a wn_workbench: scans the snapshot, and decides a mask for it, as far as the order says.
 * Fails: WN_NO_MEMORY, WN_STOPPED where the scorer is abandoned. */
WN_MUST_USE wn_status wn_workbench_work(void *bench);

#endif
