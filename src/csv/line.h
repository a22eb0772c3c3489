/* line.h - where the lines of comma-separated text end: quotes hide newlines, and a range of a file may begin
 * inside of them. A quote opens only where a field begins, and two of them inside quotes are one, as in RFC 4180 and
 * pandas; lines end with LF, CR LF or CR. */
#ifndef WINNOW_CSV_LINE_H
#define WINNOW_CSV_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* What lies before a byte: no open quote, an open one, or a quote inside quotes of which the next byte tells whether it
 * closes them. */
typedef enum { WN_CSV_PLAIN, WN_CSV_QUOTED, WN_CSV_QUOTE, WN_CSV_STATES } wn_csv_state;

/* A walk over bytes, whose nearest special ones are kept: each is looked for once. */
typedef struct {
    const char *end, *newline, *carriage, *quote;
    char delimiter;
} wn_csv_walk;

enum { WN_CSV_BLANKS = 1024 };

/* Local. A walk over [text, end). */
wn_csv_walk wn_csv_walk_over(const char *text, const char *end, char delimiter);

/* Local. From `at`, which never goes back, where *state holds: the end of the line (its CR or LF); or the walk's end,
 * and then *state is what holds there. at[-1] can be read. */
const char *wn_csv_line_end(wn_csv_walk *walk, const char *at, wn_csv_state *state);

/* Local. Behind the CR, LF or CR LF that lies at `at`; one byte behind it can be read. */
const char *wn_csv_next_line(const char *at);

/* Local. Whether the line at `at` has nothing but at most WN_CSV_BLANKS spaces; `end` is where the file ends or what
 * was read of it. Such lines are no rows. */
bool wn_csv_is_blank(const char *at, const char *end, char delimiter);

/* Local. The first line that begins at or behind `at`, which lies inside the walk; NULL where the walk ends before.
 * at[-1] can be read, and so can the byte at the walk's end. */
const char *wn_csv_first_line(wn_csv_walk *walk, const char *at, wn_csv_state state);

#endif
