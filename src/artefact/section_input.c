#include "sections.h"

#include "winnow/memory.h"

#include <string.h>

/* What is there. */
enum { HAS_TABLE = 1, HAS_MISSING = 2, HAS_LABEL_MISSING = 4, INFINITE_IS_MISSING = 8, ALL = 15 };

enum { MOST_NUMBERS = 1 << 20, MOST_TABLE = 1 << 16 };

static wn_status pack_numbers(wn_bytes *out, const double *numbers, size_t n)
{
    wn_status status = WN_OK;
    if (n == 0)
        return WN_OK;
    TRY(wn_pack_count(out, n));
    TRY(wn_pack_doubles(out, numbers, n, 0, NULL));
done:
    return status;
}

wn_status wn_section_pack_input(wn_bytes *out, const wn_input_rules *rules)
{
    wn_status status = WN_OK;
    unsigned flags = (rules->table != NULL ? HAS_TABLE : 0) | (rules->n_missing_values > 0 ? HAS_MISSING : 0) |
                     (rules->n_label_missing > 0 ? HAS_LABEL_MISSING : 0) |
                     (rules->infinite_is_missing ? INFINITE_IS_MISSING : 0);
    TRY(wn_pack_count(out, flags));
    if (rules->table != NULL) {
        TRY(wn_pack_count(out, strlen(rules->table)));
        TRY(wn_bytes_append(out, rules->table, strlen(rules->table)));
    }
    TRY(pack_numbers(out, rules->missing_values, rules->n_missing_values));
    TRY(pack_numbers(out, rules->label_missing, rules->n_label_missing));
done:
    return status;
}

static wn_status unpack_numbers(wn_cursor *cursor, double **numbers, size_t *n)
{
    wn_status status = WN_OK;
    uint64_t count = 0;
    TRY(wn_unpack_count(cursor, MOST_NUMBERS, &count));
    TRY(wn_new(numbers, count));
    TRY(wn_unpack_doubles(cursor, *numbers, count, 0, NULL));
    *n = count;
done:
    return status;
}

static wn_status unpack_table(wn_cursor *cursor, char **table)
{
    wn_status status = WN_OK;
    uint64_t n = 0;
    TRY(wn_unpack_count(cursor, MOST_TABLE, &n));
    if (n > cursor->n)
        TRY(wn_unpack_damaged());
    TRY(wn_new(table, n + 1));
    TRY(wn_unpack_raw(cursor, *table, n));
    if (strlen(*table) != n)
        TRY(wn_unpack_damaged());
done:
    return status;
}

wn_status wn_section_unpack_input(wn_cursor *cursor, wn_input_rules *rules)
{
    wn_status status = WN_OK;
    uint64_t flags = 0;
    TRY(wn_unpack_count(cursor, ALL, &flags));
    rules->infinite_is_missing = (flags & INFINITE_IS_MISSING) != 0;
    if ((flags & HAS_TABLE) != 0)
        TRY(unpack_table(cursor, &rules->table));
    if ((flags & HAS_MISSING) != 0)
        TRY(unpack_numbers(cursor, &rules->missing_values, &rules->n_missing_values));
    if ((flags & HAS_LABEL_MISSING) != 0)
        TRY(unpack_numbers(cursor, &rules->label_missing, &rules->n_label_missing));
done:
    return status;
}
