/* sketch_entries.h - what a sketch does to the entries of a sparse row. Private to src/stats. Every kernel does the
 * same operations in the same order, and so gives the same bits. */
#ifndef WINNOW_STATS_SKETCH_ENTRIES_H
#define WINNOW_STATS_SKETCH_ENTRIES_H

#include "winnow/wide_columns.h"

/* Of one row in one part; borrowed. Entry k is that of column place[first + column[k]] of the sketch's sparse ones. */
typedef struct {
    size_t n, first;
    const uint32_t *column; /* (n) */
    const double *value;    /* (n) */
    const uint32_t *place;
} wn_sketch_entries;

/* Local. Those of a row. */
static inline wn_sketch_entries wn_sketch_entries_of(const wn_sparse_part *part, size_t row, const uint32_t *place)
{
    size_t begin = part->rows.start[row];
    return (wn_sketch_entries){part->rows.start[row + 1] - begin, part->first, part->rows.column + begin,
                               part->rows.value + begin, place};
}

/* Local. Adds each entry times its column's directions, (columns, width), to scores (width). */
void wn_sketch_entries_score(const wn_sketch_entries *entries, const double *directions, size_t width, double *scores);

/* Local. Adds scores (width) times each entry and its column's weight, rounded to the nearest integer (ties to even),
 * to the column's sums, (columns, width); they are below 2^62 in size. */
void wn_sketch_entries_add(const wn_sketch_entries *entries, const double *weight, const double *scores, size_t width,
                           int64_t *sums);

#endif
