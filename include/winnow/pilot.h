/* pilot.h - a small fixed sample of the rows, the same on every rank and at any rank count.
 * From it come what a pass must know beforehand: provisional centres, spreads, bin edges and quantile windows. */
#ifndef WINNOW_PILOT_H
#define WINNOW_PILOT_H

#include "winnow/pass.h"

typedef struct {
    size_t n_rows, n_cols;
    bool is_complete; /* every row of the table that passed the steps is in it */
    wn_cells cells;   /* (n_rows, n_cols), in the order of row numbers, as wide as raw ones; NaN is missing */
    double *labels;   /* (n_rows) */
    int64_t *rows;    /* (n_rows) */
} wn_pilot;

/* Collective. Reads a fixed set of blocks spread evenly over the table (all of a small one: at most WN_PILOT_BLOCKS),
 * applies the steps, which drop rows and leave cells as they are, keeps at most the row bound's rows (all where they
 * are not more, else the same number a block as far as it has them, chosen by hash of seed and row), and shares them.
 * Ranks' blocks ascend. The caller frees it. Fails: as wn_pass_run. */
enum { WN_PILOT_BLOCKS = 32 };
WN_MUST_USE wn_status wn_pilot_read(const wn_pass *pass, const wn_block_step *steps, size_t n_steps, int64_t n_blocks,
                                    uint64_t seed, wn_pilot **pilot, wn_pass_cost *cost);
void wn_pilot_free(wn_pilot *pilot);

/* Local. Numbers of blocks that lie spread evenly over a table's n_blocks, ascending: `most`, or all of fewer; returns
 * how many. The pilot's are those of WN_PILOT_BLOCKS. */
size_t wn_pilot_blocks(int64_t n_blocks, size_t most, int64_t *blocks);

/* Local. The row bound: 2^23 cells / n_cols held between 1024 and 65536. */
size_t wn_pilot_most_rows(size_t n_cols);

/* Local. The valid cells of one column, in the order of rows, into cells[pilot->n_rows]; returns how many. */
size_t wn_pilot_cells(const wn_pilot *pilot, size_t column, double *cells);

#endif
