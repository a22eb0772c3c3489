/* watchdog.h - ends a run in which a rank, or a read, has stopped for good, with a line that names it and status 76.
 * A rank that is stopped, or whose node is cut off, cannot tell so itself, and the others wait for it in MPI without
 * end. So a thread on every rank, which never communicates by MPI, writes a beat into a file of the rank's own, and
 * reads that of the next rank: a ring. It judges by its own clock alone whether the other's beat has changed; time in
 * which it was itself stopped (a suspended job) does not count. Long computing, or waiting for others, is no hang. It
 * costs a write and a read of a small file by every rank at each beat, at most every 15 s: about 1,300 opens a second
 * of the file system at 10,000 ranks. */
#ifndef WINNOW_WATCHDOG_H
#define WINNOW_WATCHDOG_H

#include "winnow/ranks.h"

/* Collective. Starts watching; beats lie in `directory` (made, and emptied of earlier beats), which all ranks see. What
 * gives no sign of life for so many seconds has hung; 0 starts nothing. Where the directory cannot be written, a
 * warning says so and only reads are watched. Fails: WN_INTERNAL where no thread can be started, agreed. */
WN_MUST_USE wn_status wn_watchdog_start(const wn_ranks *ranks, const char *directory, double seconds);

/* Collective. Ends watching and removes the beats; fine without a start. */
void wn_watchdog_stop(const wn_ranks *ranks);

/* Local. What this rank is at, for its beat; static text. */
void wn_watchdog_stage(const char *stage);

/* Local. This process begins to read a file (NULL: it has ended); the text outlives the reading. One file at a time. */
void wn_watchdog_reading(const char *path);

#endif
