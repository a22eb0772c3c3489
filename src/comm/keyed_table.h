/* keyed_table.h - the state of keyed counts: a table in memory, and sorted runs of a spill. Private to src/comm. */
#ifndef WINNOW_KEYED_TABLE_H
#define WINNOW_KEYED_TABLE_H

#include "winnow/keyed_counts.h"
#include "winnow/spill.h"

#include <stdbool.h>

/* Open addressing, linear probing, at most three quarters full. */
typedef struct {
    wn_hash key;
    int64_t count, rows, payload;
    size_t text; /* SLOT_EMPTY, SLOT_NO_TEXT, or where in `texts` it begins (its length first), plus SLOT_TEXT */
} wn_keyed_slot;

enum { SLOT_EMPTY, SLOT_NO_TEXT, SLOT_TEXT };

/* A part of the spill: entries in the order of keys, none twice. */
typedef struct {
    int64_t begin, end;
} wn_keyed_run;

struct wn_keyed_counts {
    size_t budget;        /* bytes; 0: no bound */
    char *directory;      /* owned; NULL: nothing is spilled */
    wn_keyed_slot *slots; /* (capacity) owned */
    size_t n, capacity;
    unsigned char *texts; /* (texts_room) owned, n_texts used */
    size_t n_texts, texts_room;
    wn_spill *spill;    /* owned; NULL before the first run */
    wn_keyed_run *runs; /* (most_runs of the shares) owned */
    size_t n_runs;
};

/* An entry as it lies in files and messages; the text follows. */
typedef struct {
    wn_hash key;
    int64_t count, rows, payload;
    uint64_t n_text; /* plus 1; 0: none */
} wn_keyed_record;

/* Local. An entry that lies in a slot; its text is borrowed. */
wn_keyed_count wn_keyed_table_entry(const wn_keyed_counts *counts, const wn_keyed_slot *slot);

/* Local. The order of the table's slots: triples of the key's words, high first, and the number of the slot. *order is
 * new, (n, 3), owned by the caller. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_keyed_table_sort(const wn_keyed_counts *counts, uint64_t **order);

/* Local. The table becomes a run of the spill, and is empty; of as many runs as there may be one is made before. Fails
 * as wn_keyed_counts_add, and then nothing of what was added is lost. */
WN_MUST_USE wn_status wn_keyed_table_spill(wn_keyed_counts *counts);

/* Local. Gives back the memory of a table that is empty. */
void wn_keyed_table_release(wn_keyed_counts *counts);

/* Local. The record of an entry, and what it takes with its text. */
wn_keyed_record wn_keyed_record_of(const wn_keyed_count *entry);
size_t wn_keyed_record_bytes(const wn_keyed_record *record);

/* Local. The entry of a record, whose text is given. */
wn_keyed_count wn_keyed_record_entry(const wn_keyed_record *record, const char *text);

/* How the budget is shared, in bytes. While ranks exchange there are two tables (what lies here, and what arrives), two
 * sets of buffers to read runs by, two or three to write one by, and three messages. */
typedef struct {
    size_t table;       /* with what it takes to grow and to sort it */
    size_t read_buffer; /* of one run */
    size_t write_buffer;
    size_t message;
    size_t most_runs; /* before they are merged into one */
} wn_keyed_shares;

/* Local. Of these counts' budget; generous ones where that is 0. */
wn_keyed_shares wn_keyed_shares_of(const wn_keyed_counts *counts);

#endif
