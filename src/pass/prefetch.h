/* prefetch.h - reads a run of blocks in a thread of its own, as many ahead of who takes them as keep
 * the reader's threads busy. Private to src/pass. */
#ifndef WINNOW_PREFETCH_H
#define WINNOW_PREFETCH_H

#include "winnow/ranks.h"
#include "winnow/reader.h"

typedef struct wn_prefetch wn_prefetch;

/* Local. Starts to read the blocks numbered order[0 .. n-1]; reader and order are borrowed until stop, and the reader
 * is the thread's until then. Fails: WN_NO_MEMORY, WN_INTERNAL where no thread can be had. */
WN_MUST_USE wn_status wn_prefetch_start(wn_prefetch **prefetch, wn_reader *reader, const int64_t *order, size_t n);

/* Local. The next block, to be changed at will until the next call; NULL after the last. Fails: as reading did. */
WN_MUST_USE wn_status wn_prefetch_take(wn_prefetch *prefetch, wn_block **block);

/* Local. Ends the thread, also in the middle, and frees. */
void wn_prefetch_stop(wn_prefetch *prefetch);

#endif
