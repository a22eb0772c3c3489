/* clock.h - seconds for measuring, and the wall's time for people. */
#ifndef WINNOW_CLOCK_H
#define WINNOW_CLOCK_H

#include <stddef.h>

enum { WN_CLOCK_TEXT_SIZE = 32 };

/* Local. Seconds of a clock that never jumps; its zero is arbitrary. */
double wn_clock_seconds(void);

/* Local. Now in UTC as "2026-01-31T12:00:00Z". */
void wn_clock_text(char text[WN_CLOCK_TEXT_SIZE]);

#endif
