/* spare_bytes.h - buffers for the bytes of chunks as they lie in the file, which one thread fills and others decode.
 * The one that was given back last is taken first, and only a few are on their way: so they stay in a cache. For what
 * one thread alone needs see scratch.h. */
#ifndef WINNOW_TABLE_SPARE_BYTES_H
#define WINNOW_TABLE_SPARE_BYTES_H

#include "winnow/scratch.h"

#include <pthread.h>

typedef struct {
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t given;
    wn_scratch *spare; /* (n_made) of which the first n_spare are here; the others were taken */
    size_t n_spare, n_made;
} wn_spare_bytes;

/* Local. The caller clears it when all that was taken was given back. */
void wn_spare_bytes_init(wn_spare_bytes *spares);
void wn_spare_bytes_clear(wn_spare_bytes *spares);

/* Local. A buffer of n bytes, of any content, that is given back later; one that has to grow gets `ample` bytes. Waits
 * while `most` are taken: then another thread is to give one back. Fails: WN_NO_MEMORY, and then nothing was taken. */
WN_MUST_USE wn_status wn_spare_bytes_take(wn_spare_bytes *spares, size_t most, size_t n, size_t ample,
                                          wn_scratch *taken);

/* Local. By any thread; what was given back is empty then. */
void wn_spare_bytes_give(wn_spare_bytes *spares, wn_scratch *given);

#endif
