/* number.h - decimal numbers in text, to the nearest double or to an exact integer, whatever the locale.
 * Texts end with a byte that belongs to no number, and at least 8 bytes more can be read there. */
#ifndef WINNOW_CSV_NUMBER_H
#define WINNOW_CSV_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

enum { WN_NUMBER_SLACK = 8 };

typedef struct {
    uint64_t magnitude;
    bool is_negative;
    bool is_huge; /* the magnitude does not fit 64 bits, and is not meaningful */
} wn_integer;

/* Local. Reads [+-]digits; returns where it ends, NULL where no integer begins. */
const char *wn_number_integer(const char *text, wn_integer *integer);

/* Local. Reads [+-](digits[.digits]|.digits)[(e|E)[+-]digits], rounded to the nearest double, ties to even, as strtod
 * does: beyond the largest it is infinite. Returns where it ends, NULL where no number begins. */
const char *wn_number_real(const char *text, double *value);

#endif
