/* plan.h - what a run will read and take, before it does: passes, blocks and rows by rank, memory, lanes.
 * The counts are those that the run itself goes by, or upper bounds where they depend on what the rows turn out to be.
 */
#ifndef WINNOW_PLAN_H
#define WINNOW_PLAN_H

#include "winnow/job.h"

#include <stdio.h>

/* Bytes a rank takes at most, by purpose; `need` is what they come to together at the worst moment. */
typedef struct {
    size_t window_budget; /* of the windows, for cells */
    size_t window_cells;  /* that cells in windows would take, about; where it is more, a pass more narrows them */
    size_t reduction;     /* of a reduction beside finished sums: sweeps, or products of the features that were kept */
    size_t blocks, pilot, gram, folds, values, windows, duplicates, forest, rows, features, model, compression,
        checkpoint, prepared, rest, need;
    size_t cache;     /* of what `need` leaves of memory, bytes that keep decoded blocks for later passes */
    size_t libraries; /* what is not allocated by Winnow: resident code, MPI, HDF5, BLAS; part of `need` */
} wn_memory_plan;

/* Local. Of a job over a catalog's table on so many ranks, each with so many threads that decode. */
wn_memory_plan wn_memory_plan_of(int n_ranks, const wn_job *job, const wn_catalog *catalog, size_t n_threads);

/* Local. Fails: WN_UNAVAILABLE, with the purposes, where the plan needs more than the memory (bytes). */
WN_MUST_USE wn_status wn_memory_plan_check(const wn_memory_plan *plan, size_t memory);

/* Passes of a stage over the table; `most` is larger where it depends on the rows. */
typedef struct {
    const char *stage, *why;
    int least, most;
} wn_stage_plan;

enum { WN_MAX_STAGE_PLANS = 12 }; /* one of each stage */

/* Local. The job's stages over a catalog's table in their order; returns how many there are. `rules` are a recipe's, as
 * wn_job_column_rules fills them in. */
size_t wn_stage_plans(const wn_job *job, const wn_recipe *rules, const wn_catalog *catalog,
                      wn_stage_plan plans[WN_MAX_STAGE_PLANS]);

/* Blocks and rows that each of n_ranks ranks reads in a pass. */
typedef struct {
    int64_t least_rows, most_rows;
    int n_idle; /* ranks without a block */
} wn_rows_plan;

/* Local. The blocks as wn_range_part deals them. */
wn_rows_plan wn_rows_plan_of(int n_ranks, const wn_catalog *catalog);

/* How a batch's lanes fall to ranks. */
typedef struct {
    int64_t n_lanes, root, most; /* all; on rank 0; on the rank that has most */
    int n_training;              /* ranks that have any */
} wn_lanes_plan;

/* Local. Of a job that trains, on n_ranks ranks. Fails: WN_BAD_JOB, as wn_lanes_deal. */
WN_MUST_USE wn_status wn_lanes_plan_of(int n_ranks, const wn_job *job, const wn_catalog *catalog, wn_lanes_plan *plan);

/* Collective. Reads the catalog and prints the plan for n_ranks ranks on rank 0; makes no pass, takes no lock, writes
 * nothing. Fails: as wn_catalog_open and the run itself, WN_UNAVAILABLE where the plan exceeds the job's memory. */
WN_MUST_USE wn_status wn_plan_print(const wn_ranks *ranks, wn_job *job, int n_ranks, FILE *out);

#endif
