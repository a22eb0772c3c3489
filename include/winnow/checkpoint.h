/* checkpoint.h - state that outlives the process: named sections of bytes, in one file.
 * What training and compression need to go on lies in it, and nothing about ranks. Rank 0 makes and writes it; after a
 * restart all ranks get it. */
#ifndef WINNOW_CHECKPOINT_H
#define WINNOW_CHECKPOINT_H

#include "winnow/ranks.h"

#include <stddef.h>

typedef struct wn_checkpoint wn_checkpoint;

/* Local. Without sections. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_checkpoint_new(wn_checkpoint **checkpoint);
void wn_checkpoint_free(wn_checkpoint *checkpoint);

/* Local. Appends a section: a copy of n bytes under a name of at most 47 characters, which is not there yet. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_checkpoint_put(wn_checkpoint *checkpoint, const char *name, const void *bytes, size_t n);

/* Local. Copies a section of just n bytes out. Fails: WN_IO where there is none of this name and size. */
WN_MUST_USE wn_status wn_checkpoint_get(const wn_checkpoint *checkpoint, const char *name, void *bytes, size_t n);

/* Local. A section's bytes, aligned to 16, and their number; borrowed. NULL where there is none. */
const void *wn_checkpoint_find(const wn_checkpoint *checkpoint, const char *name, size_t *n);

/* Local. Writes the file beside its name, synced, reads it back, renames it. Fails: WN_CANT_CREATE, WN_IO,
 * WN_NO_MEMORY; the old file is then whole. */
WN_MUST_USE wn_status wn_checkpoint_write(const wn_checkpoint *checkpoint, const char *path);

/* Local. Fails: WN_NO_INPUT where there is no file; WN_BAD_DATA where any byte of it is not what was written;
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_checkpoint_read(wn_checkpoint **checkpoint, const char *path);

/* Collective. Rank 0's on every rank (new there, owned by the caller); NULL arrives as NULL. Fails: WN_NO_MEMORY,
 * agreed. */
WN_MUST_USE wn_status wn_checkpoint_share(const wn_ranks *ranks, wn_checkpoint **checkpoint);

/* Where a loop leaves its state: the loop asks on rank 0 at each boundary whether it is time, and writes then, or when
 * it has to stop. Both are Local; write may add sections to those that the loop filled in. */
typedef struct {
    bool (*is_due)(void *context);
    wn_status (*write)(void *context, wn_checkpoint *checkpoint);
    void *context; /* borrowed */
} wn_checkpoint_sink;

#endif
