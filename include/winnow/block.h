/* block.h - a run of rows in memory: what a reader fills, a step changes and an accumulator adds. */
#ifndef WINNOW_BLOCK_H
#define WINNOW_BLOCK_H

#include "winnow/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
    int64_t index; /* block number over the table */
    size_t file;   /* which file of the catalog */
    size_t n_rows; /* rows present now; a step that drops rows lowers it */
    size_t n_cols;
    double *cells;   /* (n_rows, n_cols), row after row; missing is NaN and nothing else */
    double *labels;  /* (n_rows); NaN: no label */
    int64_t *rows;   /* (n_rows) numbers over the table */
    size_t capacity; /* rows that the three buffers hold */
} wn_block;

/* Local. A block with room for `capacity` rows of n_cols cells. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_block_new(wn_block **block, size_t capacity, size_t n_cols);
void wn_block_free(wn_block *block);

/* Local. Keeps the rows whose keep[i] is not 0, in order. */
void wn_block_compact(wn_block *block, const unsigned char *keep);

#endif
