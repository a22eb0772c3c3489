#include "encoder.h"
#include "recipe_memory.h"

#include "winnow/profile_sums.h"

#include "winnow/memory.h"

#include <math.h>
#include <string.h>

wn_status wn_recipe_new_sized(wn_recipe **recipe, size_t n_columns, size_t n_features)
{
    wn_status status = WN_OK;
    wn_recipe *new = NULL;
    TRY(wn_new(&new, 1));
    TRY(wn_new(&new->columns, n_columns));
    new->n_columns = n_columns;
    TRY(wn_new(&new->feature_names, n_features));
    new->n_features = n_features;
    TRY(wn_new(&new->feature_source, n_features));
    TRY(wn_new(&new->feature_encoder, n_features));
    for (size_t i = 0; i < n_features; i++)
        new->feature_encoder[i] = WN_NO_ENCODER;
    for (size_t i = 0; i < n_columns; i++)
        new->columns[i].position = i;
    new->n_cells = n_columns;
    *recipe = new;
    new = NULL;
done:
    wn_recipe_free(new);
    return status;
}

wn_status wn_recipe_new(wn_recipe **recipe, const wn_catalog *catalog)
{
    wn_status status = WN_OK;
    wn_recipe *new = NULL;
    size_t n = catalog->n_columns, n_cells = 0;
    for (size_t i = 0; i < n; i++)
        n_cells += !catalog->columns[i].is_text;
    TRY(wn_recipe_new_sized(&new, n, n_cells));
    new->n_cells = n_cells;
    TRY(wn_string_copy(&new->label_name, catalog->has_label ? catalog->label.name : ""));
    TRY(wn_new(&new->selected, n_cells));
    new->n_selected = n_cells;
    for (size_t i = 0; i < n; i++) {
        TRY(wn_string_copy(&new->columns[i].name, catalog->columns[i].name));
        new->columns[i].is_text = catalog->columns[i].is_text;
        new->columns[i].is_long = catalog->columns[i].is_long;
        new->columns[i].position = i < n_cells ? i : i - n_cells;
        new->columns[i].scale = 1;
        new->columns[i].lower = i < n_cells ? 0 : -(double)INFINITY;
        new->columns[i].upper = i < n_cells ? 0 : (double)INFINITY;
    }
    for (size_t i = 0; i < n_cells; i++) {
        TRY(wn_string_copy(&new->feature_names[i], catalog->columns[i].name));
        new->feature_source[i] = i;
        new->selected[i] = i;
    }
    *recipe = new;
    new = NULL;
done:
    wn_recipe_free(new);
    return status;
}

void wn_recipe_free(wn_recipe *recipe)
{
    if (!recipe)
        return;
    wn_projection_free(recipe->projection);
    for (size_t i = 0; i < recipe->n_statistics; i++) {
        wn_free(recipe->statistics[i].name);
        wn_free(recipe->statistics[i].data);
    }
    wn_free(recipe->statistics);
    for (size_t i = 0; i < recipe->n_scores; i++) {
        wn_free(recipe->scores[i].name);
        wn_free(recipe->scores[i].score);
    }
    wn_free(recipe->scores);
    wn_recipe_reasons_free(recipe->reasons, recipe->n_features);
    wn_free(recipe->selected);
    for (size_t i = 0; i < recipe->n_features; i++)
        wn_free(recipe->feature_names[i]);
    wn_free(recipe->feature_names);
    wn_free(recipe->feature_source);
    wn_free(recipe->feature_encoder);
    wn_recipe_forget_encoders(recipe);
    for (size_t i = 0; i < recipe->n_columns; i++)
        wn_free(recipe->columns[i].name);
    wn_free(recipe->columns);
    wn_profile_sums_free(recipe->sums);
    wn_labels_clear(&recipe->labels);
    wn_input_rules_clear(&recipe->input);
    wn_free(recipe->label_name);
    wn_free(recipe);
}

wn_status wn_recipe_select(wn_recipe *recipe, const size_t *selected, size_t n_selected)
{
    wn_status status = WN_OK;
    size_t *copy = NULL;
    TRY(wn_new(&copy, n_selected));
    memcpy(copy, selected, n_selected * sizeof *copy);
    wn_free(recipe->selected);
    recipe->selected = copy;
    recipe->n_selected = n_selected;
done:
    return status;
}

/* Where the score of that name is, or is to be. */
static wn_recipe_score *find_score(const wn_recipe *recipe, const char *name)
{
    size_t i = 0;
    while (i < recipe->n_scores && strcmp(recipe->scores[i].name, name) != 0)
        i++;
    return &recipe->scores[i];
}

wn_status wn_recipe_add_score(wn_recipe *recipe, const char *name, const double *score)
{
    wn_status status = WN_OK;
    wn_recipe_score new = {0};
    TRY(wn_string_copy(&new.name, name));
    TRY(wn_new(&new.score, recipe->n_features));
    memcpy(new.score, score, recipe->n_features * sizeof *score);
    TRY(wn_resize(&recipe->scores, recipe->n_scores + 1));
    wn_recipe_score *place = find_score(recipe, name), old = *place;
    if (!old.name)
        recipe->n_scores++;
    *place = new;
    new = old;
done:
    wn_free(new.name);
    wn_free(new.score);
    return status;
}

void wn_recipe_exchange_reasons(wn_recipe *recipe, char ***reasons)
{
    char **old = recipe->reasons;
    recipe->reasons = *reasons;
    *reasons = old;
}

void wn_recipe_reasons_free(char **reasons, size_t n_features)
{
    for (size_t f = 0; reasons && f < n_features; f++)
        wn_free(reasons[f]);
    wn_free(reasons);
}

static wn_recipe_statistic *find_statistic(const wn_recipe *recipe, const char *name)
{
    size_t i = 0;
    while (i < recipe->n_statistics && strcmp(recipe->statistics[i].name, name) != 0)
        i++;
    return &recipe->statistics[i];
}

wn_status wn_recipe_add_statistic(wn_recipe *recipe, const char *name, bool is_real, size_t n_dims, const size_t *dims,
                                  const void *data)
{
    wn_status status = WN_OK;
    wn_recipe_statistic new = {.is_real = is_real, .n_dims = n_dims};
    int64_t *copy = NULL; /* doubles are as wide */
    size_t n = 1;
    for (size_t i = 0; i < n_dims; i++)
        n *= new.dims[i] = dims[i];
    TRY(wn_string_copy(&new.name, name));
    TRY(wn_new(&copy, n));
    memcpy(copy, data, n * sizeof *copy);
    new.data = copy;
    TRY(wn_resize(&recipe->statistics, recipe->n_statistics + 1));
    wn_recipe_statistic *place = find_statistic(recipe, name), old = *place;
    if (!old.name)
        recipe->n_statistics++;
    *place = new;
    new = old;
done:
    wn_free(new.name);
    wn_free(new.data);
    return status;
}

wn_status wn_projection_new(wn_projection **projection, const char *method, size_t n_components, size_t n_features)
{
    wn_status status = WN_OK;
    wn_projection *new = NULL;
    TRY(wn_new(&new, 1));
    new->n_components = n_components;
    new->n_features = n_features;
    new->grid[0] = new->grid[1] = 1;
    TRY(wn_string_copy(&new->method, method));
    TRY(wn_string_copy(&new->solver, ""));
    TRY(wn_new(&new->mean, n_features));
    TRY(wn_memory_new((void **)&new->components, n_components, n_features * sizeof *new->components, __func__));
    TRY(wn_new(&new->eigenvalues, n_components));
    TRY(wn_new(&new->explained_variance_ratio, n_components));
    *projection = new;
    new = NULL;
done:
    wn_projection_free(new);
    return status;
}

void wn_projection_free(wn_projection *projection)
{
    if (!projection)
        return;
    wn_free(projection->method);
    wn_free(projection->solver);
    wn_free(projection->mean);
    wn_free(projection->components);
    wn_free(projection->eigenvalues);
    wn_free(projection->explained_variance_ratio);
    wn_free(projection);
}

size_t wn_recipe_n_inputs(const wn_recipe *recipe)
{
    const wn_projection *projection = recipe->projection;
    if (!projection)
        return recipe->n_selected;
    return projection->n_components + (projection->appends ? projection->n_features : 0);
}
