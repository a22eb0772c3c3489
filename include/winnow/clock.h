/* clock.h - seconds for measuring and waiting, and the wall's time for people. */
#ifndef WINNOW_CLOCK_H
#define WINNOW_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { WN_CLOCK_TEXT_SIZE = 32 };

/* Local. Seconds of a clock that never jumps; its zero is arbitrary. */
double wn_clock_seconds(void);

/* Local. Makes a condition for wn_clock_wait; the caller destroys it. */
void wn_clock_condition(pthread_cond_t *condition);

/* Local. pthread_cond_wait until a moment of wn_clock_seconds at most; false when that has come. */
bool wn_clock_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, double moment);

/* Local. Now in UTC as "2026-01-31T12:00:00Z". */
void wn_clock_text(char text[WN_CLOCK_TEXT_SIZE]);

#endif
