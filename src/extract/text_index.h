/* text_index.h - distinct byte strings in an order, and the place of one among them by its key: terms, levels. */
#ifndef WINNOW_EXTRACT_TEXT_INDEX_H
#define WINNOW_EXTRACT_TEXT_INDEX_H

#include "winnow/hash.h"
#include "winnow/texts.h"

#include <stdint.h>

typedef struct {
    size_t n;
    wn_text *texts;  /* (n) into bytes, owned */
    char *bytes;     /* owned */
    wn_hash *keys;   /* (n) wn_hash_bytes with seed 0, owned */
    uint32_t *slots; /* (mask + 1) a place + 1, or 0; owned */
    size_t mask;
} wn_text_index;

/* Local. Copies texts (n) in the order they are given. The caller clears it. Fails: WN_BAD_DATA (a text twice; its
 * words say so of a `noun`), WN_NO_MEMORY, and then it is empty. */
WN_MUST_USE wn_status wn_text_index_init(wn_text_index *index, const wn_text *texts, size_t n, const char *noun);
void wn_text_index_clear(wn_text_index *index);

/* Local. The place of a key, or n. */
size_t wn_text_index_find(const wn_text_index *index, wn_hash key);

#endif
