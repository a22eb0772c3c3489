/* scratch.h - memory for what is needed again and again in sizes that differ: it only grows, and is given back at the
 * end. What must outlive the next use is no scratch: see memory.h. */
#ifndef WINNOW_SCRATCH_H
#define WINNOW_SCRATCH_H

#include "winnow/status.h"

/* All zero is empty. */
typedef struct {
    unsigned char *bytes; /* (n) aligned as by wn_new, owned */
    size_t n;
} wn_scratch;

/* Local. Makes it at least n bytes, of any content; what it held is gone where it grows. Fails: WN_NO_MEMORY, and then
 * it is empty. */
WN_MUST_USE wn_status wn_scratch_reserve(wn_scratch *scratch, size_t n);

/* Local. Gives the memory back. */
void wn_scratch_clear(wn_scratch *scratch);

#endif
