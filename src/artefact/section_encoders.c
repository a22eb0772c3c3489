/* What makes features that are not cells: behind the columns, nothing where all features are cells. */
#include "sections.h"

#include "encoder_sections.h"

#include "winnow/memory.h"

#include <string.h>

static wn_status pack_nothing(wn_bytes *out, const wn_encoder_facts *facts)
{
    (void)out;
    (void)facts;
    return WN_OK;
}

static wn_status unpack_nothing(wn_cursor *cursor, wn_read_encoder *read)
{
    (void)cursor;
    (void)read;
    return WN_OK;
}

/* By their numbers in the file: new ones are added behind. */
static const wn_encoder_section kinds[] = {{"one_hot", wn_section_pack_levels, wn_section_unpack_levels},
                                           {"indicator", pack_nothing, unpack_nothing},
                                           {"ordinal", wn_section_pack_levels, wn_section_unpack_levels},
                                           {"image", wn_section_pack_image, wn_section_unpack_image},
                                           {"terms", wn_section_pack_terms, wn_section_unpack_terms},
                                           {"target", wn_section_pack_target, wn_section_unpack_target}};

enum { N_KINDS = sizeof kinds / sizeof *kinds };

static wn_status pack_encoder(wn_bytes *out, const wn_recipe *recipe, size_t e)
{
    wn_status status = WN_OK;
    wn_encoder_facts facts = {0};
    size_t kind = 0;
    TRY(wn_recipe_encoder(recipe, e, &facts));
    while (kind < N_KINDS && strcmp(kinds[kind].kind, facts.kind) != 0)
        kind++;
    if (kind == N_KINDS)
        TRY(wn_fail(WN_INTERNAL, "encoder %s has no number in an artefact", facts.kind));
    TRY(wn_pack_count(out, kind));
    TRY(wn_pack_count(out, facts.column));
    TRY(kinds[kind].pack(out, &facts));
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

static wn_status unpack_encoder(wn_cursor *cursor, const wn_recipe *recipe, wn_read_encoder *read)
{
    wn_status status = WN_OK;
    uint64_t kind = 0, column = 0;
    TRY(wn_unpack_count(cursor, N_KINDS - 1, &kind));
    TRY(wn_unpack_count(cursor, recipe->n_columns - 1, &column));
    read->facts.kind = kinds[kind].kind;
    read->facts.column = column;
    TRY(kinds[kind].unpack(cursor, read));
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

static size_t image_pixels(const wn_image_rule *image)
{
    return image->shape.height * image->shape.width * image->shape.channels;
}

/* The encoders (n), all zero before, into the recipe. */
static wn_status unpack_all(wn_cursor *cursor, wn_recipe *recipe, wn_read_encoder *read, size_t n)
{
    wn_status status = WN_OK;
    wn_encoder_facts *facts = NULL; /* what lies in them is read's */
    size_t n_made = 0;
    TRY(wn_new(&facts, n));
    for (size_t e = 0; e < n; e++) {
        TRY(unpack_encoder(cursor, recipe, &read[e]));
        facts[e] = read[e].facts;
        n_made += facts[e].n_levels + image_pixels(&facts[e].image);
        if (n_made > WN_MAX_COLUMNS)
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
    wn_read_encoder *read = NULL;
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
