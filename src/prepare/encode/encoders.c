#include "encoder.h"

#include "winnow/memory.h"

#include <stdlib.h>
#include <string.h>

static const wn_encoder_ops *const encoders[] = {&wn_one_hot_ops, &wn_ordinal_ops, &wn_target_ops,
                                                 &wn_terms_ops,   &wn_image_ops,   &wn_indicator_ops};

const wn_encoder_ops *wn_encoder_find(const char *word)
{
    for (size_t i = 0; i < sizeof encoders / sizeof *encoders; i++)
        if (strcmp(encoders[i]->word, word) == 0)
            return encoders[i];
    return NULL;
}

size_t wn_encoder_width(const wn_encoder *encoder)
{
    return encoder->ops->width != NULL ? encoder->ops->width(encoder->state) : 1;
}

wn_status wn_recipe_add_encoder(wn_recipe *recipe, const wn_encoder_ops *ops, void *state, size_t column)
{
    wn_status status = wn_resize(&recipe->encoders, recipe->n_encoders + 1);
    if (status != WN_OK) {
        ops->free(state);
        return status;
    }
    recipe->encoders[recipe->n_encoders++] = (wn_encoder){ops, state, column, 0};
    return WN_OK;
}

void wn_recipe_forget_encoders(wn_recipe *recipe)
{
    for (size_t i = 0; i < recipe->n_encoders; i++)
        recipe->encoders[i].ops->free(recipe->encoders[i].state);
    wn_free(recipe->encoders);
    recipe->encoders = NULL;
    recipe->n_encoders = 0;
}

/* Which encoders a column has, indicators apart, and whether its cell is a feature beside theirs. */
typedef struct {
    bool *is_cell;        /* (n_columns) */
    size_t *first, *next; /* (n_columns) and (n_encoders) encoders by column, in their order; WN_NO_ENCODER ends */
} column_encoders;

static void clear_encoders(column_encoders *of)
{
    wn_free(of->is_cell);
    wn_free(of->first);
    wn_free(of->next);
}

static wn_status find_encoders(column_encoders *of, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    TRY(wn_new(&of->is_cell, recipe->n_columns));
    TRY(wn_new(&of->first, recipe->n_columns));
    TRY(wn_new(&of->next, recipe->n_encoders));
    for (size_t c = 0; c < recipe->n_columns; c++) {
        of->is_cell[c] = !recipe->columns[c].is_text;
        of->first[c] = WN_NO_ENCODER;
    }
    for (size_t e = recipe->n_encoders; e-- > 0;) {
        const wn_encoder *encoder = &recipe->encoders[e];
        size_t width = wn_encoder_width(encoder);
        if (encoder->ops == &wn_indicator_ops)
            continue;
        of->next[e] = of->first[encoder->column];
        of->first[encoder->column] = e;
        for (size_t k = 0; k < width; k++)
            of->is_cell[encoder->column + k] = false;
    }
done:
    return status;
}

/* While features are listed: in the arrays, or only counted where these are NULL. */
typedef struct {
    size_t n;
    char **names;
    size_t *source, *encoder;
} feature_list;

static wn_status list_encoder(feature_list *list, const wn_recipe *recipe, size_t e)
{
    wn_status status = WN_OK;
    wn_encoder *encoder = &recipe->encoders[e];
    size_t size = encoder->ops->size(encoder->state);
    encoder->first = list->n;
    for (size_t i = 0; list->names != NULL && i < size; i++) {
        TRY(encoder->ops->name(encoder, recipe, i, &list->names[list->n + i]));
        list->source[list->n + i] = encoder->column;
        list->encoder[list->n + i] = e;
    }
    list->n += size;
done:
    return status;
}

static wn_status list_column(feature_list *list, const wn_recipe *recipe, const column_encoders *of, size_t c)
{
    wn_status status = WN_OK;
    if (of->is_cell[c]) {
        if (list->names != NULL) {
            TRY(wn_string_copy(&list->names[list->n], recipe->columns[c].name));
            list->source[list->n] = c;
            list->encoder[list->n] = WN_NO_ENCODER;
        }
        list->n++;
    }
    for (size_t e = of->first[c]; e != WN_NO_ENCODER; e = of->next[e])
        TRY(list_encoder(list, recipe, e));
done:
    return status;
}

static wn_status list_all(feature_list *list, const wn_recipe *recipe, const column_encoders *of)
{
    wn_status status = WN_OK;
    list->n = 0;
    for (size_t c = 0; c < recipe->n_columns; c++)
        TRY(list_column(list, recipe, of, c));
    for (size_t e = 0; e < recipe->n_encoders; e++)
        if (recipe->encoders[e].ops == &wn_indicator_ops)
            TRY(list_encoder(list, recipe, e));
done:
    return status;
}

static void free_list(feature_list *list, size_t n)
{
    for (size_t i = 0; list->names != NULL && i < n; i++)
        wn_free(list->names[i]);
    wn_free(list->names);
    wn_free(list->source);
    wn_free(list->encoder);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A column may be called as a level of another is. */
static wn_status check_unique(char *const *names, size_t n)
{
    wn_status status = WN_OK;
    char **sorted = NULL;
    TRY(wn_new(&sorted, n));
    memcpy(sorted, names, n * sizeof *names);
    qsort(sorted, n, sizeof *sorted, compare_names);
    for (size_t i = 1; i < n && status == WN_OK; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            status = wn_fail(WN_BAD_DATA, "two features would be called '%s': leave out or rename a column", sorted[i]);
done:
    wn_free(sorted);
    return status;
}

wn_status wn_recipe_list_features(wn_recipe *recipe)
{
    wn_status status = WN_OK;
    feature_list list = {0}, old = {0, recipe->feature_names, recipe->feature_source, recipe->feature_encoder};
    column_encoders of = {0};
    size_t *selected = NULL, n = 0;
    TRY(find_encoders(&of, recipe));
    TRY(list_all(&list, recipe, &of));
    n = list.n;
    if (n == 0)
        TRY(wn_fail(WN_BAD_DATA, "no column gives a feature: extract makes them of strings"));
    TRY(wn_new(&selected, n));
    TRY(wn_new(&list.source, n));
    TRY(wn_new(&list.encoder, n));
    TRY(wn_new(&list.names, n));
    TRY(list_all(&list, recipe, &of));
    TRY(check_unique(list.names, n));
    for (size_t i = 0; i < n; i++)
        selected[i] = i;
    wn_free(recipe->selected);
    recipe->selected = selected;
    recipe->n_selected = n;
    selected = NULL;
    free_list(&old, recipe->n_features);
    recipe->feature_names = list.names;
    recipe->feature_source = list.source;
    recipe->feature_encoder = list.encoder;
    recipe->n_features = n;
    list = (feature_list){0};
done:
    free_list(&list, n); /* not list.n: an encoder that failed has named some of its features */
    wn_free(selected);
    clear_encoders(&of);
    return status;
}

bool wn_recipe_is_plain(const wn_recipe *recipe)
{
    return recipe->n_encoders == 0;
}

const char *wn_recipe_feature_kind(const wn_recipe *recipe, size_t feature)
{
    size_t e = recipe->feature_encoder[feature];
    return e == WN_NO_ENCODER ? "number" : recipe->encoders[e].ops->word;
}

double wn_recipe_feature_center(const wn_recipe *recipe, size_t feature)
{
    bool is_cell = recipe->feature_encoder[feature] == WN_NO_ENCODER;
    return is_cell ? recipe->columns[recipe->feature_source[feature]].center : 0;
}

double wn_recipe_feature_scale(const wn_recipe *recipe, size_t feature)
{
    bool is_cell = recipe->feature_encoder[feature] == WN_NO_ENCODER;
    return is_cell ? recipe->columns[recipe->feature_source[feature]].scale : 1;
}
