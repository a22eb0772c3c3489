/* column_set.h - which of many columns a few rows have, in order, and the matrix of those columns alone: what a layer
 * needs of its weights (n_out, n_all) for sparse rows, a column's numbers one behind the other. */
#ifndef WINNOW_COLUMN_SET_H
#define WINNOW_COLUMN_SET_H

#include "winnow/status.h"

#include <stddef.h>
#include <stdint.h>

/* Columns are added to the bits; the rest tells of them once they are listed. All zero is a set of no columns. */
typedef struct {
    size_t n_all, n_words, n;
    uint64_t *bits;    /* (n_words) the column's bit; owned */
    uint32_t *columns; /* (n) ascending; owned, room for n_all */
    uint32_t *place;   /* (n_all) of a listed column among `columns`; owned */
} wn_column_set;

/* Local. An empty set of columns below n_all. The caller clears it. Fails: WN_NO_MEMORY, and then it is all zero. */
WN_MUST_USE wn_status wn_column_set_init(wn_column_set *set, size_t n_all);
void wn_column_set_clear(wn_column_set *set);

/* Local. No column is there. */
void wn_column_set_empty(wn_column_set *set);

static inline void wn_column_set_add(wn_column_set *set, uint32_t column)
{
    set->bits[column / 64] |= (uint64_t)1 << column % 64;
}

/* Local. Lists the columns that were added. */
void wn_column_set_list(wn_column_set *set);

/* Local. few (n, n_rows): the listed columns of matrix (n_rows, n_all). */
void wn_column_set_gather(const wn_column_set *set, const float *matrix, size_t n_rows, float *few);

/* Local. The other way for n columns from the listed one `first` on: few (n, n_rows) into their places of matrix
 * (n_rows, n_all), whose other columns stay. */
void wn_column_set_spread(const wn_column_set *set, size_t first, size_t n, const float *few, size_t n_rows,
                          float *matrix);

#endif
