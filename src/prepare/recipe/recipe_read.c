#include "encoder.h"
#include "recipe_fields.h"
#include "recipe_file.h"
#include "recipe_memory.h"

#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

static wn_status fail_value(const wn_recipe_file *file, const char *name)
{
    return wn_fail(WN_BAD_DATA, "%s: not a recipe: %s has an impossible value", file->path, name);
}

static wn_status read_column_numbers(const wn_recipe_file *file, wn_recipe *recipe, const wn_recipe_field *fields,
                                     size_t n_fields, hid_t type)
{
    wn_status status = WN_OK;
    int64_t *values = NULL;
    char name[64];
    TRY(wn_new(&values, recipe->n_columns));
    for (size_t f = 0; f < n_fields; f++) {
        snprintf(name, sizeof name, "columns/%s", fields[f].name);
        TRY(wn_recipe_file_get(file, name, type, recipe->n_columns, values));
        for (size_t i = 0; i < recipe->n_columns; i++)
            memcpy(wn_recipe_field_of(&recipe->columns[i], fields[f].offset), &values[i], sizeof *values);
    }
done:
    wn_free(values);
    return status;
}

/* The number of a word among n; n where it is none of them. */
static unsigned find_word(const char *const *words, size_t n, const char *text)
{
    unsigned i = 0;
    while (i < n && strcmp(words[i], text) != 0)
        i++;
    return i;
}

static void free_strings(char **text, size_t n)
{
    for (size_t i = 0; text && i < n; i++)
        wn_free(text[i]);
    wn_free(text);
}

/* One rule of every column. */
static wn_status read_column_words(const wn_recipe_file *file, wn_recipe *recipe, const wn_recipe_word_field *field)
{
    wn_status status = WN_OK;
    char **text = NULL, name[64];
    snprintf(name, sizeof name, "columns/%s", field->name);
    TRY(wn_new(&text, recipe->n_columns));
    TRY(wn_recipe_file_get_strings(file, name, text, recipe->n_columns));
    for (size_t i = 0; i < recipe->n_columns; i++) {
        unsigned value = find_word(field->words, field->n_words, text[i]);
        if (value == field->n_words)
            TRY(fail_value(file, name));
        memcpy(wn_recipe_field_of(&recipe->columns[i], field->offset), &value, sizeof value);
    }
done:
    free_strings(text, recipe->n_columns);
    return status;
}

static wn_status read_columns(const wn_recipe_file *file, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    char **names = NULL;
    TRY(wn_new(&names, recipe->n_columns));
    TRY(wn_recipe_file_get_strings(file, "columns/name", names, recipe->n_columns));
    for (size_t i = 0; i < recipe->n_columns; i++) {
        recipe->columns[i].name = names[i];
        names[i] = NULL;
    }
    TRY(read_column_numbers(file, recipe, wn_recipe_reals, WN_RECIPE_REALS, H5T_NATIVE_DOUBLE));
    TRY(read_column_numbers(file, recipe, wn_recipe_integers, WN_RECIPE_INTEGERS, H5T_NATIVE_INT64));
    for (size_t f = 0; f < WN_RECIPE_WORDS; f++)
        TRY(read_column_words(file, recipe, &wn_recipe_words[f]));
done:
    free_strings(names, recipe->n_columns);
    return status;
}

/* Indices below `limit`. */
static wn_status read_indices(const wn_recipe_file *file, const char *name, size_t n, size_t limit, size_t *indices)
{
    wn_status status = WN_OK;
    int64_t *values = NULL;
    TRY(wn_new(&values, n));
    TRY(wn_recipe_file_get(file, name, H5T_NATIVE_INT64, n, values));
    for (size_t i = 0; i < n; i++) {
        if (values[i] < 0 || (size_t)values[i] >= limit)
            TRY(fail_value(file, name));
        indices[i] = (size_t)values[i];
    }
done:
    wn_free(values);
    return status;
}

static wn_status read_selected(const wn_recipe_file *file, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    size_t n = 0;
    TRY(wn_recipe_file_dims(file, "selected", 1, &n));
    TRY(wn_new(&recipe->selected, n));
    TRY(read_indices(file, "selected", n, recipe->n_features, recipe->selected));
    recipe->n_selected = n;
done:
    return status;
}

static wn_status read_ranking(const wn_recipe_file *file, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    char **names = NULL, *name = NULL;
    double *score = NULL;
    size_t n = 0;
    TRY(wn_recipe_file_dims(file, "ranking_order", 1, &n));
    TRY(wn_new(&names, n));
    TRY(wn_new(&score, recipe->n_features));
    TRY(wn_recipe_file_get_strings(file, "ranking_order", names, n));
    for (size_t i = 0; i < n; i++) {
        TRY(wn_string_format(&name, "ranking/%s", names[i]));
        TRY(wn_recipe_file_get(file, name, H5T_NATIVE_DOUBLE, recipe->n_features, score));
        TRY(wn_recipe_add_score(recipe, names[i], score));
        wn_free(name);
        name = NULL;
    }
done:
    wn_free(name);
    wn_free(score);
    free_strings(names, n);
    return status;
}

/* Where there was a ranking. */
static wn_status read_reasons(const wn_recipe_file *file, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    if (H5Lexists(file->id, "ranking", H5P_DEFAULT) <= 0 || H5Lexists(file->id, "ranking/reason", H5P_DEFAULT) <= 0)
        return WN_OK;
    TRY(wn_new(&recipe->reasons, recipe->n_features));
    TRY(wn_recipe_file_get_strings(file, "ranking/reason", recipe->reasons, recipe->n_features));
done:
    return status;
}

static wn_status read_projection(const wn_recipe_file *file, const char *group, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    char name[64], *solver = NULL;
    size_t dims[2];
    int64_t grid[2], append = 0;
    snprintf(name, sizeof name, "%s/components", group);
    TRY(wn_recipe_file_dims(file, name, 2, dims));
    if (dims[1] != recipe->n_selected)
        TRY(fail_value(file, name));
    TRY(wn_projection_new(&recipe->projection, group, dims[0], dims[1]));
    wn_projection *projection = recipe->projection;
    TRY(wn_recipe_file_get(file, name, H5T_NATIVE_DOUBLE, dims[0] * dims[1], projection->components));
    snprintf(name, sizeof name, "%s/mean", group);
    TRY(wn_recipe_file_get(file, name, H5T_NATIVE_DOUBLE, dims[1], projection->mean));
    snprintf(name, sizeof name, "%s/eigenvalues", group);
    TRY(wn_recipe_file_get(file, name, H5T_NATIVE_DOUBLE, dims[0], projection->eigenvalues));
    snprintf(name, sizeof name, "%s/explained_variance_ratio", group);
    TRY(wn_recipe_file_get(file, name, H5T_NATIVE_DOUBLE, dims[0], projection->explained_variance_ratio));
    TRY(wn_recipe_file_get_text(file, group, "solver", &solver));
    wn_free(projection->solver);
    projection->solver = solver;
    TRY(wn_recipe_file_get_integers(file, group, "grid", grid, 2));
    projection->grid[0] = (int)grid[0];
    projection->grid[1] = (int)grid[1];
    TRY(wn_recipe_file_get_integers(file, group, "append", &append, 1));
    projection->appends = append != 0;
done:
    return status;
}

static wn_status read_class_names(const wn_recipe_file *file, wn_labels *labels, size_t n)
{
    wn_status status = WN_OK;
    char **names = NULL;
    TRY(wn_new(&names, n));
    TRY(wn_recipe_file_get_strings(file, "labels/classes", names, n));
    TRY(wn_labels_set_names(labels, names, n));
done:
    free_strings(names, n);
    return status;
}

static wn_status read_classes(const wn_recipe_file *file, wn_labels *labels, size_t n)
{
    wn_status status = WN_OK;
    if (wn_recipe_file_has_strings(file, "labels/classes"))
        return read_class_names(file, labels, n);
    TRY(wn_new(&labels->classes, n));
    labels->n_classes = n;
    TRY(wn_recipe_file_get(file, "labels/classes", H5T_NATIVE_DOUBLE, n, labels->classes));
done:
    return status;
}

static wn_status read_labels(const wn_recipe_file *file, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_labels *labels = &recipe->labels;
    char *task = NULL;
    size_t n_words = sizeof wn_task_words / sizeof *wn_task_words, n = 0;
    TRY(wn_recipe_file_get_text(file, "labels", "task", &task));
    unsigned word = find_word(wn_task_words, n_words, task);
    if (word == n_words)
        TRY(fail_value(file, "task"));
    labels->task = (wn_task)word;
    TRY(wn_recipe_file_get_text(file, "labels", "label_name", &recipe->label_name));
    TRY(wn_recipe_file_dims(file, "labels/classes", 1, &n));
    if (n > 0)
        TRY(read_classes(file, labels, n));
done:
    wn_free(task);
    return status;
}

static wn_status read_content(const wn_recipe_file *file, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    char *group = NULL;
    TRY(read_columns(file, recipe));
    TRY(wn_recipe_file_get_strings(file, "features/name", recipe->feature_names, recipe->n_features));
    TRY(read_indices(file, "features/source", recipe->n_features, recipe->n_columns, recipe->feature_source));
    TRY(wn_recipe_read_encoders(file, recipe));
    TRY(read_selected(file, recipe));
    TRY(read_ranking(file, recipe));
    TRY(read_reasons(file, recipe));
    if (H5Aexists(file->id, "projection") > 0) {
        TRY(wn_recipe_file_get_text(file, "/", "projection", &group));
        TRY(read_projection(file, group, recipe));
    }
    TRY(read_labels(file, recipe));
    for (size_t i = 0; i < WN_LEDGER_COUNTS; i++)
        TRY(wn_recipe_file_get_integers(file, "ledger", wn_ledger_counts[i].name,
                                        wn_recipe_field_of(&recipe->ledger, wn_ledger_counts[i].offset), 1));
done:
    wn_free(group);
    return status;
}

wn_status wn_recipe_read(wn_recipe **recipe, const char *path)
{
    wn_status status = WN_OK;
    wn_recipe_file file;
    wn_recipe *new = NULL;
    size_t n_columns = 0, n_features = 0;
    TRY(wn_recipe_file_open(&file, path));
    TRY(wn_recipe_file_dims(&file, "columns/name", 1, &n_columns));
    TRY(wn_recipe_file_dims(&file, "features/name", 1, &n_features));
    TRY(wn_recipe_new_sized(&new, n_columns, n_features));
    TRY(read_content(&file, new));
    *recipe = new;
    new = NULL;
done:
    wn_recipe_file_close(&file);
    wn_recipe_free(new);
    return status;
}
