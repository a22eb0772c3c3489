/* html.h - a page that grows. Text is escaped, markup is not: markup is only ever a literal of this program. Running
 * out of memory is remembered and told at the end. Tables and lists of facts are in table.h. */
#ifndef WINNOW_REPORT_HTML_H
#define WINNOW_REPORT_HTML_H

#include "winnow/status.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    char *bytes; /* NUL-terminated once something was added */
    size_t n, capacity;
    wn_status status;
} wn_html;

/* Local. Adds markup as it is. */
void wn_html_markup(wn_html *html, const char *markup);

/* Local. Adds a text: & < > " ' are escaped; bytes that are not UTF-8 and characters that HTML cannot hold, or that
 * turn the direction of what follows, become U+FFFD. */
void wn_html_text(wn_html *html, const char *text);

/* Local. Adds a text by printf's rules, escaped. */
void wn_html_format(wn_html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Local. Numbers: six digits to read, in <data> with the exact value where that has more. NaN is a dash. */
void wn_html_real(wn_html *html, double value);
void wn_html_integer(wn_html *html, int64_t value);

/* Local. A number of bytes: "18.9 kB", in <data> with the number. */
void wn_html_bytes(wn_html *html, double value);

/* Local. A value of run.json: numbers as above, texts escaped, null is "not finite", NULL a dash, lists with commas,
 * objects as JSON. */
void wn_html_json(wn_html *html, const json_t *value);

/* Local. A part of the page with its heading, and its end. */
void wn_html_section_begin(wn_html *html, const char *id, const char *title);
void wn_html_section_end(wn_html *html);

/* Local. A paragraph by printf's rules, escaped. */
void wn_html_note(wn_html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Local. A part that a click opens, and its end. */
void wn_html_details_begin(wn_html *html, const char *summary);
void wn_html_details_end(wn_html *html);

/* Local. The page (its new owner is the caller), or the failure on the way. The html is then empty. */
WN_MUST_USE wn_status wn_html_finish(wn_html *html, char **bytes, size_t *n);

#endif
