#include "run_files.h"

#include "values.h"
#include "winnow/fingerprint.h"
#include "winnow/memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* *value stays NULL where the file is missing or no JSON object: then `why` says so. */
static wn_status read_json(const char *directory, const char *name, json_t **value, char why[WN_MESSAGE_SIZE])
{
    json_error_t error;
    char *path = NULL;
    wn_status status = wn_string_format(&path, "%s/%s", directory, name);
    if (status != WN_OK)
        return status;
    FILE *file = fopen(path, "rb");
    json_t *found = file ? json_loadf(file, JSON_REJECT_DUPLICATES, &error) : NULL;
    if (!file)
        snprintf(why, WN_MESSAGE_SIZE, "%s: %s", name, strerror(errno));
    else if (!json_is_object(found))
        snprintf(why, WN_MESSAGE_SIZE, "%s is damaged: %s", name, found ? "no JSON object" : error.text);
    if (json_is_object(found))
        *value = found;
    else
        json_decref(found);
    if (file)
        fclose(file);
    wn_free(path);
    return WN_OK;
}

static bool is_ours(const json_t *manifest)
{
    size_t i = 0;
    json_t *name = NULL;
    json_array_foreach(json_object_get(manifest, "ours"), i, name)
    {
        const char *text = json_string_value(name);
        if (text && strcmp(text, "report.html") == 0)
            return json_is_string(json_object_get(manifest, "winnow"));
    }
    return false;
}

/* The recipe's columns do not hold their kinds, its file does. */
static wn_status read_kinds(wn_run_files *files, const char *path)
{
    wn_status status = WN_OK;
    char **kinds = NULL;
    wn_values values = {0};
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0)
        return WN_OK;
    status = wn_values_open(&values, H5Dopen2(file, "columns/kind", H5P_DEFAULT), false);
    if (status == WN_OK && values.kind == WN_VALUES_TEXTS && values.n_rows == files->recipe->n_columns &&
        values.row_size == 1)
        status = wn_values_texts(&values, &kinds);
    wn_values_close(&values);
    H5Fclose(file);
    files->kinds = kinds;
    return status == WN_BAD_DATA ? WN_OK : status;
}

static wn_status read_recipe(wn_run_files *files)
{
    wn_status status = WN_OK;
    wn_hash hash;
    char *path = NULL;
    TRY(wn_string_format(&path, "%s/recipe.h5", files->path));
    TRY(wn_recipe_read(&files->recipe, path));
    TRY(wn_recipe_hash(files->recipe, &hash));
    TRY(wn_fingerprint_check(files->summary, "recipe", hash, path));
    TRY(read_kinds(files, path));
done:
    wn_free(path);
    if (status == WN_OK || status == WN_NO_MEMORY)
        return status;
    wn_recipe_free(files->recipe);
    files->recipe = NULL;
    snprintf(files->recipe_fault, sizeof files->recipe_fault, "%s", wn_status_message());
    return WN_OK;
}

static wn_status read_job(wn_run_files *files)
{
    wn_status status = WN_OK;
    char *path = NULL, *text = NULL;
    TRY(wn_string_format(&path, "%s/job.yaml", files->path));
    FILE *file = fopen(path, "rb");
    if (!file)
        goto done;
    status = wn_new(&text, WN_JOB_TEXT_MAX + 1);
    size_t n = status == WN_OK ? fread(text, 1, WN_JOB_TEXT_MAX, file) : 0;
    if (n > 0 && !ferror(file)) {
        files->job = text;
        text = NULL;
    }
    fclose(file);
done:
    wn_free(text);
    wn_free(path);
    return status;
}

wn_status wn_run_files_read_summary(wn_run_files *files, const char *path)
{
    wn_status status = WN_OK;
    struct stat about;
    char why[WN_MESSAGE_SIZE] = "";
    *files = (wn_run_files){.path = path};
    if (stat(path, &about) != 0)
        TRY(wn_fail(errno == ENOENT || errno == ENOTDIR ? WN_NO_INPUT : WN_IO, "%s: %s", path, strerror(errno)));
    TRY(read_json(path, "manifest.json", &files->manifest, why));
    if (!is_ours(files->manifest))
        TRY(wn_fail(WN_CANT_CREATE, "%s: is not a run directory of Winnow", path));
    TRY(read_json(path, "run.json", &files->summary, files->summary_fault));
    files->summary_is_damaged = !files->summary && strstr(files->summary_fault, "is damaged") != NULL;
done:
    if (status != WN_OK)
        wn_run_files_clear(files);
    return status;
}

wn_status wn_run_files_read(wn_run_files *files, const char *path)
{
    wn_status status = wn_run_files_read_summary(files, path);
    if (status != WN_OK)
        return status;
    TRY(read_recipe(files));
    TRY(read_job(files));
done:
    if (status != WN_OK)
        wn_run_files_clear(files);
    return status;
}

void wn_run_files_clear(wn_run_files *files)
{
    json_decref(files->manifest);
    json_decref(files->summary);
    if (files->kinds)
        wn_values_free_texts(files->kinds, files->recipe->n_columns);
    wn_recipe_free(files->recipe);
    wn_free(files->job);
    *files = (wn_run_files){0};
}
