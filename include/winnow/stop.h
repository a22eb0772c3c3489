/* stop.h - the request to stop at the next checkpoint, looked at in every loop.
 * A signal or a time limit makes it on one rank; the loops agree on it among ranks (agreement.h, gradient_sum.h) and
 * end with WN_STOPPED. Any thread may ask and look. */
#ifndef WINNOW_STOP_H
#define WINNOW_STOP_H

#include "winnow/status.h"

#include <stdbool.h>

/* Local. Asks this process to stop; safe in a signal handler, whose signal it is (0: of none). */
void wn_stop_request(int signal);

/* Local. As if asked at a moment of wn_clock_seconds (a time limit); INFINITY, the default, is never. */
void wn_stop_at(double seconds);

/* Local. Whether this process was asked, or its moment has come. */
bool wn_stop_requested(void);

/* Local. WN_STOPPED, with the cause as far as this process knows it, where the loop was, and how to go on. */
WN_MUST_USE wn_status wn_stop_fail(const char *where);

/* Local. Forgets the request and the moment. */
void wn_stop_clear(void);

#endif
