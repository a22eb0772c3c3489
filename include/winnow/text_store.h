/* text_store.h - the bytes of texts: what was taken stays where it is until all of it goes at once. */
#ifndef WINNOW_TEXT_STORE_H
#define WINNOW_TEXT_STORE_H

#include "winnow/status.h"

#include <stddef.h>

typedef struct wn_text_piece wn_text_piece;

/* All zero is empty. */
typedef struct {
    wn_text_piece *pieces; /* the newest first; owned */
    size_t n_bytes;        /* of memory that all pieces take */
} wn_text_store;

/* Local. n bytes of no alignment; they live until the store is cleared. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_text_store_take(wn_text_store *store, size_t n, char **bytes);
void wn_text_store_clear(wn_text_store *store);

#endif
