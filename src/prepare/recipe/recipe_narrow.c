/* A recipe of a part of another's features. */
#include "encoder.h"

#include "winnow/memory.h"

#include <string.h>

/* An image goes with all of its pixels. */
static void need_whole_images(const wn_recipe *recipe, bool *is_needed)
{
    for (size_t e = 0; e < recipe->n_encoders; e++) {
        size_t first = recipe->encoders[e].column, width = wn_encoder_width(&recipe->encoders[e]);
        bool is_any = false;
        for (size_t k = 0; k < width; k++)
            is_any |= is_needed[first + k];
        for (size_t k = 0; k < width; k++)
            is_needed[first + k] = is_any;
    }
}

/* The new number of each old column that a used feature comes from; SIZE_MAX for the others. */
static wn_status number_columns(const wn_recipe *recipe, const bool *used, size_t **number, size_t *n)
{
    wn_status status = WN_OK;
    bool *is_needed = NULL;
    TRY(wn_new(&is_needed, recipe->n_columns));
    TRY(wn_new(number, recipe->n_columns));
    for (size_t f = 0; f < recipe->n_features; f++)
        if (used[f])
            is_needed[recipe->feature_source[f]] = true;
    need_whole_images(recipe, is_needed);
    *n = 0;
    for (size_t c = 0; c < recipe->n_columns; c++)
        (*number)[c] = is_needed[c] ? (*n)++ : SIZE_MAX;
done:
    wn_free(is_needed);
    return status;
}

/* The columns of a recipe that have a number (n of them), their cells as features. */
static wn_status copy_columns(wn_recipe **made, const wn_recipe *recipe, const size_t *number, size_t n)
{
    wn_status status = WN_OK;
    wn_column *columns = NULL;
    TRY(wn_new(&columns, n));
    for (size_t c = 0; c < recipe->n_columns; c++)
        if (number[c] != SIZE_MAX)
            columns[number[c]] = (wn_column){.name = recipe->columns[c].name, .is_text = recipe->columns[c].is_text};
    const wn_catalog catalog = {
        .n_columns = n, .columns = columns, .has_label = true, .label = {.name = recipe->label_name}};
    TRY(wn_recipe_new(made, &catalog));
    TRY(wn_labels_copy(&(*made)->labels, &recipe->labels));
    for (size_t c = 0; c < recipe->n_columns; c++) {
        const wn_recipe_column *from = &recipe->columns[c];
        if (number[c] == SIZE_MAX)
            continue;
        wn_recipe_column *to = &(*made)->columns[number[c]];
        to->rule = from->rule;
        to->kind = from->kind;
        to->lower = from->lower;
        to->upper = from->upper;
        to->fill = from->fill;
        to->center = from->center;
        to->scale = from->scale;
    }
done:
    wn_free(columns);
    return status;
}

/* kept (features of the encoder): wanted ones before, those there are after. */
static void narrow_encoder(const wn_encoder *encoder, wn_encoder_facts *facts, bool *kept)
{
    size_t size = encoder->ops->size(encoder->state);
    if (encoder->ops->narrow != NULL)
        encoder->ops->narrow(facts, kept);
    for (size_t i = 0; encoder->ops->narrow == NULL && i < size; i++)
        kept[i] = true;
}

/* Encoders of the kept columns, also those without a wanted feature: that a column has one decides whether its cell is
 * a feature. */
static wn_status narrow_encoders(wn_recipe *narrow, const wn_recipe *recipe, const size_t *number, bool *kept)
{
    wn_status status = WN_OK;
    wn_encoder_facts *facts = NULL;
    size_t n = 0;
    TRY(wn_new(&facts, recipe->n_encoders));
    for (size_t e = 0; e < recipe->n_encoders; e++) {
        const wn_encoder *encoder = &recipe->encoders[e];
        if (number[encoder->column] == SIZE_MAX)
            continue;
        TRY(wn_recipe_encoder(recipe, e, &facts[n++]));
        facts[n - 1].column = number[encoder->column];
        narrow_encoder(encoder, &facts[n - 1], kept + encoder->first);
    }
    if (n > 0)
        TRY(wn_recipe_set_encoders(narrow, facts, n));
done:
    for (size_t e = 0; facts != NULL && e < recipe->n_encoders; e++)
        wn_encoder_facts_clear(&facts[e]);
    wn_free(facts);
    return status;
}

/* kept (n_features of the old): those that the new recipe has, in the same order. */
static wn_status select_used(wn_recipe *narrow, const wn_recipe *recipe, const bool *used, const bool *kept)
{
    wn_status status = WN_OK;
    size_t *selected = NULL, n_selected = 0, n = 0;
    TRY(wn_new(&selected, narrow->n_features));
    for (size_t f = 0; f < recipe->n_features; f++) {
        if (used[f])
            selected[n_selected++] = n;
        n += kept[f];
    }
    if (n != narrow->n_features)
        TRY(wn_fail(WN_INTERNAL, "a recipe of %zu features has %zu", n, narrow->n_features));
    TRY(wn_recipe_select(narrow, selected, n_selected));
done:
    wn_free(selected);
    return status;
}

wn_status wn_recipe_narrow(wn_recipe **narrow, const wn_recipe *recipe, const bool *used)
{
    wn_status status = WN_OK;
    wn_recipe *made = NULL;
    size_t *number = NULL, n = 0;
    bool *kept = NULL;
    TRY(number_columns(recipe, used, &number, &n));
    TRY(copy_columns(&made, recipe, number, n));
    TRY(wn_new(&kept, recipe->n_features));
    for (size_t f = 0; f < recipe->n_features; f++) {
        bool is_cell = recipe->feature_encoder[f] == WN_NO_ENCODER;
        kept[f] = is_cell ? number[recipe->feature_source[f]] != SIZE_MAX : used[f];
    }
    TRY(narrow_encoders(made, recipe, number, kept));
    TRY(select_used(made, recipe, used, kept));
    *narrow = made;
    made = NULL;
done:
    wn_recipe_free(made);
    wn_free(kept);
    wn_free(number);
    return status;
}
