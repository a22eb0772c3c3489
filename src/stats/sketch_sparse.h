/* sketch_sparse.h - the columns of a sketch that are mostly zero. Rows S (CSR) are not centred: with their means m and
 * directions Q the scores of (S - 1 m') Q' are S Q' - 1 (Q m)', and the products of these scores Z with the columns
 * S'Z - m (1'Z). S'Z and 1'Z are what is summed, a term for each entry; the product with m is taken once, of the
 * finished sums. So time and memory follow entries. Private to src/stats. */
#ifndef WINNOW_STATS_SKETCH_SPARSE_H
#define WINNOW_STATS_SKETCH_SPARSE_H

#include "winnow/sketch.h"

typedef struct {
    size_t n_cols, n_directions;
    size_t *column;     /* (n_cols) which of the sketch's these are, owned like the following */
    uint32_t *place;    /* (columns of the sketch) which of these a column is */
    double *mean;       /* (n_cols) of x */
    double *factor;     /* (n_cols) */
    int *unit;          /* (n_cols + 1) exponent of a sum's weight; the last: of the scores' */
    double *weight;     /* (n_cols + 1) what an entry, and 1, is in units */
    double *directions; /* (n_cols, n_directions) for entries: times the factor */
    double *shift;      /* (n_directions) scores of a row of zeros */
    double *scores;     /* (n_directions) of a row */
    int64_t *sums;      /* (n_cols + 1, n_directions) S'Z, and below it 1'Z; borrowed */
} wn_sketch_sparse;

/* Local. How many integers it sums; 0 where wide is NULL. */
size_t wn_sketch_sparse_sums(const wn_wide_columns *wide, size_t n_directions);

/* Local. A bound of the sum of x^2 over the rows of a sparse column that is not centred. */
double wn_sketch_sparse_square(const wn_sketch_shape *shape, size_t column);

/* Local. The columns of shape->wide that are not dense; `all` bounds the squares of a direction's scores. The sums are
 * the caller's. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_sketch_sparse_new(wn_sketch_sparse **sparse, const wn_sketch_shape *shape, double all,
                                           int64_t *sums);
void wn_sketch_sparse_free(wn_sketch_sparse *sparse);

/* Local. By other directions (n_directions, columns of the sketch); copied. */
void wn_sketch_sparse_begin(wn_sketch_sparse *sparse, const double *directions, size_t stride);

/* Local. Rows first .. first + n_rows - 1 of a block whose dense columns gave scores (n_rows, n_directions): these
 * become the scores by all columns, and are multiplied with the sparse ones. A row's part of a sum is its own, so that
 * sums are those of any blocks. */
void wn_sketch_sparse_add(wn_sketch_sparse *sparse, const wn_block *block, size_t first, size_t n_rows,
                          wn_cells scores);

/* Local. The sparse columns of product (n_directions, stride). */
void wn_sketch_sparse_finish(const wn_sketch_sparse *sparse, double *product, size_t stride);

#endif
