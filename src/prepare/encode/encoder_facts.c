#include "winnow/encoder_facts.h"

#include "encoder.h"

#include "winnow/memory.h"

#include <string.h>

void wn_encoder_facts_clear(wn_encoder_facts *facts)
{
    wn_free(facts->levels);
    wn_free(facts->codes);
    wn_free(facts->term_rows);
    *facts = (wn_encoder_facts){0};
}

void wn_recipe_mark_encoded(const wn_recipe *recipe, bool *marks)
{
    for (size_t e = 0; e < recipe->n_encoders; e++) {
        const wn_encoder *encoder = &recipe->encoders[e];
        size_t width = wn_encoder_width(encoder);
        for (size_t k = 0; k < width; k++)
            marks[encoder->column + k] = true;
    }
}

wn_status wn_recipe_encoder(const wn_recipe *recipe, size_t e, wn_encoder_facts *facts)
{
    const wn_encoder *encoder = &recipe->encoders[e];
    *facts = (wn_encoder_facts){.kind = encoder->ops->word, .column = encoder->column};
    if (encoder->ops->describe == NULL)
        return wn_fail(WN_UNAVAILABLE, "features by %s have no form in an artefact yet", encoder->ops->word);
    return encoder->ops->describe(encoder->state, facts);
}

static wn_status add_encoder(wn_recipe *recipe, const wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    void *state = NULL;
    const wn_encoder_ops *ops = facts->kind != NULL ? wn_encoder_find(facts->kind) : NULL;
    if (ops == NULL || ops->make == NULL || facts->column >= recipe->n_columns)
        return wn_fail(WN_BAD_DATA, "an encoder of no known kind or column");
    TRY(ops->make(&state, &recipe->columns[facts->column], facts));
    TRY(wn_recipe_add_encoder(recipe, ops, state, facts->column));
    if (ops->width != NULL && facts->column + ops->width(state) > recipe->n_cells)
        TRY(wn_fail(WN_BAD_DATA, "an encoder of more columns than there are"));
done:
    return status;
}

wn_status wn_recipe_set_encoders(wn_recipe *recipe, const wn_encoder_facts *facts, size_t n)
{
    wn_status status = WN_OK;
    for (size_t e = 0; e < n; e++)
        TRY(add_encoder(recipe, &facts[e]));
    TRY(wn_recipe_list_features(recipe));
done:
    return status;
}

void wn_recipe_hash_encoders(const wn_recipe *recipe, wn_hasher *hasher)
{
    for (size_t e = 0; e < recipe->n_encoders; e++) {
        const wn_encoder *encoder = &recipe->encoders[e];
        const uint64_t column = encoder->column;
        wn_hasher_add_text(hasher, encoder->ops->word);
        wn_hasher_add(hasher, &column, sizeof column);
        encoder->ops->hash(encoder->state, hasher);
    }
}
