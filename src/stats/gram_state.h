/* gram_state.h - the digits of a Gram matrix, and the panel that is being added. Private to src/stats. */
#ifndef WINNOW_STATS_GRAM_STATE_H
#define WINNOW_STATS_GRAM_STATE_H

#include "winnow/gram.h"

/* Sums are integers in digits of weight 2^unit, 2^(unit + DIGIT_BITS), ... By Cauchy and Schwarz, where a panel's sums
 * of squares are at most 2^HEADROOM a row, so are all of its products: their sum over n_rows rows is below 2^(unit +
 * 61), and the lowest digit alone holds it. Entries of a panel beyond that bound are cut into digits without loss above
 * the unit; lower digits are then at most half of 2^DIGIT_BITS, room for 2^26 such panels. So every panel, whatever its
 * other columns hold, errs in an entry by half a unit, 2^(HEADROOM - 62) x n_rows, besides the rounding of its own
 * product (in double relative to sqrt(product_ii x product_jj): rows of a panel x 2^-53 at most); digits add without
 * error. In single two digits reach as far as a panel's 24 bits are worth it. */
enum { WN_GRAM_HEADROOM = 6, WN_GRAM_DIGITS = 3, WN_GRAM_SINGLE_DIGITS = 2, WN_GRAM_DIGIT_BITS = 36 };

/* A panel's product, line by line. Of pairs: the upper triangle of (width, width), columns in the order constant,
 * columns, label columns. With the label: the constant's products with all columns, those of each label column, and as
 * the last line all columns' squares. */
struct wn_gram {
    wn_gram_shape shape; /* its arrays are owned copies */
    size_t width;        /* constant, columns, label columns */
    size_t n_label_cols;
    size_t n_lines;  /* of a product */
    size_t n_packed; /* entries of a product that count */
    size_t n_digits;
    int unit; /* exponent of the lowest digit's weight */
    long double weight[WN_GRAM_DIGITS];
    double *factor;        /* (n_cols) 2^-exponent, owned like the following */
    int64_t *sums;         /* rows, then n_digits products, lowest first, packed line by line */
    double *scaled;        /* (capacity, width); NULL in single */
    double *product;       /* (n_lines, width); in single one line of it at a time */
    float *single_scaled;  /* (capacity, width) in single */
    float *single_product; /* (width, width) in single */
    size_t panel_rows;     /* most rows of one product */
    size_t capacity;
    size_t n_taken;     /* rows that wait in `scaled` for the others of their panel ... */
    int64_t run;        /* ... which are of this run of blocks; */
    int64_t rows[2];    /* numbers of the first and the last of them */
    bool is_multiplied; /* their products were made when they were taken */
};

/* Local. Where line i begins. */
static inline size_t wn_gram_line_begin(const wn_gram *gram, size_t i)
{
    return gram->shape.products == WN_GRAM_PAIRS ? i : 0;
}

/* Local. Puts n_rows rows of a block behind the gram->n_taken that the panel has; there is room. */
void wn_gram_take(wn_gram *gram, const wn_block *block, size_t first, size_t n_rows);

/* Local. Products of the rows that were taken. */
void wn_gram_multiply(wn_gram *gram);

/* Local. Line i of the product, (width); borrowed until the next call. */
const double *wn_gram_line(wn_gram *gram, size_t i);

/* Local. The largest sum of squares of the panel, by which all products are bounded; NaN where there is one. */
double wn_gram_largest_square(const wn_gram *gram);

#endif
