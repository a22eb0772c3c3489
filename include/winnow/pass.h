/* pass.h - streams a rank's blocks through steps and accumulators, once.
 * The next block is read in a thread of its own while this one is stepped and added. Afterwards the accumulators'
 * integers are summed over ranks, so that every rank holds the state of the whole table. */
#ifndef WINNOW_PASS_H
#define WINNOW_PASS_H

#include "winnow/accumulator.h"
#include "winnow/reader.h"

/* A step changes a block in place: drops rows, cleans cells. */
typedef struct {
    wn_status (*apply)(void *context, wn_block *block);
    void *context;  /* borrowed */
    bool takes_raw; /* leaves cells alone, or asks for doubles itself; else the block is widened first */
} wn_block_step;

typedef struct {
    const wn_ranks *ranks; /* borrowed */
    wn_reader *reader;     /* borrowed */
    wn_range blocks;       /* this rank's blocks */
    const char *name;      /* for progress and messages: "profile" */
    int64_t total_rows;    /* over all ranks, for progress */
    const char *directory; /* where accumulators spill what outgrows their memory, borrowed; NULL: nowhere, and they
                              have no bound */
    int64_t stride;        /* above 0: of so many blocks one, by their numbers; else all */
    size_t window_bytes;   /* for cells in windows of quantiles, the same on all ranks; 0: WN_WINDOW_BYTES */
} wn_pass;

/* What a pass cost; summed into run.json's stages. */
typedef struct {
    int64_t rows, bytes_read;     /* of this rank */
    double seconds, wait_seconds; /* wait: for the reader and for other ranks */
} wn_pass_cost;

/* Collective. Runs the rank's blocks through the steps in order, then through each accumulator's add, and reduces the
 * accumulators over ranks (sums by MPI_SUM, keys by MPI_MAX). A block left without rows is not added. While it runs, an
 * outstanding Iallreduce carries errors and stop requests: all ranks leave with one status within a block of a fault.
 * *cost is added to (may be NULL). Fails: what reading, a step or an add fails with, agreed; WN_STOPPED on a stop
 * request. */
WN_MUST_USE wn_status wn_pass_run(const wn_pass *pass, const wn_block_step *steps, size_t n_steps,
                                  const wn_accumulator *accumulators, size_t n_accumulators, wn_pass_cost *cost);

/* Collective. wn_pass_run over the blocks order[0 .. n_blocks-1] instead of pass->blocks; borrowed for the call. */
WN_MUST_USE wn_status wn_pass_run_blocks(const wn_pass *pass, const int64_t *order, size_t n_blocks,
                                         const wn_block_step *steps, size_t n_steps, const wn_accumulator *accumulators,
                                         size_t n_accumulators, wn_pass_cost *cost);

#endif
