/* stop.h - the request to stop at the next checkpoint, looked at in every loop.
 * A signal makes it on one rank; the loops agree on it among ranks (agreement.h, gradient_sum.h) and end with
 * WN_STOPPED. */
#ifndef WINNOW_STOP_H
#define WINNOW_STOP_H

#include <stdbool.h>

/* Local. Asks this process to stop; safe in a signal handler. */
void wn_stop_request(void);

/* Local. As if asked at a moment of wn_clock_seconds (a time limit); INFINITY, the default, is never. */
void wn_stop_at(double seconds);

/* Local. Whether this process was asked, or its moment has come. */
bool wn_stop_requested(void);

/* Local. Forgets the request and the moment. */
void wn_stop_clear(void);

#endif
