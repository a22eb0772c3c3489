/* cursor.h - one column on its way through the rows: takes a field, counts what it says, stores its cell. What most
 * fields of the column are is tried first. */
#ifndef WINNOW_CSV_CURSOR_H
#define WINNOW_CSV_CURSOR_H

#include "layout.h"

/* How a column's fields are tried first. */
typedef enum { WN_CSV_AS_ANY, WN_CSV_AS_REAL, WN_CSV_AS_INTEGER, WN_CSV_AS_TEXT } wn_csv_manner;

typedef struct {
    wn_csv_column seen;
    wn_csv_manner manner;
    wn_csv_storage storage;
    wn_store_type type;
    size_t cell_bytes, stride;
    char *at; /* the next row's cell; NULL: none is made */
} wn_csv_cursor;

/* What must be known of a run of text to take fields from it. */
typedef struct {
    char delimiter;
    bool is_end[256]; /* bytes that end a field without quotes */
    bool is_ascii;    /* no byte is zero or above 127 */
    char *end;
} wn_csv_rules;

/* Local. For a column of which this was seen, in this dataset. */
void wn_csv_cursor_set(wn_csv_cursor *cursor, const wn_csv_dataset *dataset, const wn_csv_column *column);

/* Local. Takes the field that begins at `at`, and returns its end; NULL where it is not UTF-8. */
char *wn_csv_cursor_take(wn_csv_cursor *cursor, const wn_csv_rules *rules, char *at);

#endif
