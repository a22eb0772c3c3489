/* directory_lock.h - one run at a time in a directory. The file `lock` says who holds it; its time of change is a
 * heartbeat that a thread renews. It expires with its process on the same host, or a minute after the last beat. */
#ifndef WINNOW_JOB_DIRECTORY_LOCK_H
#define WINNOW_JOB_DIRECTORY_LOCK_H

#include "winnow/status.h"

enum { WN_LOCK_BEAT_SECONDS = 10, WN_LOCK_EXPIRY_SECONDS = 60 };

typedef struct wn_directory_lock wn_directory_lock;

/* Local. Takes the lock of a directory, also one that expired, and starts the heartbeat. Fails: WN_CANT_CREATE while
 * another holds it (who is said) or where it cannot be made; WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_directory_lock_take(wn_directory_lock **lock, const char *directory);

/* Local. Ends the heartbeat and removes the lock, if it is still this one. NULL is fine. */
void wn_directory_lock_give(wn_directory_lock *lock);

/* Local. WN_CANT_CREATE when another run took the lock over meanwhile. */
WN_MUST_USE wn_status wn_directory_lock_check(const wn_directory_lock *lock);

#endif
