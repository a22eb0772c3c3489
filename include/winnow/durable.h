/* durable.h - files that are whole at any moment: written beside their name, synced, verified by their owner, renamed.
 * A kill or a full disk leaves what was there before. */
#ifndef WINNOW_DURABLE_H
#define WINNOW_DURABLE_H

#include "winnow/status.h"

#include <stddef.h>

/* Local. What errno says of a file or directory that could not be created: WN_IO where the disk is full or fails, else
 * WN_CANT_CREATE; with its message. */
WN_MUST_USE wn_status wn_durable_refusal(const char *path);

/* Local. A new file of n bytes, synced; an older one of the name is overwritten, a part that could not be written is
 * removed. Fails: WN_CANT_CREATE where it cannot be opened, WN_IO (also disk full). */
WN_MUST_USE wn_status wn_durable_write(const char *path, const void *bytes, size_t n);

/* Local. An empty file that a library will write: what it fails with then is no longer that it cannot be created.
 * Fails: as wn_durable_write. */
WN_MUST_USE wn_status wn_durable_create(const char *path);

/* Local. The contents of a file that a library wrote last. Fails: WN_IO. */
WN_MUST_USE wn_status wn_durable_sync(const char *path);

/* Local. A directory and those it lies in; one that is there is fine. Fails: as wn_durable_refusal, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_durable_directory(const char *path);

/* Local. `to` becomes the file `from`, and lasts: its directory is synced too. Fails: WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_durable_rename(const char *from, const char *to);

#endif
