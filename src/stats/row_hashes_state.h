/* row_hashes_state.h - hashed rows in memory and in a spill. Private to src/stats. */
#ifndef WINNOW_ROW_HASHES_STATE_H
#define WINNOW_ROW_HASHES_STATE_H

#include "winnow/row_hashes.h"
#include "winnow/spill.h"

/* A key with a row of it: the number of an original, or n_originals - 1 and how many others have the key; twice that,
 * and 1 for an original that does not leak. Sorted by its words. */
typedef struct {
    uint64_t high, low, tag;
} wn_hashed_row;

struct wn_row_hashes {
    wn_row_hashes_options options;
    size_t *columns;         /* of the options, owned; NULL: all */
    size_t n_cells, n_texts; /* how many of them count */
    char *directory;         /* owned */
    wn_hashed_row *rows;     /* (capacity) owned, n used */
    size_t n, capacity;
    unsigned part_bits; /* keys are cut into 2^part_bits parts by their first bits */
    wn_spill *spill;    /* owned; NULL: all is in memory */
    int64_t *ends;      /* (n_runs, n_parts) owned: where the rows of a part end in the spill */
    size_t n_runs, runs_room;
    bool has_width, is_float32;
    void *scratch; /* one row and its label, owned */
    int64_t n_leaked;
};

/* Local. Sorts hashed rows by their words. Keys are as good as random. */
void wn_hashed_rows_sort(wn_hashed_row *rows, size_t n);

/* Local. Sorts n rows and leaves two of each key at most: the first original, and how many others there are. The
 * originals that go are taken. Returns how many rows are left. */
size_t wn_row_hashes_merge(wn_row_hashes *hashes, wn_hashed_row *rows, size_t n);

/* Local. The rows in memory go to the spill, merged. Fails: WN_NO_MEMORY, WN_IO, WN_CANT_CREATE. */
WN_MUST_USE wn_status wn_row_hashes_spill(wn_row_hashes *hashes);

/* Local. Whether the row of a tag goes (others of a key count) where another tag is the first of its key. */
bool wn_row_hashes_repeats(const wn_row_hashes *hashes, uint64_t tag, uint64_t first);

/* Local. A row that does: its own rank takes it, or counts it. */
void wn_row_hashes_take(wn_row_hashes *hashes, const wn_hashed_row *row);

#endif
