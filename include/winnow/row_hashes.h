/* row_hashes.h - a keyed 128-bit hash of every row, and which rows repeat an earlier one, over all ranks, within
 * bounded memory. What outgrows the budget goes to a nameless file (spill.h), cut by the first bits of the hash, and is
 * worked off part by part. For counts and texts under keys see keyed_counts.h. */
#ifndef WINNOW_ROW_HASHES_H
#define WINNOW_ROW_HASHES_H

#include "winnow/accumulator.h"
#include "winnow/ranks.h"

#include <stdbool.h>

typedef struct wn_row_hashes wn_row_hashes;

/* All but the last three the same on all ranks. */
typedef struct {
    size_t n_cols, n_texts;
    uint64_t seed;         /* keys the hash */
    const size_t *columns; /* (n_chosen) ascending numbers of the columns that count, those of texts from n_cols on,
                              copied; NULL: all of them, and the label */
    size_t n_chosen;
    bool has_label;                            /* the label counts, besides `columns` */
    int64_t n_originals;                       /* only rows of smaller number are repeated by others (INT64_MAX: all) */
    size_t most_rows;                          /* no rank adds more */
    size_t budget;                             /* bytes; 0: no bound */
    const char *directory;                     /* of the spill; copied; NULL with no bound only */
    void (*take)(void *context, int64_t row);  /* of this rank, below n_originals: it repeats a row of smaller number */
    bool (*leaks)(void *context, int64_t row); /* of this rank, below n_originals: rows beyond that equal it are
                                                  counted; NULL: all are */
    void *context;                             /* borrowed */
} wn_row_hashes_options;

/* Local. Bytes that a state takes at most from new to finish: those of `budget`, fewer where the rows need fewer, more
 * where so few do not do. */
size_t wn_row_hashes_bytes(size_t most_rows, size_t budget);

/* Local. Hashes of the typed values of all cells, the label and all texts: -0 equals 0 and all NaN are equal. The
 * caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_row_hashes_new(wn_row_hashes **hashes, const wn_row_hashes_options *options);
void wn_row_hashes_free(wn_row_hashes *hashes);

/* Local. Adds the rows of a block; some that repeat others may be taken already. Fails: WN_NO_MEMORY, WN_IO (also disk
 * full), WN_CANT_CREATE; WN_INTERNAL where rows are more than were told, or blocks of two widths. */
WN_MUST_USE wn_status wn_row_hashes_add(wn_row_hashes *hashes, const wn_block *block);

/* Local. The state in its erased form; borrowed. It has neither sums nor keys. */
wn_accumulator wn_row_hashes_accumulator(wn_row_hashes *hashes);

/* Collective, once, after all rows were added. The rows that equal a row of smaller number, added on any rank and below
 * n_originals: their own rank takes those below n_originals, each once, in no order; the others are counted where the
 * first of all that equal them `leaks`: *n_leaked, this rank's. Fails as wn_row_hashes_add, agreed. */
WN_MUST_USE wn_status wn_row_hashes_finish(const wn_ranks *ranks, wn_row_hashes *hashes, int64_t *n_leaked);

#endif
