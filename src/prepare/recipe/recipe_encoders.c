/* Kinds of columns and encoders as a part of recipe.h5. */
#include "encoder.h"

#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

static const char *const kind_words[] = {"numeric", "categorical", "text"};

enum { N_KINDS = sizeof kind_words / sizeof *kind_words, GROUP_SIZE = 64 };

static wn_status write_columns(const wn_recipe_file *file, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    char **words = NULL;
    int64_t *are_texts = NULL;
    size_t n = recipe->n_columns;
    TRY(wn_new(&words, n));
    TRY(wn_new(&are_texts, n));
    for (size_t i = 0; i < n; i++) {
        words[i] = (char *)(uintptr_t)kind_words[recipe->columns[i].kind];
        are_texts[i] = recipe->columns[i].is_text;
    }
    TRY(wn_recipe_file_put_strings(file, "columns/kind", words, n));
    TRY(wn_recipe_file_put(file, "columns/is_text", H5T_NATIVE_INT64, 1, &n, are_texts));
done:
    wn_free(words);
    wn_free(are_texts);
    return status;
}

static wn_status write_features(const wn_recipe_file *file, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    char **words = NULL;
    int64_t *encoders = NULL;
    size_t n = recipe->n_features;
    TRY(wn_new(&words, n));
    TRY(wn_new(&encoders, n));
    for (size_t i = 0; i < n; i++) {
        words[i] = (char *)(uintptr_t)wn_recipe_feature_kind(recipe, i);
        encoders[i] = recipe->feature_encoder[i] == WN_NO_ENCODER ? -1 : (int64_t)recipe->feature_encoder[i];
    }
    TRY(wn_recipe_file_put_strings(file, "features/kind", words, n));
    TRY(wn_recipe_file_put(file, "features/encoder", H5T_NATIVE_INT64, 1, &n, encoders));
done:
    wn_free(words);
    wn_free(encoders);
    return status;
}

wn_status wn_recipe_write_encoders(const wn_recipe_file *file, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    char group[GROUP_SIZE];
    TRY(write_columns(file, recipe));
    TRY(write_features(file, recipe));
    TRY(wn_recipe_file_put_group(file, "encoders"));
    for (size_t e = 0; e < recipe->n_encoders; e++) {
        const wn_encoder *encoder = &recipe->encoders[e];
        const int64_t column = (int64_t)encoder->column, first = (int64_t)encoder->first;
        snprintf(group, sizeof group, "encoders/%zu", e);
        TRY(wn_recipe_file_put_group(file, group));
        TRY(wn_recipe_file_put_text(file, group, "kind", encoder->ops->word));
        TRY(wn_recipe_file_put_text(file, group, "column", recipe->columns[encoder->column].name));
        TRY(wn_recipe_file_put_integers(file, group, "source", &column, 1));
        TRY(wn_recipe_file_put_integers(file, group, "first_feature", &first, 1));
        TRY(encoder->ops->write(encoder->state, file, group));
    }
    const int64_t n = (int64_t)recipe->n_encoders;
    TRY(wn_recipe_file_put_integers(file, "encoders", "n", &n, 1));
done:
    return status;
}

static wn_status fail_value(const wn_recipe_file *file, const char *name)
{
    return wn_fail(WN_BAD_DATA, "%s: not a recipe: %s has an impossible value", file->path, name);
}

static wn_status read_columns(const wn_recipe_file *file, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    char **words = NULL;
    int64_t *are_texts = NULL;
    size_t n = recipe->n_columns;
    TRY(wn_new(&words, n));
    TRY(wn_new(&are_texts, n));
    TRY(wn_recipe_file_get_strings(file, "columns/kind", words, n));
    TRY(wn_recipe_file_get(file, "columns/is_text", H5T_NATIVE_INT64, n, are_texts));
    recipe->n_cells = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned kind = 0;
        while (kind < N_KINDS && strcmp(kind_words[kind], words[i]) != 0)
            kind++;
        if (kind == N_KINDS || (are_texts[i] == 0 && i > 0 && are_texts[i - 1] != 0))
            TRY(fail_value(file, "columns/kind"));
        recipe->columns[i].kind = (wn_column_kind)kind;
        recipe->columns[i].is_text = are_texts[i] != 0;
        recipe->n_cells += are_texts[i] == 0;
        recipe->columns[i].position = are_texts[i] == 0 ? i : i - recipe->n_cells;
    }
done:
    for (size_t i = 0; words != NULL && i < n; i++)
        wn_free(words[i]);
    wn_free(words);
    wn_free(are_texts);
    return status;
}

static wn_status read_encoder(const wn_recipe_file *file, wn_recipe *recipe, const char *group)
{
    wn_status status = WN_OK;
    char *word = NULL;
    void *state = NULL;
    int64_t column = 0, first = 0;
    TRY(wn_recipe_file_get_text(file, group, "kind", &word));
    TRY(wn_recipe_file_get_integers(file, group, "source", &column, 1));
    TRY(wn_recipe_file_get_integers(file, group, "first_feature", &first, 1));
    const wn_encoder_ops *ops = wn_encoder_find(word);
    if (ops == NULL || column < 0 || column >= (int64_t)recipe->n_columns || first < 0)
        TRY(fail_value(file, group));
    TRY(ops->read(&state, file, group));
    TRY(wn_recipe_add_encoder(recipe, ops, state, (size_t)column));
    wn_encoder *encoder = &recipe->encoders[recipe->n_encoders - 1];
    encoder->first = (size_t)first;
    if (encoder->first + ops->size(encoder->state) > recipe->n_features ||
        (ops->width != NULL && encoder->column + ops->width(encoder->state) > recipe->n_cells))
        TRY(fail_value(file, group));
done:
    wn_free(word);
    return status;
}

static wn_status read_features(const wn_recipe_file *file, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    int64_t *encoders = NULL;
    TRY(wn_new(&encoders, recipe->n_features));
    TRY(wn_recipe_file_get(file, "features/encoder", H5T_NATIVE_INT64, recipe->n_features, encoders));
    for (size_t i = 0; i < recipe->n_features; i++) {
        bool is_cell = encoders[i] == -1 && recipe->feature_source[i] < recipe->n_cells;
        if (!is_cell && (encoders[i] < 0 || encoders[i] >= (int64_t)recipe->n_encoders))
            TRY(fail_value(file, "features/encoder"));
        recipe->feature_encoder[i] = encoders[i] < 0 ? WN_NO_ENCODER : (size_t)encoders[i];
    }
done:
    wn_free(encoders);
    return status;
}

wn_status wn_recipe_read_encoders(const wn_recipe_file *file, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    int64_t n = 0;
    char group[GROUP_SIZE];
    TRY(read_columns(file, recipe));
    TRY(wn_recipe_file_get_integers(file, "encoders", "n", &n, 1));
    for (int64_t e = 0; e < n; e++) {
        snprintf(group, sizeof group, "encoders/%lld", (long long)e);
        TRY(read_encoder(file, recipe, group));
    }
    TRY(read_features(file, recipe));
done:
    return status;
}
