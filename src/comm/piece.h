/* piece.h - how much one MPI call carries. Private to src/comm. */
#ifndef WINNOW_PIECE_H
#define WINNOW_PIECE_H

#include <stddef.h>

/* Local. The largest piece in bytes, see wn_ranks_piece_bytes; the same on all ranks. */
size_t wn_piece_bytes(void);

#endif
