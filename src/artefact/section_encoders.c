/* What makes features that are not cells: behind the columns, nothing where all features are cells. */
#include "sections.h"

#include "winnow/encoder_facts.h"
#include "winnow/levels.h"
#include "winnow/memory.h"

#include <math.h>
#include <string.h>

/* The kinds by their numbers in the file: new ones are added behind. */
static const char *const kinds[] = {"one_hot", "indicator"};

enum { N_KINDS = sizeof kinds / sizeof *kinds, MAX_LEVEL_BYTES = 1 << 27 };

/* Flags of an encoder. */
enum { ARE_NUMBERS = 1, HAS_OTHERS = 2, N_FLAGS = 4 };

static wn_status number_of(const char *kind, uint64_t *number)
{
    for (*number = 0; *number < N_KINDS; (*number)++)
        if (strcmp(kinds[*number], kind) == 0)
            return WN_OK;
    return wn_fail(WN_INTERNAL, "encoder %s has no number in an artefact", kind);
}

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

static wn_status pack_encoder(wn_bytes *out, const wn_recipe *recipe, size_t e)
{
    wn_status status = WN_OK;
    wn_encoder_facts facts = {0};
    uint64_t number = 0;
    TRY(wn_recipe_encoder(recipe, e, &facts));
    TRY(number_of(facts.kind, &number));
    unsigned flags = (facts.are_numbers ? ARE_NUMBERS : 0) | (facts.has_others ? HAS_OTHERS : 0);
    TRY(wn_pack_count(out, number * N_FLAGS + flags));
    TRY(wn_pack_count(out, facts.column));
    TRY(wn_pack_count(out, (uint64_t)(facts.fill + 1)));
    TRY(wn_pack_count(out, facts.n_levels));
    if (facts.n_levels > 0)
        TRY(facts.are_numbers ? pack_numbers(out, &facts) : pack_strings(out, &facts));
done:
    wn_encoder_facts_clear(&facts);
    return status;
}

/* Which features are the network's inputs. */
static wn_status pack_selected(wn_bytes *out, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    unsigned char *is_selected = NULL;
    TRY(wn_new(&is_selected, recipe->n_features));
    for (size_t j = 0; j < recipe->n_selected; j++)
        is_selected[recipe->selected[j]] = 1;
    TRY(wn_pack_bytes(out, is_selected, recipe->n_features));
done:
    wn_free(is_selected);
    return status;
}

wn_status wn_section_pack_encoders(wn_bytes *out, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    if (wn_recipe_is_plain(recipe))
        return WN_OK;
    TRY(wn_pack_count(out, recipe->n_encoders));
    for (size_t e = 0; e < recipe->n_encoders; e++)
        TRY(pack_encoder(out, recipe, e));
    TRY(pack_selected(out, recipe));
done:
    return status;
}

/* An encoder as read, and the bytes that its levels lie in. */
typedef struct {
    wn_encoder_facts facts;
    unsigned char *bytes; /* owned */
} read_encoder;

static wn_status unpack_numbers(wn_cursor *cursor, read_encoder *read)
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

static wn_status unpack_strings(wn_cursor *cursor, read_encoder *read)
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

static wn_status unpack_encoder(wn_cursor *cursor, const wn_recipe *recipe, read_encoder *read)
{
    wn_status status = WN_OK;
    wn_encoder_facts *facts = &read->facts;
    uint64_t word = 0, column = 0, fill = 0, n_levels = 0;
    TRY(wn_unpack_count(cursor, N_KINDS * N_FLAGS - 1, &word));
    TRY(wn_unpack_count(cursor, recipe->n_columns - 1, &column));
    TRY(wn_unpack_count(cursor, WN_MAX_COLUMNS, &fill));
    TRY(wn_unpack_count(cursor, WN_MAX_COLUMNS, &n_levels));
    TRY(wn_new(&facts->levels, n_levels));
    facts->kind = kinds[word / N_FLAGS];
    facts->are_numbers = (word & ARE_NUMBERS) != 0;
    facts->has_others = (word & HAS_OTHERS) != 0;
    facts->column = column;
    facts->fill = (int64_t)fill - 1;
    facts->n_levels = n_levels;
    if (n_levels > 0)
        TRY(facts->are_numbers ? unpack_numbers(cursor, read) : unpack_strings(cursor, read));
done:
    return status;
}

static wn_status unpack_selected(wn_cursor *cursor, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    unsigned char *is_selected = NULL;
    size_t *selected = NULL, n = 0;
    TRY(wn_new(&is_selected, recipe->n_features));
    TRY(wn_new(&selected, recipe->n_features));
    TRY(wn_unpack_bytes(cursor, is_selected, recipe->n_features));
    for (size_t f = 0; f < recipe->n_features; f++) {
        if (is_selected[f] > 1)
            TRY(wn_unpack_damaged());
        if (is_selected[f] == 1)
            selected[n++] = f;
    }
    if (n == 0)
        TRY(wn_unpack_damaged());
    TRY(wn_recipe_select(recipe, selected, n));
done:
    wn_free(selected);
    wn_free(is_selected);
    return status;
}

/* The encoders (n), all zero before, into the recipe. */
static wn_status unpack_all(wn_cursor *cursor, wn_recipe *recipe, read_encoder *read, size_t n)
{
    wn_status status = WN_OK;
    wn_encoder_facts *facts = NULL; /* what lies in them is read's */
    size_t n_levels = 0;
    TRY(wn_new(&facts, n));
    for (size_t e = 0; e < n; e++) {
        TRY(unpack_encoder(cursor, recipe, &read[e]));
        facts[e] = read[e].facts;
        n_levels += facts[e].n_levels;
        if (n_levels > WN_MAX_COLUMNS)
            TRY(wn_unpack_damaged());
    }
    TRY(wn_recipe_set_encoders(recipe, facts, n));
    TRY(unpack_selected(cursor, recipe));
    if (cursor->n != 0)
        TRY(wn_unpack_damaged());
done:
    wn_free(facts);
    return status;
}

wn_status wn_section_unpack_encoders(wn_cursor *cursor, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    read_encoder *read = NULL;
    uint64_t n = 0;
    if (cursor->n == 0)
        return recipe->n_features > 0 ? WN_OK : wn_unpack_damaged();
    TRY(wn_unpack_count(cursor, 2 * recipe->n_columns, &n));
    if (n == 0)
        TRY(wn_unpack_damaged());
    TRY(wn_new(&read, n));
    TRY(unpack_all(cursor, recipe, read, n));
done:
    for (size_t e = 0; read != NULL && e < n; e++) {
        wn_encoder_facts_clear(&read[e].facts);
        wn_free(read[e].bytes);
    }
    wn_free(read);
    return status;
}
