#include "json_column.h"

#include "winnow/hash.h"
#include "winnow/memory.h"
#include "winnow/number_text.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_COLUMNS = 16 };

/* The slot of a name, or the empty one where it would go. */
static size_t slot_of(const wn_json_columns *columns, const char *name)
{
    size_t mask = 2 * columns->room - 1, at = wn_hash_bytes(name, strlen(name), 0).low & mask;
    while (columns->slots[at] != 0 && strcmp(columns->columns[columns->slots[at] - 1].name, name) != 0)
        at = (at + 1) & mask;
    return at;
}

wn_json_column *wn_json_columns_find(const wn_json_columns *columns, const char *name)
{
    if (columns->n == 0)
        return NULL;
    uint32_t number = columns->slots[slot_of(columns, name)];
    return number > 0 ? &columns->columns[number - 1] : NULL;
}

static wn_status grow(wn_json_columns *columns)
{
    wn_status status = WN_OK;
    uint32_t *slots = NULL;
    size_t room = columns->room > 0 ? 2 * columns->room : FIRST_COLUMNS;
    TRY(wn_new(&slots, 2 * room));
    TRY(wn_resize(&columns->columns, room));
    wn_free(columns->slots);
    columns->slots = slots;
    slots = NULL;
    columns->room = room;
    for (size_t i = 0; i < columns->n; i++)
        columns->slots[slot_of(columns, columns->columns[i].name)] = (uint32_t)i + 1;
done:
    wn_free(slots);
    return status;
}

static wn_status add(wn_json_columns *columns, const char *name, wn_json_column **column)
{
    wn_status status = WN_OK;
    if (columns->n == WN_JSON_MOST_COLUMNS)
        return wn_fail(WN_BAD_DATA, "more than %d fields of different names: are names values here?",
                       (int)WN_JSON_MOST_COLUMNS);
    if (columns->n == columns->room)
        TRY(grow(columns));
    wn_json_column *made = &columns->columns[columns->n];
    *made = (wn_json_column){.least = INT64_MAX, .greatest = INT64_MIN};
    TRY(wn_string_copy(&made->name, name));
    columns->slots[slot_of(columns, name)] = (uint32_t)++columns->n;
    *column = made;
done:
    return status;
}

static unsigned meaning_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_TRUE:
    case JSON_FALSE:
        return WN_JSON_BOOL;
    case JSON_INTEGER:
        return WN_JSON_INTEGER;
    case JSON_REAL:
        return WN_JSON_REAL;
    case JSON_STRING:
        return WN_JSON_STRING;
    default:
        return 0;
    }
}

static void look(wn_json_column *column, const json_t *value)
{
    char made[WN_JSON_TEXT_SIZE];
    unsigned meaning = meaning_of(value);
    size_t n_bytes = strlen(wn_json_value_text(value, made));
    column->meanings |= meaning;
    column->n_values += meaning != 0;
    column->n_bytes += n_bytes;
    column->longest = n_bytes > column->longest ? n_bytes : column->longest;
    if (meaning != WN_JSON_INTEGER)
        return;
    int64_t integer = json_integer_value(value);
    column->least = integer < column->least ? integer : column->least;
    column->greatest = integer > column->greatest ? integer : column->greatest;
}

wn_status wn_json_columns_look(wn_json_columns *columns, int64_t row, const char *name, const json_t *value)
{
    wn_status status = WN_OK;
    wn_json_column *column = wn_json_columns_find(columns, name);
    if (column == NULL)
        TRY(add(columns, name, &column));
    if (column->last_row == row)
        TRY(wn_fail(WN_BAD_DATA, "two fields are called '%s'", name));
    column->last_row = row;
    look(column, value);
done:
    return status;
}

static bool is_object_elsewhere(const wn_json_columns *columns, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < columns->n; i++)
        if (strncmp(columns->columns[i].name, name, n) == 0 && columns->columns[i].name[n] == '.')
            return true;
    return false;
}

void wn_json_columns_settle(wn_json_columns *columns)
{
    enum { LEFT_OUT = -1 };
    size_t kept = 0;
    for (size_t i = 0; i < columns->n; i++) {
        wn_json_column *column = &columns->columns[i];
        if (column->meanings == 0 && is_object_elsewhere(columns, column->name))
            column->last_row = LEFT_OUT;
    }
    for (size_t i = 0; i < columns->n; i++) {
        if (columns->columns[i].last_row == LEFT_OUT)
            wn_free(columns->columns[i].name);
        else
            columns->columns[kept++] = columns->columns[i];
    }
    columns->n = kept;
    memset(columns->slots, 0, 2 * columns->room * sizeof *columns->slots);
    for (size_t i = 0; i < kept; i++)
        columns->slots[slot_of(columns, columns->columns[i].name)] = (uint32_t)i + 1;
}

void wn_json_columns_clear(wn_json_columns *columns)
{
    for (size_t i = 0; i < columns->n; i++)
        wn_free(columns->columns[i].name);
    wn_free(columns->columns);
    wn_free(columns->slots);
    *columns = (wn_json_columns){0};
}

bool wn_json_column_is_text(const wn_json_column *column)
{
    bool is_mixed = column->meanings & WN_JSON_BOOL && column->meanings & (WN_JSON_INTEGER | WN_JSON_REAL);
    return column->meanings & WN_JSON_STRING || is_mixed;
}

wn_store_type wn_json_column_type(const wn_json_column *column, int64_t n_rows)
{
    static const struct {
        wn_store_type type;
        int64_t least, greatest;
    } types[] = {{WN_STORE_INT8, INT8_MIN, INT8_MAX},
                 {WN_STORE_UINT8, 0, UINT8_MAX},
                 {WN_STORE_INT16, INT16_MIN, INT16_MAX},
                 {WN_STORE_INT32, INT32_MIN, INT32_MAX},
                 {WN_STORE_INT64, INT64_MIN, INT64_MAX}};
    size_t i = 0;
    if (column->n_values < n_rows || column->meanings & WN_JSON_REAL)
        return WN_STORE_FLOAT64;
    if (column->meanings == WN_JSON_BOOL)
        return WN_STORE_BOOL;
    while (column->least < types[i].least || column->greatest > types[i].greatest)
        i++;
    return types[i].type;
}

bool wn_json_column_loses_digits(const wn_json_column *column, int64_t n_rows)
{
    static const int64_t most = (int64_t)1 << 53;
    return !wn_json_column_is_text(column) && column->meanings & WN_JSON_INTEGER &&
           wn_json_column_type(column, n_rows) == WN_STORE_FLOAT64 &&
           (column->least < -most || column->greatest > most);
}

const char *wn_json_value_text(const json_t *value, char made[WN_JSON_TEXT_SIZE])
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return json_string_value(value);
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_INTEGER:
        snprintf(made, WN_JSON_TEXT_SIZE, "%lld", (long long)json_integer_value(value));
        return made;
    case JSON_REAL:
        wn_number_text(json_real_value(value), made);
        return made;
    default:
        return "";
    }
}
