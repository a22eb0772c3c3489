/* scaled_rows.h - rows of cells about their columns' centres, in powers of two: what products are made of. Private to
 * src/stats. */
#ifndef WINNOW_STATS_SCALED_ROWS_H
#define WINNOW_STATS_SCALED_ROWS_H

#include "winnow/cells.h"

/* Of n columns; borrowed. */
typedef struct {
    size_t n;
    const double *centre, *factor; /* (n) */
} wn_scaling;

/* Local. Cell (i, c) of from (n_rows, n) goes to to[i * to_width + c] as (cell - centre[c]) x factor[c], in double. The
 * same by every kernel. */
void wn_rows_scale(const wn_scaling *scaling, wn_cells from, size_t n_rows, double *to, size_t to_width);

/* Local. The kernel of any processor. */
void wn_rows_scale_plain(const wn_scaling *scaling, wn_cells from, size_t n_rows, double *to, size_t to_width);

#endif
