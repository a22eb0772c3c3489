/* watchdog.h - ends a run in which a rank, or a read, has stopped for good, with a line that names it and status 76.
 * A rank that is stopped, or whose node is cut off, cannot tell so itself, and the others wait for it in MPI without
 * end. So a thread on every rank, which never communicates by MPI, writes a beat into a file of the rank's own, and
 * reads that of the next rank: a ring. A second thread, which touches no file, judges by its own monotonic clock alone:
 * whether the other's beat has changed, whether a read of the table, or the first thread's access to the beats, has
 * come back. Time in which it was itself stopped (a suspended job) does not count. Long computing, or waiting for
 * others, is no hang.
 *
 * Costs, by rank: two threads that sleep, one file of 8 KiB in the run directory, and at each beat two opens, a write
 * of 8 KiB, a read of 8 KiB and two closes: 6 system calls on files. A beat is due after an eighth of the limit, at
 * most after 15 s, which is the default of 10 minutes': 240 beats and 480 opens an hour, at 10,000 ranks 1,300 opens a
 * second of the file system. */
#ifndef WINNOW_WATCHDOG_H
#define WINNOW_WATCHDOG_H

#include "winnow/ranks.h"

/* Collective. Starts watching; beats lie in `directory` (made, and emptied of earlier beats), which all ranks see. What
 * gives no sign of life for so many seconds has hung (and is told by the rank with the best knowledge of it: up to five
 * beats and two seconds later); 0 starts nothing. Where the directory cannot be written, or ranks do not see each
 * other's beats there, a warning says so and only reads are watched. Fails: WN_INTERNAL where no thread can be started,
 * agreed. */
WN_MUST_USE wn_status wn_watchdog_start(const wn_ranks *ranks, const char *directory, double seconds);

/* Collective. Ends watching, once all ranks are here, and removes the beats; fine without a start. */
void wn_watchdog_stop(const wn_ranks *ranks);

/* Local. Removes the beats that a run which was killed has left, and their directory if nothing else is in it. */
void wn_watchdog_clear(const char *directory);

/* Local. What this rank is at, for its beat; static text. */
void wn_watchdog_stage(const char *stage);

/* Local. This process begins to read a file (NULL: it has ended); the text outlives the reading. One file at a time. */
void wn_watchdog_reading(const char *path);

#endif
