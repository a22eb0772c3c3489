/* gram.h - sums of products of all pairs of columns, in exact integers: what covariance, PCA, ANOVA and regression
 * follow from. The label rides along: as one column per class, or as one real column. For single columns moments.h is
 * cheaper. Where columns are so many that their pairs have no room, only the products with the label and each column's
 * own square are made. */
#ifndef WINNOW_GRAM_H
#define WINNOW_GRAM_H

#include "winnow/accumulator.h"

#include <stdbool.h>

typedef struct wn_gram wn_gram;

typedef enum { WN_GRAM_PAIRS, WN_GRAM_WITH_LABEL } wn_gram_products;

/* How cells are put into the product: (x - centre) x 2^-exponent, exponent such that scaled cells are about 1. */
typedef struct {
    size_t n_cols;         /* the block's columns */
    const double *centre;  /* (n_cols) */
    const int *exponent;   /* (n_cols) */
    size_t n_classes;      /* 0: the label is real and rides as one column (none where has_label is false) */
    const double *classes; /* (n_classes) label values, ascending */
    bool has_label;
    double label_centre;
    int label_exponent;
    int64_t n_rows; /* rows of the whole table: they bound the entries (Cauchy-Schwarz) and so give the unit */
    wn_gram_products products;
    bool is_single; /* of pairs: rows are multiplied in float32 */
} wn_gram_shape;

/* Finished sums over the valid rows, in the cells' own units about `centre`. */
typedef struct {
    bool is_chosen;              /* the columns are those that were chosen of a table's features, in their order */
    size_t n_cols, n_label_cols; /* n_label_cols: classes, 1 for a real label, 0 without */
    int64_t n_rows;
    double *centre; /* (n_cols) what the sums are about */
    double label_centre;
    double *sum;           /* (n_cols): sum of x - centre */
    double *square;        /* (n_cols): sum of (x - centre)^2 */
    double *product;       /* (n_cols, n_cols), symmetric: sum of (x_i - centre_i)(x_j - centre_j); NULL with the label
                              only */
    int64_t *class_count;  /* (n_classes) or NULL */
    double *label_product; /* (n_label_cols, n_cols): per class the sum of x - centre; or sum of (y - label_centre)(x -
                              centre) */
    double label_sum, label_square; /* of y - label_centre, real label only */
    double rounding;                /* what may be rounding in a sum, as a share of sqrt(square_i x square_j) */
} wn_gram_sums;

/* Local. The exponent for cells of such a spread about their centre; 0 where it is no positive number. */
int wn_gram_exponent(double spread);

/* Local. A state whose memory is packed triangles of int64, digits of the sums: three, in single two; arrays of the
 * shape are copied. Sums of columns come from a constant column that rides along. The caller frees it. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_gram_new(wn_gram **gram, const wn_gram_shape *shape);
void wn_gram_free(wn_gram *gram);

/* Local. Adds the rows of a block, whose cells are all finite; of sparse columns the centre is 0. One DSYRK for 512
 * rows or more; its result goes into integers at a unit fixed by n_rows. Rows with cells far beyond the scale (sums of
 * squares above 64 a row in scaled units) take higher digits too, so that the other columns' sums lose nothing. In
 * single an SSYRK of 256 rows, whose error in a product is 2^-16 of sqrt(square_i x square_j) of these rows at most (n
 * u / (1 - n u), Higham 2002, section 3.1; some 2^-22 in fact), and a unit well below it. Fails: WN_BAD_DATA where sums
 * of squares exceed 2^78 a row (in single 2^77 / n_rows). */
WN_MUST_USE wn_status wn_gram_add(wn_gram *gram, const wn_block *block);

/* Local. The state in its erased form; borrowed. */
wn_accumulator wn_gram_accumulator(wn_gram *gram);

/* Local. The finished sums; the caller frees them by wn_gram_sums_free. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_gram_finish(const wn_gram *gram, wn_gram_sums **sums);
void wn_gram_sums_free(wn_gram_sums *sums);

#endif
