/* strip.h - some rows of a block as statistics of columns go through them: by vectors of WN_SLOTS cells, of which each
 * slot has cells of one column alone, so that a slot's sums need no other cell. Private to src/stats.
 * Rows lie one after the other, so that after a few of them (a period) columns and slots meet again; where that takes
 * more than a few vectors, columns are copied into a tile, filled up to whole vectors by NaN. Which slot a cell falls
 * into follows from the block's shape alone: not from the width of its cells, nor from the processor. */
#ifndef WINNOW_STATS_STRIP_H
#define WINNOW_STATS_STRIP_H

#include "winnow/block.h"

enum {
    WN_SLOTS = 16,
    WN_STRIP_PERIODS = 256,
    WN_TILE_BYTES = 256, /* of a row */
};

typedef struct {
    wn_cells cells;      /* slot s of vector v in period t is number (t * n_vectors + v) * WN_SLOTS + s; borrowed */
    size_t first_vector; /* of the block's vectors, which one is number 0 here */
    size_t n_vectors, n_periods;
    size_t ahead; /* the cells so many further on are asked for while these are looked at */
    size_t next_row, next_col;
    _Alignas(64) unsigned char tile[WN_STRIP_PERIODS * WN_TILE_BYTES];
} wn_strip;

/* Local. How many vectors a block of n_cols columns has; fewer columns have no more than wn_strip_most_vectors. */
size_t wn_strip_vectors(size_t n_cols);
size_t wn_strip_most_vectors(size_t n_cols);

/* Local. Of which of n_cols columns each slot of a block's vector is; a slot that is filled up says any. */
void wn_strip_columns(size_t n_cols, size_t vector, size_t columns[WN_SLOTS]);

/* Local. Before the first strip of a block. */
void wn_strip_begin(wn_strip *strip);

/* Local. The next strip; false behind the last. */
bool wn_strip_next(wn_strip *strip, const wn_block *block);

/* Local. The cells of vector number v of the strip in the first period; those of the next are n_vectors * WN_SLOTS
 * further on. */
static inline wn_cells wn_strip_vector(const wn_strip *strip, size_t v)
{
    return wn_cells_at(strip->cells, v * WN_SLOTS);
}

#endif
