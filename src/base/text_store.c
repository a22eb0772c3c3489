#include "winnow/text_store.h"

#include "winnow/memory.h"

#include <stdint.h>

/* Pieces double, so that few texts take little and many take few pieces; a longer text has one of its own. */
enum { LEAST_PIECE = 4 << 10, MOST_PIECE = 1 << 20 };

struct wn_text_piece {
    wn_text_piece *next;
    size_t n_used, n_bytes;
    char bytes[];
};

static wn_status add_piece(wn_text_store *store, size_t n)
{
    wn_text_piece *piece = NULL;
    size_t n_bytes = store->n_bytes < LEAST_PIECE ? LEAST_PIECE : store->n_bytes;
    n_bytes = n_bytes > MOST_PIECE ? MOST_PIECE : n_bytes;
    n_bytes = n > n_bytes ? n : n_bytes;
    if (n_bytes > SIZE_MAX - sizeof *piece)
        return wn_fail(WN_NO_MEMORY, "a text of %zu bytes is too long", n);
    wn_status status = wn_memory_new((void **)&piece, n_bytes + sizeof *piece, 1, __func__);
    if (status != WN_OK)
        return status;
    piece->n_bytes = n_bytes;
    piece->next = store->pieces;
    store->pieces = piece;
    store->n_bytes += n_bytes + sizeof *piece;
    return WN_OK;
}

wn_status wn_text_store_take(wn_text_store *store, size_t n, char **bytes)
{
    wn_text_piece *piece = store->pieces;
    if (piece == NULL || piece->n_bytes - piece->n_used < n) {
        wn_status status = add_piece(store, n);
        if (status != WN_OK)
            return status;
        piece = store->pieces;
    }
    *bytes = piece->bytes + piece->n_used;
    piece->n_used += n;
    return WN_OK;
}

void wn_text_store_clear(wn_text_store *store)
{
    while (store->pieces != NULL) {
        wn_text_piece *piece = store->pieces;
        store->pieces = piece->next;
        wn_free(piece);
    }
    *store = (wn_text_store){0};
}
