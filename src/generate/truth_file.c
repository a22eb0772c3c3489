#include "truth_file.h"

#include "winnow/durable.h"
#include "winnow/memory.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *type_name(wn_store_type type)
{
    static const char *const names[] = {
        [WN_STORE_UINT8] = "uint8",     [WN_STORE_INT64] = "int64", [WN_STORE_FLOAT32] = "float32",
        [WN_STORE_FLOAT64] = "float64", [WN_STORE_INT8] = "int8",   [WN_STORE_INT16] = "int16",
        [WN_STORE_INT32] = "int32"};
    return names[type];
}

static json_t *column_name(size_t column)
{
    char name[32];
    snprintf(name, sizeof name, "x%zu", column);
    return json_string(name);
}

static json_t *reals(const double *values, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, json_real(values[i]));
    return array;
}

static json_t *singles(const float *values, size_t n, size_t step)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, json_real((double)values[i * step]));
    return array;
}

static json_t *names_of(const size_t *columns, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, column_name(columns[i]));
    return array;
}

/* What only an informative or a redundant column has. */
static void add_roles(json_t *columns, const wn_truth *t)
{
    const wn_generate_options *o = &t->options;
    size_t m = o->n_informative;
    for (size_t i = 0; i < m; i++) {
        json_t *column = json_array_get(columns, t->informative[i]), *weights = json_array();
        json_object_set_new(column, "kind", json_string("informative"));
        json_object_set_new(column, "strength", json_real(t->strength[i]));
        json_object_set_new(column, "shift", singles(t->shift + i, t->n_targets, m));
        for (size_t k = 0; k < t->n_targets; k++)
            json_array_append_new(weights, json_real(t->weight[k * m + i]));
        json_object_set_new(column, "weight", weights);
        json_object_set_new(column, "loading", singles(t->loading + i, o->n_factors, m));
        json_object_set_new(column, "unique", json_real((double)t->unique[i]));
    }
    for (size_t i = 0; i < o->n_redundant; i++) {
        json_t *column = json_array_get(columns, t->redundant[i]);
        json_object_set_new(column, "kind", json_string("redundant"));
        json_object_set_new(column, "of", column_name(t->informative[t->source[i]]));
        json_object_set_new(column, "correlation", json_real(o->correlation));
    }
}

static json_t *columns_of(const wn_truth *t, const int64_t *counts)
{
    const wn_generate_options *o = &t->options;
    json_t *columns = json_array();
    for (size_t j = 0; j < o->n_columns; j++)
        json_array_append_new(columns, json_pack("{s:o, s:s, s:f, s:f, s:I, s:I}", "name", column_name(j), "kind",
                                                 "noise", "center", (double)t->centre[j], "scale", (double)t->scale[j],
                                                 "missing", (json_int_t)counts[j], "outliers",
                                                 (json_int_t)counts[o->n_columns + o->n_categories + j]));
    add_roles(columns, t);
    return columns;
}

static json_t *categories_of(const wn_truth *t, const int64_t *counts)
{
    const wn_generate_options *o = &t->options;
    json_t *categories = json_array();
    for (size_t k = 0; k < o->n_categories; k++) {
        char name[32];
        json_t *codes = json_array();
        snprintf(name, sizeof name, "category%zu", k);
        for (size_t l = 0; l < o->n_levels; l++)
            json_array_append_new(codes, json_integer(t->code[k * o->n_levels + l]));
        json_array_append_new(categories, json_pack("{s:s, s:s, s:I, s:I, s:o}", "name", name, "kind",
                                                    wn_truth_category_tells(k) ? "informative" : "noise", "levels",
                                                    (json_int_t)o->n_levels, "missing",
                                                    (json_int_t)counts[o->n_columns + k], "codes", codes));
    }
    return categories;
}

static json_t *target_of(const wn_truth *t)
{
    const wn_generate_options *o = &t->options;
    json_t *target = json_pack("{s:s, s:s, s:f}", "name", "label", "task",
                               o->n_classes > 0 ? "classification" : "regression", "noise", o->noise);
    if (o->n_classes == 0)
        return target;
    json_object_set_new(target, "separation", json_real(o->separation));
    json_object_set_new(target, "priors", reals(t->priors, o->n_classes));
    json_object_set_new(target, "intercept", reals(t->intercept, o->n_classes));
    return target;
}

static json_t *files_of(const wn_truth *t)
{
    json_t *files = json_array();
    for (size_t i = 0; i < t->options.n_files; i++) {
        char name[32];
        snprintf(name, sizeof name, "table-%05zu.h5", i);
        json_array_append_new(files, json_string(name));
    }
    return files;
}

static json_t *content_of(const wn_truth *t, const int64_t *counts)
{
    const wn_generate_options *o = &t->options;
    json_t *content = json_pack("{s:s, s:I, s:I, s:I, s:s, s:s}", "winnow", WN_VERSION, "seed", (json_int_t)o->seed,
                                "rows", (json_int_t)o->n_rows, "duplicates", (json_int_t)(o->n_rows - t->n_unique),
                                "order", o->is_sorted ? "sorted" : "shuffled", "type", type_name(o->type));
    json_object_set_new(content, "files", files_of(t));
    json_object_set_new(content, "target", target_of(t));
    json_object_set_new(content, "factors", json_integer((json_int_t)o->n_factors));
    json_object_set_new(content, "informative", names_of(t->informative, o->n_informative));
    json_object_set_new(content, "redundant", names_of(t->redundant, o->n_redundant));
    json_object_set_new(content, "columns", columns_of(t, counts));
    json_object_set_new(content, "categories", categories_of(t, counts));
    return content;
}

wn_status wn_truth_shard_path(char **path, const wn_truth *truth, size_t shard)
{
    return wn_string_format(path, "%s/table-%05zu.h5", truth->options.output, shard);
}

static wn_status claim_path(char **path, const char *output)
{
    return wn_string_format(path, "%s/truth.json.part", output);
}

static wn_status check_empty(const char *path)
{
    wn_status status = WN_OK;
    DIR *directory = opendir(path);
    if (directory == NULL)
        return wn_durable_refusal(path);
    for (struct dirent *entry; status == WN_OK && (entry = readdir(directory)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            status = wn_fail(WN_CANT_CREATE, "%s: is not empty", path);
    closedir(directory);
    return status;
}

wn_status wn_truth_file_claim(const char *output)
{
    wn_status status = WN_OK;
    char *path = NULL;
    TRY(check_empty(output));
    TRY(claim_path(&path, output));
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0)
        TRY(wn_durable_refusal(path));
    close(descriptor);
done:
    wn_free(path);
    return status;
}

void wn_truth_file_release(const char *output)
{
    char *path = NULL;
    if (claim_path(&path, output) == WN_OK)
        unlink(path);
    wn_free(path);
}

wn_status wn_truth_file_write(const wn_truth *truth, const int64_t *counts)
{
    wn_status status = WN_OK;
    char *path = NULL, *part = NULL, *text = NULL;
    json_t *content = content_of(truth, counts);
    TRY(wn_string_format(&path, "%s/truth.json", truth->options.output));
    TRY(claim_path(&part, truth->options.output));
    text = json_dumps(content, JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(17));
    if (text == NULL)
        TRY(wn_fail(WN_NO_MEMORY, "out of memory for %s", path));
    TRY(wn_durable_write(part, text, strlen(text)));
    TRY(wn_durable_rename(part, path));
done:
    free(text);
    json_decref(content);
    wn_free(part);
    wn_free(path);
    return status;
}
