#include "encoder.h"
#include "profile_sums.h"
#include "recipe_fields.h"
#include "recipe_file.h"

#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* One dataset of a field over all columns; doubles and int64_t are eight bytes alike. */
static wn_status write_column_numbers(const wn_recipe_file *file, const wn_recipe *recipe,
                                      const wn_recipe_field *fields, size_t n_fields, hid_t type)
{
    wn_status status = WN_OK;
    int64_t *values = NULL;
    char name[64];
    TRY(wn_new(&values, recipe->n_columns));
    for (size_t f = 0; f < n_fields; f++) {
        for (size_t i = 0; i < recipe->n_columns; i++)
            memcpy(&values[i], wn_recipe_field_of(&recipe->columns[i], fields[f].offset), sizeof *values);
        snprintf(name, sizeof name, "columns/%s", fields[f].name);
        TRY(wn_recipe_file_put(file, name, type, 1, &recipe->n_columns, values));
    }
done:
    wn_free(values);
    return status;
}

/* Names and the words of the rules. */
static wn_status write_column_words(const wn_recipe_file *file, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    char **words = NULL, name[64];
    size_t n = recipe->n_columns;
    TRY(wn_new(&words, n));
    for (size_t i = 0; i < n; i++)
        words[i] = recipe->columns[i].name;
    TRY(wn_recipe_file_put_strings(file, "columns/name", words, n));
    for (size_t f = 0; f < WN_RECIPE_WORDS; f++) {
        const wn_recipe_word_field *field = &wn_recipe_words[f];
        for (size_t i = 0; i < n; i++) {
            const unsigned *value = wn_recipe_field_of(&recipe->columns[i], field->offset);
            words[i] = (char *)(uintptr_t)field->words[*value];
        }
        snprintf(name, sizeof name, "columns/%s", field->name);
        TRY(wn_recipe_file_put_strings(file, name, words, n));
    }
done:
    wn_free(words);
    return status;
}

static wn_status write_indices(const wn_recipe_file *file, const char *name, const size_t *indices, size_t n)
{
    wn_status status = WN_OK;
    int64_t *values = NULL;
    TRY(wn_new(&values, n));
    for (size_t i = 0; i < n; i++)
        values[i] = (int64_t)indices[i];
    TRY(wn_recipe_file_put(file, name, H5T_NATIVE_INT64, 1, &n, values));
done:
    wn_free(values);
    return status;
}

static wn_status write_ranking(const wn_recipe_file *file, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    char **names = NULL, *name = NULL;
    TRY(wn_new(&names, recipe->n_scores));
    for (size_t i = 0; i < recipe->n_scores; i++) {
        const wn_recipe_score *score = &recipe->scores[i];
        names[i] = score->name;
        TRY(wn_string_format(&name, "ranking/%s", score->name));
        TRY(wn_recipe_file_put(file, name, H5T_NATIVE_DOUBLE, 1, &recipe->n_features, score->score));
        wn_free(name);
        name = NULL;
    }
    TRY(wn_recipe_file_put_strings(file, "ranking_order", names, recipe->n_scores));
    if (recipe->reasons)
        TRY(wn_recipe_file_put_strings(file, "ranking/reason", recipe->reasons, recipe->n_features));
done:
    wn_free(name);
    wn_free(names);
    return status;
}

static wn_status write_projection(const wn_recipe_file *file, const wn_projection *projection)
{
    wn_status status = WN_OK;
    const char *group = projection->method;
    char name[64];
    size_t k = projection->n_components, p = projection->n_features;
    int64_t grid[2] = {projection->grid[0], projection->grid[1]}, append = projection->appends;
    snprintf(name, sizeof name, "%s/mean", group);
    TRY(wn_recipe_file_put(file, name, H5T_NATIVE_DOUBLE, 1, &p, projection->mean));
    snprintf(name, sizeof name, "%s/components", group);
    TRY(wn_recipe_file_put(file, name, H5T_NATIVE_DOUBLE, 2, (size_t[]){k, p}, projection->components));
    snprintf(name, sizeof name, "%s/eigenvalues", group);
    TRY(wn_recipe_file_put(file, name, H5T_NATIVE_DOUBLE, 1, &k, projection->eigenvalues));
    snprintf(name, sizeof name, "%s/explained_variance_ratio", group);
    TRY(wn_recipe_file_put(file, name, H5T_NATIVE_DOUBLE, 1, &k, projection->explained_variance_ratio));
    TRY(wn_recipe_file_put_text(file, group, "solver", projection->solver));
    TRY(wn_recipe_file_put_integers(file, group, "grid", grid, 2));
    TRY(wn_recipe_file_put_integers(file, group, "append", &append, 1));
    TRY(wn_recipe_file_put_text(file, "/", "projection", group));
done:
    return status;
}

static wn_status write_labels(const wn_recipe_file *file, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    const wn_labels *labels = &recipe->labels;
    if (labels->names != NULL)
        TRY(wn_recipe_file_put_strings(file, "labels/classes", labels->names, labels->n_classes));
    else
        TRY(wn_recipe_file_put(file, "labels/classes", H5T_NATIVE_DOUBLE, 1, &labels->n_classes, labels->classes));
    TRY(wn_recipe_file_put_text(file, "labels", "task", wn_task_words[labels->task]));
    TRY(wn_recipe_file_put_text(file, "labels", "label_name", recipe->label_name));
done:
    return status;
}

static wn_status write_ledger(const wn_recipe_file *file, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    TRY(wn_recipe_file_put_group(file, "ledger"));
    for (size_t i = 0; i < WN_LEDGER_COUNTS; i++)
        TRY(wn_recipe_file_put_integers(file, "ledger", wn_ledger_counts[i].name,
                                        wn_recipe_field_of(&recipe->ledger, wn_ledger_counts[i].offset), 1));
done:
    return status;
}

static wn_status write_statistics(const wn_recipe_file *file, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    char *name = NULL;
    for (size_t i = 0; i < recipe->n_statistics; i++) {
        const wn_recipe_statistic *statistic = &recipe->statistics[i];
        TRY(wn_string_format(&name, "statistics/%s", statistic->name));
        TRY(wn_recipe_file_put(file, name, statistic->is_real ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT64, statistic->n_dims,
                               statistic->dims, statistic->data));
        wn_free(name);
        name = NULL;
    }
done:
    wn_free(name);
    return status;
}

static wn_status write_content(const wn_recipe_file *file, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_hash hash;
    char text[WN_HASH_TEXT_SIZE];
    TRY(write_column_words(file, recipe));
    TRY(write_column_numbers(file, recipe, wn_recipe_reals, WN_RECIPE_REALS, H5T_NATIVE_DOUBLE));
    TRY(write_column_numbers(file, recipe, wn_recipe_integers, WN_RECIPE_INTEGERS, H5T_NATIVE_INT64));
    TRY(wn_recipe_file_put_strings(file, "features/name", recipe->feature_names, recipe->n_features));
    TRY(write_indices(file, "features/source", recipe->feature_source, recipe->n_features));
    TRY(wn_recipe_write_encoders(file, recipe));
    TRY(write_indices(file, "selected", recipe->selected, recipe->n_selected));
    TRY(write_ranking(file, recipe));
    if (recipe->projection)
        TRY(write_projection(file, recipe->projection));
    TRY(write_labels(file, recipe));
    TRY(write_ledger(file, recipe));
    TRY(write_statistics(file, recipe));
    if (recipe->sums)
        TRY(wn_profile_sums_write(file, recipe->sums));
    TRY(wn_recipe_hash(recipe, &hash));
    wn_hash_text(hash, text);
    TRY(wn_recipe_file_put_text(file, "/", "fingerprint", text));
    TRY(wn_recipe_file_put_text(file, "/", "winnow", WN_VERSION));
done:
    return status;
}

wn_status wn_recipe_write(const wn_recipe *recipe, const char *path)
{
    wn_status status = WN_OK;
    wn_recipe_file file = {H5I_INVALID_HID, path};
    char *part = NULL;
    TRY(wn_string_format(&part, "%s.part", path));
    TRY(wn_recipe_file_create(&file, path, part));
    TRY(write_content(&file, recipe));
    TRY(wn_recipe_file_finish(&file, part));
done:
    wn_recipe_file_close(&file);
    if (status != WN_OK && part)
        unlink(part);
    wn_free(part);
    return status;
}
