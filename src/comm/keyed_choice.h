/* keyed_choice.h - the entries of largest count, on one rank and over all. Private to src/comm. */
#ifndef WINNOW_KEYED_CHOICE_H
#define WINNOW_KEYED_CHOICE_H

#include "winnow/keyed_counts.h"

/* The best entries so far: a heap whose first is the last to be chosen. Starts with a limit and a minimum alone. */
typedef struct {
    wn_keyed_count *entries; /* (room) owned, n of them used; without texts */
    size_t n, room, limit;
    int64_t minimum_rows;
    int64_t count, rows, n_keys; /* of all entries, chosen or not */
    int64_t n_texts;             /* how many have one; may differ between ranks */
} wn_keyed_choice;

/* Local. For qsort: the order of choosing, and that of keys. */
int wn_keyed_by_count(const void *a, const void *b);
int wn_keyed_by_key(const void *a, const void *b);

/* Local. Takes an entry into account. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_keyed_choose(void *choice, const wn_keyed_count *entry);

/* Collective. The best entries of all ranks, in the order of choosing, the same on all. Fails: WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_keyed_choose_over_ranks(const wn_ranks *ranks, wn_keyed_choice *choice);

#endif
