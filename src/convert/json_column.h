/* json_column.h - the columns that the fields of JSON lines make, found by looking at all of them. */
#ifndef WINNOW_CONVERT_JSON_COLUMN_H
#define WINNOW_CONVERT_JSON_COLUMN_H

#include "winnow/table_writer.h"

#include <jansson.h>

enum { WN_JSON_MOST_COLUMNS = 65536, WN_JSON_TEXT_SIZE = 32 };

/* What the values of a column are, a set; null is none. */
typedef enum { WN_JSON_BOOL = 1, WN_JSON_INTEGER = 2, WN_JSON_REAL = 4, WN_JSON_STRING = 8 } wn_json_meaning;

typedef struct {
    char *name;              /* owned */
    unsigned meanings;       /* of wn_json_meaning */
    int64_t n_values;        /* that are not null */
    int64_t least, greatest; /* of integers */
    int64_t last_row;        /* which had it last, from 1 */
    size_t longest, n_bytes; /* of all values as texts */
} wn_json_column;

/* Columns in the order of their first appearance. All zero is none. */
typedef struct {
    wn_json_column *columns; /* (n) owned */
    size_t n, room;
    uint32_t *slots; /* (2 x room) by hash of the name: a number + 1, or 0; owned */
} wn_json_columns;

/* Local. The column of a name, or NULL. */
wn_json_column *wn_json_columns_find(const wn_json_columns *columns, const char *name);

/* Local. Looks at a value of a row, of a column that is made where it is new. Fails: WN_BAD_DATA (the row has it twice,
 * too many columns), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_json_columns_look(wn_json_columns *columns, int64_t row, const char *name,
                                           const json_t *value);

/* Local. Leaves out columns of nothing but null whose name is that of an object in other rows. */
void wn_json_columns_settle(wn_json_columns *columns);

/* Local. */
void wn_json_columns_clear(wn_json_columns *columns);

/* Local. How a column is stored in a table of n_rows rows: as texts, or as numbers of a type; and whether integers
 * beyond 2^53 are rounded so. */
bool wn_json_column_is_text(const wn_json_column *column);
wn_store_type wn_json_column_type(const wn_json_column *column, int64_t n_rows);
bool wn_json_column_loses_digits(const wn_json_column *column, int64_t n_rows);

/* Local. A value as text: a string's own bytes, else in `made`; "" for null. */
const char *wn_json_value_text(const json_t *value, char made[WN_JSON_TEXT_SIZE]);

#endif
