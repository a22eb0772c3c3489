/* The fingerprint of a recipe: its numbers, whatever the file or the names they came from. */
#include "recipe_fields.h"

#include "winnow/encoder_facts.h"

#include <math.h>

static void hash_size(wn_hasher *hasher, size_t n)
{
    uint64_t wide = n;
    wn_hasher_add(hasher, &wide, sizeof wide);
}

/* NaN has many bit patterns, 0 two: one of each. */
static void hash_reals(wn_hasher *hasher, const double *values, size_t n)
{
    hash_size(hasher, n);
    for (size_t i = 0; i < n; i++) {
        double value = isnan(values[i]) ? (double)NAN : values[i] + 0.0;
        wn_hasher_add(hasher, &value, sizeof value);
    }
}

static void hash_indices(wn_hasher *hasher, const size_t *values, size_t n)
{
    hash_size(hasher, n);
    for (size_t i = 0; i < n; i++)
        hash_size(hasher, values[i]);
}

static void hash_column(wn_hasher *hasher, const wn_recipe_column *column)
{
    for (size_t i = 0; i < WN_RECIPE_REALS; i++)
        hash_reals(hasher, wn_recipe_field_of(column, wn_recipe_reals[i].offset), 1);
    for (size_t i = 0; i < WN_RECIPE_INTEGERS; i++)
        wn_hasher_add(hasher, wn_recipe_field_of(column, wn_recipe_integers[i].offset), sizeof(int64_t));
    hash_size(hasher, column->rule.missing);
    hash_size(hasher, column->rule.outliers);
    hash_size(hasher, column->rule.action);
    hash_size(hasher, column->rule.normalize);
    hash_size(hasher, column->rule.transform);
}

/* Nothing for a table of numbers alone. */
static void hash_encoders(wn_hasher *hasher, const wn_recipe *recipe)
{
    for (size_t i = 0; i < recipe->n_columns; i++)
        if (recipe->columns[i].kind != WN_COLUMN_NUMERIC) {
            hash_size(hasher, i);
            hash_size(hasher, recipe->columns[i].kind);
        }
    wn_recipe_hash_encoders(recipe, hasher);
}

static void hash_projection(wn_hasher *hasher, const wn_projection *projection)
{
    if (!projection)
        return;
    size_t p = projection->n_features, k = projection->n_components;
    wn_hasher_add_text(hasher, projection->method);
    if (projection->appends)
        wn_hasher_add_text(hasher, "append");
    hash_reals(hasher, projection->mean, p);
    hash_reals(hasher, projection->components, k * p);
    hash_reals(hasher, projection->eigenvalues, k);
    hash_reals(hasher, projection->explained_variance_ratio, k);
}

wn_status wn_recipe_hash(const wn_recipe *recipe, wn_hash *hash)
{
    wn_status status = WN_OK;
    wn_hasher *hasher = NULL;
    TRY(wn_hasher_new(&hasher, 0));
    hash_size(hasher, recipe->n_columns);
    for (size_t i = 0; i < recipe->n_columns; i++)
        hash_column(hasher, &recipe->columns[i]);
    hash_encoders(hasher, recipe);
    hash_indices(hasher, recipe->feature_source, recipe->n_features);
    hash_indices(hasher, recipe->selected, recipe->n_selected);
    for (size_t i = 0; i < recipe->n_scores; i++) {
        wn_hasher_add_text(hasher, recipe->scores[i].name);
        hash_reals(hasher, recipe->scores[i].score, recipe->n_features);
    }
    hash_projection(hasher, recipe->projection);
    hash_size(hasher, recipe->labels.task);
    if (recipe->labels.names != NULL)
        wn_labels_hash(&recipe->labels, hasher);
    else
        hash_reals(hasher, recipe->labels.classes, recipe->labels.n_classes);
    for (size_t i = 0; i < WN_LEDGER_COUNTS; i++)
        wn_hasher_add(hasher, wn_recipe_field_of(&recipe->ledger, wn_ledger_counts[i].offset), sizeof(int64_t));
    *hash = wn_hasher_finish(hasher);
done:
    wn_hasher_free(hasher);
    return status;
}
