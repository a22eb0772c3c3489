/* table.h - tables and lists of facts on a page. A table scrolls in a box of its own and has at most
 * WN_TABLE_ROWS rows; what is left out is said below it. */
#ifndef WINNOW_REPORT_TABLE_H
#define WINNOW_REPORT_TABLE_H

#include "html.h"

enum { WN_TABLE_ROWS = 200 };

/* Local. Begins a table with n headings; its name is read out to those who cannot see it. */
void wn_table_begin(wn_html *html, const char *name, const char *const *headings, size_t n);
void wn_table_end(wn_html *html);

/* Local. Begins a row, whose first cell is a heading: a text, or a number. */
void wn_table_row(wn_html *html, const char *heading);
void wn_table_row_number(wn_html *html, double heading);
void wn_table_row_end(wn_html *html);

/* Local. Cells of a row. */
void wn_table_text(wn_html *html, const char *text);
void wn_table_real(wn_html *html, double value);
void wn_table_integer(wn_html *html, int64_t value);
void wn_table_bytes(wn_html *html, const json_t *value);
void wn_table_json(wn_html *html, const json_t *value);

/* Local. Below a table: how many of n rows were left out, if any, and where all of them are. */
void wn_table_left_out(wn_html *html, size_t n, const char *what, const char *where);

/* Local. A list of facts, each a name and a value. */
void wn_facts_begin(wn_html *html);
void wn_facts_end(wn_html *html);
void wn_fact_json(wn_html *html, const char *name, const json_t *value);
void wn_fact_bytes(wn_html *html, const char *name, const json_t *value);
void wn_fact_format(wn_html *html, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
