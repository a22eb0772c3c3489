/* cell.h - one field of comma-separated text: where it ends, and what it says. */
#ifndef WINNOW_CSV_CELL_H
#define WINNOW_CSV_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a field says; a set of these is what the fields of a column say. */
typedef enum {
    WN_CSV_GAP = 1 << 0,
    WN_CSV_BOOL = 1 << 1,    /* true or false */
    WN_CSV_INTEGER = 1 << 2, /* fits int64 */
    WN_CSV_BIG = 1 << 3,     /* an integer above that, fits uint64 */
    WN_CSV_HUGE = 1 << 4,    /* any other integer */
    WN_CSV_REAL = 1 << 5,    /* a number with a fraction or an exponent, or infinite */
    WN_CSV_TEXT = 1 << 6,
    WN_CSV_N_MEANINGS = 7
} wn_csv_meaning;

typedef struct {
    char *text; /* n bytes without quotes */
    size_t n;
} wn_csv_field;

typedef struct {
    wn_csv_meaning meaning;
    uint64_t integer; /* of BOOL, INTEGER and BIG, negative ones in two's complement */
    double real;      /* of numbers and BOOL; NaN of gaps */
} wn_csv_value;

/* Local. Takes the field that begins at `at`, removing quotes in place, and returns its end: a delimiter, CR, LF or
 * `end`. Behind `end` bytes can be read as number.h says, the first of which is 0. */
char *wn_csv_take_field(char *at, const char *end, char delimiter, wn_csv_field *field);

/* Local. What a field says; spaces around gaps, numbers and booleans do not count. Gaps are nothing at all and the
 * words of pandas' read_csv ("NA", "NaN", "null", "N/A", "#N/A", "<NA>", "1.#QNAN", ...), and "None" and "?" too. */
wn_csv_value wn_csv_judge(const wn_csv_field *field);

/* Local. Whether a field is not empty, no gap, and has no space at its ends: as a text it is itself. */
bool wn_csv_is_word(const wn_csv_field *field);

#endif
