/* beat.h - the file in which a rank tells that it lives, for watchdog.h. */
#ifndef WINNOW_BEAT_H
#define WINNOW_BEAT_H

#include <stdbool.h>

enum { WN_BEAT_SIZE = 8192 };

/* Local. Writes a text, always as long and over the one before: a disk that gets full later has room for it. What
 * fails is not told: the next beat tries again. */
void wn_beat_write(const char *path, const char text[WN_BEAT_SIZE]);

/* Local. False where there is nothing to read; a beat that is just being written reads as a change, or as nothing. */
bool wn_beat_read(const char *path, char text[WN_BEAT_SIZE]);

/* Local. Removes all beats of a directory: the files that are named by a number. */
void wn_beat_remove_all(const char *directory);

#endif
