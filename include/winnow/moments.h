/* moments.h - count, mean, spread, least and greatest of every column.
 * Use it to know a table's scale in one pass; for medians see quantiles.h, for products of columns gram.h. */
#ifndef WINNOW_MOMENTS_H
#define WINNOW_MOMENTS_H

#include "winnow/quantiles.h"

typedef struct wn_moments wn_moments;

/* Arrays (n_cols) of finished moments. Where a column has no valid cell: mean, deviation, min and max are NaN. */
typedef struct {
    size_t n_cols;
    int64_t n_rows;
    int64_t *count, *missing;
    double *mean, *deviation; /* deviation: population, sqrt(sum (x - mean)^2 / count), +inf where that sum is
                               * beyond a double */
    double *min, *max;
} wn_moments_summary;

/* Local. A state of n_cols columns. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_moments_new(wn_moments **moments, size_t n_cols);
void wn_moments_free(wn_moments *moments);

/* Local. From now on the quantiles of the same columns take their cells from the moments' sweep, which reads a block
 * once for both; their own accumulator is still needed, for what ranks sum. Borrowed. */
void wn_moments_carry(wn_moments *moments, wn_quantiles *quantiles);

/* Local. Adds the valid cells of a block (n_rows, n_cols); NaN counts as missing. Per block and column the sum of x - q
 * and that of (x - q)^2, q 0, the block's first valid cell or its mean, are taken in double and go into exact sums,
 * from which means and deviations follow without loss, also where the mean is a billion times the deviation (in the
 * manner of Chan, Golub, LeVeque 1983). They follow from the blocks alone: states of other blocks add to what one has
 * of all. Fails: as wn_quantiles_add, where it carries some. */
WN_MUST_USE wn_status wn_moments_add(wn_moments *moments, const wn_block *block);

/* Local. `filled` (of as many columns, what it held is lost) becomes `moments` with gaps as cells: as if fill[c] had
 * been added as often as column c was missing, exactly, without another look at the rows. Gaps of a column whose fill
 * is NaN stay. */
void wn_moments_fill(wn_moments *filled, const wn_moments *moments, const double *fill);

/* Local. Adds n cells of one value to a column, exactly: what fills gaps, without a sweep over them. */
void wn_moments_add_value(wn_moments *moments, size_t column, double value, int64_t n);

/* Local. Adds what column `from_column` of another state has to a column, as if its blocks had been added here. */
void wn_moments_join(wn_moments *moments, size_t column, const wn_moments *from, size_t from_column);

/* Local. How many columns. */
size_t wn_moments_n_cols(const wn_moments *moments);

/* Local. The state in its erased form; borrowed. */
wn_accumulator wn_moments_accumulator(wn_moments *moments);

/* Local. Summary of what was added (and, after a pass, of all ranks). The caller frees it by wn_moments_summary_free.
 * Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_moments_finish(const wn_moments *moments, wn_moments_summary **summary);
void wn_moments_summary_free(wn_moments_summary *summary);

#endif
