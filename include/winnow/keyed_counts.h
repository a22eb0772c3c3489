/* keyed_counts.h - integers and a text under 128-bit keys, partitioned by key over the ranks, within bounded memory.
 * Use it for what cannot be numbered beforehand: category levels, terms, distinct labels. What outgrows its budget goes
 * to nameless files (spill.h) in runs that are sorted by key, and is merged by streaming. Equal results, bit by bit,
 * for any budget, number of ranks and order of adding. Which rows repeat an earlier one: row_hashes.h. */
#ifndef WINNOW_KEYED_COUNTS_H
#define WINNOW_KEYED_COUNTS_H

#include "winnow/hash.h"
#include "winnow/ranks.h"

typedef struct wn_keyed_counts wn_keyed_counts;

/* What is added under a key, and what lies under it. Equal keys have equal texts. */
typedef struct {
    wn_hash key;
    int64_t count;    /* summed */
    int64_t rows;     /* summed: the documents of a term */
    int64_t payload;  /* the least one counts: a first row, the bits of a value */
    const char *text; /* n_text bytes of any value; NULL where none was added. Borrowed. */
    size_t n_text;
} wn_keyed_count;

/* The entries of largest count, and what all others have together. */
typedef struct {
    wn_keyed_count *entries; /* (n) largest count first, ties by smaller key; their texts lie in `texts` */
    size_t n;
    unsigned char *texts;
    int64_t rest_count, rest_rows, n_rest; /* summed over the keys that are not among entries; how many those are */
} wn_keyed_top;

/* Local. An empty table. It allocates at most `budget` bytes (64 KiB at least, 0: no bound) whatever is added and in
 * every function below, and up to six of the longest texts besides; the rest goes to `directory` (copied; NULL with no
 * bound only). The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_keyed_counts_new(wn_keyed_counts **counts, size_t budget, const char *directory);
void wn_keyed_counts_free(wn_keyed_counts *counts);

/* Local. Adds an entry's integers under its key; the text is copied once a key. Fails: WN_NO_MEMORY, WN_IO (also disk
 * full), WN_CANT_CREATE. */
WN_MUST_USE wn_status wn_keyed_counts_add(wn_keyed_counts *counts, const wn_keyed_count *entry);

/* Collective. Afterwards each key lies on one rank only (a hash of the key says which), summed over ranks. Fails as
 * wn_keyed_counts_add does, agreed; then the counts are as before. */
WN_MUST_USE wn_status wn_keyed_counts_partition(const wn_ranks *ranks, wn_keyed_counts *counts);

/* Local. Gives every entry of this rank to take, in the order of keys; its text is valid for the call. Ends with the
 * first status that is not WN_OK. Fails: WN_NO_MEMORY, WN_IO, what take fails with. */
typedef wn_status wn_keyed_take(void *context, const wn_keyed_count *entry);
WN_MUST_USE wn_status wn_keyed_counts_each(const wn_keyed_counts *counts, wn_keyed_take *take, void *context);

/* Collective. After partition: the (at most) `limit` entries of largest count among those of at least minimum_rows
 * rows, over all ranks, with their texts on every rank, and the totals of all others. Besides the budget it takes what
 * the result takes, three times. The caller clears it. Fails as wn_keyed_counts_each, agreed. */
WN_MUST_USE wn_status wn_keyed_counts_top(const wn_ranks *ranks, const wn_keyed_counts *counts, size_t limit,
                                          int64_t minimum_rows, wn_keyed_top *top);
void wn_keyed_top_clear(wn_keyed_top *top);

#endif
