/* sketch.h - products of all columns with a few directions, in exact integers: Y = X'(X Q) for the centred columns X
 * and directions Q, which are applied row by row, so that neither X'X nor XQ is ever there. What the randomized PCA
 * needs of a pass (randomized.h). Products of all pairs of columns, where they fit, are gram.h's. */
#ifndef WINNOW_SKETCH_H
#define WINNOW_SKETCH_H

#include "winnow/accumulator.h"

#include <stdbool.h>

typedef struct wn_sketch wn_sketch;

/* x = (cell - centre) x factor. */
typedef struct {
    size_t n_cols;         /* the block's columns, sparse ones among them */
    const double *centre;  /* (n_cols) */
    const double *factor;  /* (n_cols) */
    const double *squares; /* (n_cols) the sum of x^2 over all rows, or more: these bound the entries, and so give the
                              unit; a column of 0 is taken as one of zeros */
    size_t n_directions;
    bool is_single;              /* dense rows are multiplied in float32 */
    int64_t n_rows;              /* that squares are summed over, or more; without sparse columns it may be 0 */
    const wn_wide_columns *wide; /* as the blocks have it: in its parts, entries of columns that are not dense; NULL
                                    where all columns are dense */
} wn_sketch_shape;

/* Local. A state without directions; what the shape points to is copied. Two matrices (n_directions, n_cols) of 8
 * bytes, of dense columns three in single, or beside sparse ones; with the first block dense rows of x. The caller
 * frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_sketch_new(wn_sketch **sketch, const wn_sketch_shape *shape);
void wn_sketch_free(wn_sketch *sketch);

/* Local. Bytes that such a state takes at most, with blocks of up to `capacity` rows, where n_dense of the columns may
 * be dense. */
size_t wn_sketch_bytes(size_t n_cols, size_t n_dense, size_t n_directions, size_t capacity, bool is_single);

/* Local. Begins again, by other directions (n_directions, n_cols): one a row, none longer than 1. Borrowed until the
 * next call. */
void wn_sketch_begin(wn_sketch *sketch, const double *directions);

/* Local. Adds the rows of a block, whose cells are all finite: panel by panel Z = X Q' and Z'X by two GEMMs, whose
 * result goes into integers. By Cauchy and Schwarz no entry exceeds the root of (squares x the sum of all squares), nor
 * do sums over a part of the rows: at the unit 2^-61 of that no sum can overflow, and a panel errs by half a unit.
 * Entries of sparse columns are multiplied in double and added one by one, uncentred, each to half a unit; the unit
 * follows from uncentred squares. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_sketch_add(wn_sketch *sketch, const wn_block *block);

/* Local. The state in its erased form; borrowed. */
wn_accumulator wn_sketch_accumulator(wn_sketch *sketch);

/* Local. product (n_directions, n_cols), the caller's: row j is X'(X q_j) for direction j. */
void wn_sketch_finish(const wn_sketch *sketch, double *product);

#endif
