/* The levels of a category: flags, the level of gaps, how many, then numbers as doubles or strings as lengths and
 * bytes. */
#include "encoder_sections.h"
#include "sections.h"

#include "winnow/levels.h"
#include "winnow/memory.h"

#include <math.h>

enum { ARE_NUMBERS = 1, HAS_OTHERS = 2, ALL_FLAGS = 3, MAX_LEVEL_BYTES = 1 << 27 };

static wn_status pack_numbers(wn_bytes *out, const wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    double *values = NULL;
    TRY(wn_new(&values, facts->n_levels));
    for (size_t i = 0; i < facts->n_levels; i++)
        values[i] = wn_level_value(facts->levels[i]);
    TRY(wn_pack_doubles(out, values, facts->n_levels, 0, NULL));
done:
    wn_free(values);
    return status;
}

/* Length and bytes of each level. */
static wn_status pack_strings(wn_bytes *out, const wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    wn_bytes text = {0};
    for (size_t i = 0; i < facts->n_levels; i++) {
        TRY(wn_pack_count(&text, facts->levels[i].n_bytes));
        TRY(wn_bytes_append(&text, facts->levels[i].data, facts->levels[i].n_bytes));
    }
    TRY(wn_pack_count(out, text.n));
    TRY(wn_pack_bytes(out, text.data, text.n));
done:
    wn_bytes_clear(&text);
    return status;
}

wn_status wn_section_pack_levels(wn_bytes *out, const wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    TRY(wn_pack_count(out, (facts->are_numbers ? ARE_NUMBERS : 0) | (facts->has_others ? HAS_OTHERS : 0)));
    TRY(wn_pack_count(out, (uint64_t)(facts->fill + 1)));
    TRY(wn_pack_count(out, facts->n_levels));
    if (facts->n_levels > 0)
        TRY(facts->are_numbers ? pack_numbers(out, facts) : pack_strings(out, facts));
done:
    return status;
}

static wn_status unpack_numbers(wn_cursor *cursor, wn_read_encoder *read)
{
    wn_status status = WN_OK;
    double *values = NULL;
    size_t n = read->facts.n_levels;
    TRY(wn_new(&values, n));
    read->bytes = (unsigned char *)values;
    TRY(wn_unpack_doubles(cursor, values, n, 0, NULL));
    for (size_t i = 0; i < n; i++) {
        if (isnan(values[i]))
            TRY(wn_unpack_damaged());
        read->facts.levels[i] = (wn_text){(const char *)&values[i], sizeof *values};
    }
done:
    return status;
}

static wn_status unpack_strings(wn_cursor *cursor, wn_read_encoder *read)
{
    wn_status status = WN_OK;
    uint64_t n_bytes = 0;
    TRY(wn_unpack_count(cursor, MAX_LEVEL_BYTES, &n_bytes));
    TRY(wn_new(&read->bytes, n_bytes));
    TRY(wn_unpack_bytes(cursor, read->bytes, n_bytes));
    wn_cursor inside = {read->bytes, n_bytes};
    for (size_t i = 0; i < read->facts.n_levels; i++) {
        uint64_t n = 0;
        TRY(wn_unpack_count(&inside, WN_MAX_COLUMNS, &n));
        if (n > inside.n)
            TRY(wn_unpack_damaged());
        read->facts.levels[i] = (wn_text){(const char *)inside.data, n};
        inside = (wn_cursor){inside.data + n, inside.n - n};
    }
    if (inside.n != 0)
        TRY(wn_unpack_damaged());
done:
    return status;
}

wn_status wn_section_unpack_levels(wn_cursor *cursor, wn_read_encoder *read)
{
    wn_status status = WN_OK;
    wn_encoder_facts *facts = &read->facts;
    uint64_t flags = 0, fill = 0, n_levels = 0;
    TRY(wn_unpack_count(cursor, ALL_FLAGS, &flags));
    TRY(wn_unpack_count(cursor, WN_MAX_COLUMNS, &fill));
    TRY(wn_unpack_count(cursor, WN_MAX_COLUMNS, &n_levels));
    TRY(wn_new(&facts->levels, n_levels));
    facts->are_numbers = (flags & ARE_NUMBERS) != 0;
    facts->has_others = (flags & HAS_OTHERS) != 0;
    facts->fill = (int64_t)fill - 1;
    facts->n_levels = n_levels;
    if (n_levels > 0)
        TRY(facts->are_numbers ? unpack_numbers(cursor, read) : unpack_strings(cursor, read));
done:
    return status;
}
