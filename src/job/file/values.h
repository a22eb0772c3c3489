/* values.h - numbers, sizes and durations as a job file spells them. */
#ifndef WINNOW_JOB_VALUES_H
#define WINNOW_JOB_VALUES_H

#include <stdbool.h>
#include <stdint.h>

/* Local. Like all below it reads the whole text or nothing, and says whether it could; *value stays untouched when not:
 * true, True, TRUE, false, False, FALSE. */
bool wn_value_boolean(const char *text, bool *value);

/* Local. A sign and decimal digits that fit int64. */
bool wn_value_integer(const char *text, int64_t *value);

/* Local. A finite decimal, with or without point and exponent. */
bool wn_value_number(const char *text, double *value);

/* Local. Bytes: a number and B, kB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB (of 1024), as in 2GiB or 1.5 GiB;
 * a plain integer is bytes. Rounded down. */
bool wn_value_size(const char *text, int64_t *bytes);

/* Local. Seconds: a number and ms, s, min, h or d, as in 30min. */
bool wn_value_duration(const char *text, double *seconds);

#endif
