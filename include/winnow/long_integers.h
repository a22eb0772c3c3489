/* long_integers.h - integers of 64 bits as cells. A double holds those up to 2^53; of larger ones several share a cell.
 * That does for arithmetic, and not where cells are told from each other, as repeats, levels, classes, groups or ids:
 * there they are refused. */
#ifndef WINNOW_LONG_INTEGERS_H
#define WINNOW_LONG_INTEGERS_H

#include "winnow/catalog.h"

#include <math.h>

/* Local. Whether a cell of such a column may stand for several integers. */
static inline bool wn_long_integer_is_shared(bool is_long, double cell)
{
    return is_long && fabs(cell) >= 0x1p53;
}

/* Local. Looks at n cells of a column, `stride` apart, of the rows (n, numbers over the table); the message ends with
 * what they were to be good for. Fails: WN_UNAVAILABLE, naming file, column and row of the first that is shared. */
WN_MUST_USE wn_status wn_long_integers_check(const wn_catalog *catalog, const wn_column *column, const double *cells,
                                             size_t stride, const int64_t *rows, size_t n, const char *use);

/* Local. Fails: WN_UNAVAILABLE, always. */
WN_MUST_USE wn_status wn_long_integer_refuse(const char *column, double cell, const char *use);

#endif
