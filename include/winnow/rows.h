/* rows.h - what became of each row: training, validation, test, or dropped and why. One byte a row, for this rank's
 * blocks. The order of decisions is the contract's: rows without label go, duplicates go, the split, then (training
 * rows only) drops. */
#ifndef WINNOW_ROWS_H
#define WINNOW_ROWS_H

#include "winnow/pass.h"

typedef enum {
    WN_ROW_TRAIN,
    WN_ROW_VALIDATION,
    WN_ROW_TEST,
    WN_ROW_NO_LABEL,
    WN_ROW_DUPLICATE,
    WN_ROW_MISSING, /* dropped by missing: drop_row */
    WN_ROW_OUTLIER, /* dropped by outliers: {action: drop_row} */
    WN_ROW_STATUSES
} wn_row_status;

typedef struct wn_rows wn_rows;

/* What a step of wn_rows_step knows: the status of the rows that it leaves. */
typedef struct {
    const wn_rows *rows;
    wn_row_status status;
} wn_rows_filter;

struct wn_rows {
    const wn_catalog *catalog; /* borrowed */
    wn_range blocks;           /* this rank's */
    int64_t first_row;
    size_t n_rows;
    unsigned char *status;                   /* (n_rows) of wn_row_status */
    wn_rows_filter filters[WN_ROW_STATUSES]; /* contexts of the steps */
};

typedef struct {
    double validation, test; /* shares in [0, 1); test must be 0 where the catalog has test files */
    uint64_t seed;
    bool has_label; /* the job names a label: rows without it go */
} wn_split;

/* What equal rows agree in. */
typedef struct {
    size_t *columns; /* (n_columns) ascending numbers */
    size_t n_columns;
    bool has_label;
} wn_identity;

typedef struct {
    bool stay; /* repeats are not dropped: only those of test files are counted */
    uint64_t seed;
    const wn_identity *identity; /* NULL: all columns and the label */
    size_t budget;               /* bytes of memory, the least of all ranks counts; 0: no bound */
    const char *directory;       /* where what exceeds it is spilled; NULL with no bound only */
} wn_duplicates_options;

/* Counts over the whole table. read = kept + the dropped; kept = train + validation + test. */
typedef struct {
    int64_t read, kept, train, validation, test;
    int64_t duplicate, missing, outlier, no_label;
    int64_t leaked; /* test rows of input.test that equal a training row, before drops */
} wn_ledger;

/* Collective. Reads the labels of this rank's blocks and marks rows without one, then splits by the hash of (seed,
 * file's name, row in file): a row's uniform number u < test is test, u < test + validation is validation. Rows of test
 * files are test. The caller frees it. Fails: as reading does, agreed. */
WN_MUST_USE wn_status wn_rows_new(wn_rows **rows, const wn_pass *pass, const wn_catalog *catalog,
                                  const wn_split *split);
void wn_rows_free(wn_rows *rows);

/* Local. The side of what has drawn u, uniform in [0, 1). */
wn_row_status wn_split_side(const wn_split *split, double u);

/* Collective. Before anything is dropped: rows of `files` that have a value in the groups' column take the side that
 * the hash of (seed, value) draws, so that equal values lie on one side; rows without a value keep theirs, each for
 * itself. `groups` is a catalog of the same files (without test files) with that column as its label, `reader` is of
 * it; its blocks may be cut otherwise. Fails: WN_BAD_DATA where it has another number of rows, as reading does, agreed.
 */
WN_MUST_USE wn_status wn_rows_split_by(wn_rows *rows, const wn_ranks *ranks, const wn_catalog *groups,
                                       wn_reader *reader, const wn_split *split);

/* Local. For a run of blocks, all WN_ROW_TRAIN. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_rows_of_blocks(wn_rows **rows, const wn_catalog *catalog, wn_range blocks);

/* Collective. Writes the statuses of all ranks' rows, which follow each other in the order of ranks, by rank 0 beside
 * the file's name, synced and renamed; and reads those of some blocks of such a file of the same catalog, on any number
 * of ranks (a new wn_rows). Fails: WN_CANT_CREATE, WN_IO, WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_rows_write(const wn_ranks *ranks, const wn_rows *rows, const char *path);
WN_MUST_USE wn_status wn_rows_read(const wn_ranks *ranks, wn_rows **rows, const wn_catalog *catalog, wn_range blocks,
                                   const char *path);

/* Collective. One pass that hashes all rows that have a label and marks as duplicate those of `files` that equal an
 * earlier one of `files`, in what the identity says (NULL: all columns and the label); the first stays; with `stay`
 * all of them. Rows of test files that equal a row of `files` that stays and that the split gave to training are
 * counted in *leaked and stay. Hashes take wn_row_hashes_bytes of the budget; what exceeds it is spilled. Fails:
 * WN_UNAVAILABLE where a column holds integers that cells do not tell apart (long_integers.h); as wn_row_hashes_add
 * too. */
WN_MUST_USE wn_status wn_rows_drop_duplicates(wn_rows *rows, const wn_pass *pass, const wn_duplicates_options *options,
                                              int64_t *leaked, wn_pass_cost *cost);

/* Local. A step that leaves only the rows of a status (WN_ROW_TRAIN ...). The rows are borrowed. */
wn_block_step wn_rows_step(wn_rows *rows, wn_row_status status);

/* Local. The status byte of a row of this rank's blocks; for steps that drop. */
unsigned char *wn_rows_status(wn_rows *rows, int64_t row);

/* Collective. Counts over ranks (leaked is the caller's to fill). Fails: WN_INTERNAL where the identities above do not
 * hold. */
WN_MUST_USE wn_status wn_rows_ledger(const wn_ranks *ranks, const wn_rows *rows, wn_ledger *ledger);

/* Collective. How many rows of a status each block of the whole table has: counts (catalog->n_blocks), on every rank.
 */
WN_MUST_USE wn_status wn_rows_count_blocks(const wn_ranks *ranks, const wn_rows *rows, wn_row_status status,
                                           int64_t *counts);

/* Collective. The same statuses for another run of blocks (runs of ranks may overlap and leave gaps): a new wn_rows. */
WN_MUST_USE wn_status wn_rows_redistribute(const wn_ranks *ranks, const wn_rows *rows, wn_range blocks,
                                           wn_rows **other);

#endif
