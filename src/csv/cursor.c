#include "cursor.h"

#include "number.h"
#include "winnow/utf8.h"

#include <string.h>

static wn_csv_manner manner_of(const wn_csv_column *column)
{
    if (column->meanings & WN_CSV_TEXT)
        return WN_CSV_AS_TEXT;
    if ((column->meanings & ~(unsigned)WN_CSV_GAP) == WN_CSV_INTEGER)
        return WN_CSV_AS_INTEGER;
    return column->meanings & WN_CSV_REAL ? WN_CSV_AS_REAL : WN_CSV_AS_ANY;
}

/* A cursor begins with what the guess saw, but counts bytes anew: those of the guess come by again. */
void wn_csv_cursor_set(wn_csv_cursor *cursor, const wn_csv_dataset *d, const wn_csv_column *column)
{
    cursor->seen = *column;
    cursor->seen.n_bytes = 0;
    cursor->storage = d->storage;
    cursor->type = d->type;
    cursor->cell_bytes = d->cell_bytes;
    cursor->stride = d->cell_bytes * d->width;
    cursor->manner = manner_of(column);
    if (cursor->manner != WN_CSV_AS_TEXT && d->storage != WN_CSV_NUMBERS)
        cursor->manner = WN_CSV_AS_ANY;
}

static void store_integer(const wn_csv_cursor *cursor, int64_t value)
{
    int8_t one = (int8_t)value;
    int16_t two = (int16_t)value;
    int32_t four = (int32_t)value;
    double real = (double)value;
    switch (cursor->cell_bytes) {
    case 1:
        memcpy(cursor->at, &one, sizeof one);
        break;
    case 2:
        memcpy(cursor->at, &two, sizeof two);
        break;
    case 4:
        memcpy(cursor->at, &four, sizeof four);
        break;
    default:
        memcpy(cursor->at, cursor->type == WN_STORE_FLOAT64 ? (void *)&real : (void *)&value, sizeof value);
    }
}

/* What does not fit is cut: then the layout was guessed wrong, and these cells are not kept. */
static void store_text(const wn_csv_cursor *cursor, const wn_csv_field *field)
{
    size_t n = field->n < cursor->cell_bytes ? field->n : cursor->cell_bytes;
    memcpy(cursor->at, field->text, n);
    memset(cursor->at + n, 0, cursor->cell_bytes - n);
}

static void store(const wn_csv_cursor *cursor, const wn_csv_field *field, const wn_csv_value *value)
{
    if (cursor->storage == WN_CSV_TEXTS)
        store_text(cursor, value->meaning == WN_CSV_GAP ? &(wn_csv_field){.text = field->text} : field);
    else if (cursor->storage == WN_CSV_NUMBERS && cursor->type == WN_STORE_FLOAT64)
        memcpy(cursor->at, &value->real, sizeof value->real);
    else if (cursor->storage == WN_CSV_NUMBERS)
        store_integer(cursor, (int64_t)value->integer);
}

/* Any field; NULL where it is not UTF-8. */
static char *take_any(const wn_csv_rules *rules, wn_csv_cursor *cursor, char *at)
{
    wn_csv_field field;
    at = wn_csv_take_field(at, rules->end, rules->delimiter, &field);
    wn_csv_value value = wn_csv_judge(&field);
    if (!rules->is_ascii && value.meaning == WN_CSV_TEXT && !wn_utf8_is_valid(field.text, field.n))
        return NULL;
    wn_csv_column_add(&cursor->seen, &field, &value);
    if (cursor->at != NULL)
        store(cursor, &field, &value);
    else
        cursor->manner = manner_of(&cursor->seen);
    return at;
}

static void count_bytes(wn_csv_column *seen, int64_t n)
{
    seen->n_bytes += n;
    seen->longest = n > seen->longest ? n : seen->longest;
}

static char *take_real(const wn_csv_rules *rules, wn_csv_cursor *cursor, char *at)
{
    double value;
    const char *end = wn_number_real(at, &value);
    if (end == NULL || !rules->is_end[(unsigned char)*end])
        return take_any(rules, cursor, at);
    if (cursor->at != NULL)
        memcpy(cursor->at, &value, sizeof value);
    return at + (end - at);
}

static char *take_integer(const wn_csv_rules *rules, wn_csv_cursor *cursor, char *at)
{
    wn_integer integer;
    const char *end = wn_number_integer(at, &integer);
    bool is_negative_zero = integer.is_negative && integer.magnitude == 0; /* has a sign among float64 */
    if (end == NULL || !rules->is_end[(unsigned char)*end] || integer.is_huge || integer.magnitude > INT64_MAX ||
        is_negative_zero)
        return take_any(rules, cursor, at);
    int64_t value = integer.is_negative ? -(int64_t)integer.magnitude : (int64_t)integer.magnitude;
    wn_csv_column *seen = &cursor->seen;
    seen->least = value < seen->least ? value : seen->least;
    seen->greatest = value > seen->greatest ? value : seen->greatest;
    if (cursor->at != NULL)
        store_integer(cursor, value);
    return at + (end - at);
}

static char *take_text(const wn_csv_rules *rules, wn_csv_cursor *cursor, char *at)
{
    char *end = at;
    if (*at == '"')
        return take_any(rules, cursor, at);
    while (!rules->is_end[(unsigned char)*end])
        end++;
    wn_csv_field field = {.text = at, .n = (size_t)(end - at)};
    if (!wn_csv_is_word(&field))
        return take_any(rules, cursor, at);
    if (!rules->is_ascii && !wn_utf8_is_valid(field.text, field.n))
        return NULL;
    count_bytes(&cursor->seen, end - at);
    if (cursor->at != NULL && cursor->storage == WN_CSV_TEXTS)
        store_text(cursor, &field);
    return end;
}

char *wn_csv_cursor_take(wn_csv_cursor *cursor, const wn_csv_rules *rules, char *at)
{
    switch (cursor->manner) {
    case WN_CSV_AS_REAL:
        return take_real(rules, cursor, at);
    case WN_CSV_AS_INTEGER:
        return take_integer(rules, cursor, at);
    case WN_CSV_AS_TEXT:
        return take_text(rules, cursor, at);
    default:
        return take_any(rules, cursor, at);
    }
}
