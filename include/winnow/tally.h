/* tally.h - how often byte strings occur here, and in how many rows: terms of texts, levels of categories.
 * Local and in memory: rows are counted without communication, and what was counted is handed to keyed counts
 * (keyed_counts.h), which add over ranks, before it grows too large. */
#ifndef WINNOW_TALLY_H
#define WINNOW_TALLY_H

#include "winnow/hash.h"
#include "winnow/texts.h"
#include "winnow/tokens.h"

typedef struct wn_tally wn_tally;

typedef struct {
    wn_hash key;   /* of the bytes: wn_hash_bytes with seed 0 */
    int64_t count; /* how often */
    int64_t rows;  /* in how many rows */
    wn_text text;  /* the bytes; of a number its eight, see levels.h */
} wn_tally_entry;

/* Local. An empty tally. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_tally_new(wn_tally **tally);
void wn_tally_free(wn_tally *tally);

/* Local. From here on what is added belongs to another row. */
void wn_tally_begin_row(wn_tally *tally);

/* Local. Adds one occurrence in the row begun last; the bytes are copied where they are new. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_tally_add(wn_tally *tally, wn_text text, wn_hash key);

/* Cells of one column, the ith at [i * stride]: texts, or numbers where texts is NULL. A text without bytes, or NaN, is
 * missing. Borrowed. */
typedef struct {
    const wn_text *texts;
    const double *numbers;
    size_t stride, n;
} wn_tally_cells;

/* Local. Begins a row for every cell from the *next on and adds all of it as one, a number by its bytes (levels.h);
 * much faster where that was there not long ago. *next is moved behind the last cell, or behind the one by which the
 * tally came to take more than most_bytes; n_valid[0] is added how many of those were there, n_valid[1] how many were
 * missing. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_tally_add_cells(wn_tally *tally, const wn_tally_cells *cells, size_t most_bytes, size_t *next,
                                         int64_t n_valid[2]);

/* Local. Begins a row and adds the terms of its text. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_tally_add_terms(wn_tally *tally, wn_tokenizer *tokenizer, wn_text text);

/* Local. Distinct byte strings, and the bytes of memory that the tally takes. */
size_t wn_tally_size(const wn_tally *tally);
size_t wn_tally_bytes(const wn_tally *tally);

/* Local. The ith entry in no particular order, i < size; its text is borrowed until the next add. */
wn_tally_entry wn_tally_at(const wn_tally *tally, size_t i);

#endif
