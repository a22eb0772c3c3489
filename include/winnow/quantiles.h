/* quantiles.h - exact quantiles of every column in one pass, by windows that the pilot guessed.
 * Cells below a quantile's window are counted, cells inside it are kept as long as the memory for them lasts; ranks
 * then search together for the order statistics among what they keep. Where some rank's memory did not last, cells
 * inside the window were counted by buckets, which give the order statistics or a window a thousand times narrower. A
 * window that missed, or was narrowed, is told, and the caller makes another pass. */
#ifndef WINNOW_QUANTILES_H
#define WINNOW_QUANTILES_H

#include "winnow/accumulator.h"
#include "winnow/ranks.h"

typedef struct wn_quantiles wn_quantiles;

/* A window of cells [low, high], both included; -inf and +inf keep all. */
typedef struct {
    double low, high;
} wn_window;

/* Local. Quantiles `probability` (n_probabilities, in [0, 1]) of each of n_cols columns; windows (n_cols,
 * n_probabilities). All copied. `budget`: bytes for the cells in windows, the same on all ranks; a window takes
 * WN_WINDOW_LEAST at least. All memory is taken here. The caller frees it. Fails: WN_NO_MEMORY. */
enum { WN_WINDOW_LEAST = 384, WN_WINDOW_BYTES = 64 << 20 /* a budget where nothing says another */ };
WN_MUST_USE wn_status wn_quantiles_new(wn_quantiles **quantiles, size_t n_cols, size_t n_probabilities,
                                       const double *probability, const wn_window *windows, size_t budget);
void wn_quantiles_free(wn_quantiles *quantiles);

/* Local. Adds the valid cells of a block. Fails: WN_INTERNAL where its cells are of another width than those before. */
WN_MUST_USE wn_status wn_quantiles_add(wn_quantiles *quantiles, const wn_block *block);

/* Local. The state in its erased form; borrowed. The counts are its sums; the kept cells stay on their rank. */
wn_accumulator wn_quantiles_accumulator(wn_quantiles *quantiles);

/* Collective, after a pass. values (n_cols, n_probabilities): the quantile by linear interpolation between the order
 * statistics around (n-1)p (Hyndman and Fan 1996, type 7; NumPy's default), NaN where a column has no valid cell. Where
 * the window missed or its cells did not fit, missed[i] is set, values[i] is NaN, and windows[i] becomes one that
 * cannot miss. *n_missed counts them. Fails: WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_quantiles_finish(const wn_ranks *ranks, const wn_quantiles *quantiles, double *values,
                                          wn_window *windows, unsigned char *missed, size_t *n_missed);

/* Local. For every probability[k], windows[k] that holds this quantile of a column with overwhelming probability (about
 * 6 standard errors of its rank), from a random sample of n of its valid cells in any order; everything if the sample
 * is small. scratch: n more. */
void wn_windows_of_sample(const double *cells, double *scratch, size_t n, size_t n_probabilities,
                          const double *probability, wn_window *windows);

/* Local. The share of a column's cells that the window of a sample of n holds, about. */
double wn_window_share(size_t n, double probability);

/* Local. Quantile by linear interpolation of n sorted values; NaN if n is 0. */
double wn_quantile_sorted(const double *sorted, size_t n, double probability);

/* Local. The same of n values in any order, none of them NaN, which are put into another order: where one quantile is
 * all that is wanted, a fifth of the time that sorting takes. */
double wn_quantile_select(double *values, size_t n, double probability);

#endif
