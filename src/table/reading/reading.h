/* reading.h - one block on its way from its file: where its cells go, and the pieces that workers decode and place. */
#ifndef WINNOW_TABLE_READING_H
#define WINNOW_TABLE_READING_H

#include "piece.h"

typedef struct {
    wn_piece_target target;
    wn_task_group group;
    wn_piece **pieces; /* (n_pieces) owned; the first n_used are of this block */
    size_t n_pieces, n_used;
    bool is_unchecked; /* cells came through the library too, and were not looked at for infinite ones */
} wn_reading;

/* Local. The caller clears it when its group was waited for. */
void wn_reading_init(wn_reading *reading);
void wn_reading_clear(wn_reading *reading);

/* Local. A piece that this block has not used yet, with the memory of an earlier one; the reading's. Fails:
 * WN_NO_MEMORY.
 */
WN_MUST_USE wn_status wn_reading_take_piece(wn_reading *reading, wn_piece **piece);

#endif
