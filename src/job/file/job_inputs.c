#include "job_rules.h"

#include "job_fit.h"
#include "winnow/inspect.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

static bool is_about_inputs(wn_status status)
{
    return status == WN_BAD_DATA || status == WN_NO_INPUT || status == WN_UNAVAILABLE;
}

static wn_status worse(wn_status a, wn_status b)
{
    return a > b ? a : b;
}

/* A message of which some begin with the key. */
static void tell(wn_job_reader *reader, const char *key, const char *message)
{
    size_t n = strlen(key);
    bool has_key = strncmp(message, key, n) == 0 && strncmp(message + n, ": ", 2) == 0;
    wn_job_fault_at(reader, key, "%s", message + (has_key ? n + 2 : 0));
}

/* Files, table and label fail together: tells by which, and takes it out of the input so that the rest can be tried.
 * False when it is the files. */
static bool blame_one(wn_job_reader *reader, wn_input *input)
{
    char message[WN_MESSAGE_SIZE];
    wn_input without_label = *input, without_table = *input;
    without_label.label = NULL;
    without_table.table = NULL;
    snprintf(message, sizeof message, "%s", wn_status_message());
    const char *key = "input.files";
    if (input->label && wn_catalog_try(&without_label) == WN_OK) {
        key = "input.label";
        *input = without_label;
    } else if (input->table && wn_catalog_try(&without_table) == WN_OK) {
        key = "input.table";
        *input = without_table;
    }
    tell(reader, key, message);
    return strcmp(key, "input.files") != 0;
}

/* Finds which keys a catalog that cannot be read fails by, and tells each. Returns the worst status. */
static wn_status blame(wn_job_reader *reader, const wn_input *whole)
{
    wn_input base = {.files = whole->files,
                     .n_files = whole->n_files,
                     .table = whole->table,
                     .label = whole->label,
                     .allow_external = whole->allow_external};
    wn_status worst = wn_catalog_try(&base);
    if (worst != WN_OK && !blame_one(reader, &base))
        return worst;
    wn_input tests = base, columns = base;
    tests.test = whole->test, tests.n_test = whole->n_test;
    columns.include = whole->include, columns.n_include = whole->n_include;
    columns.exclude = whole->exclude, columns.n_exclude = whole->n_exclude;
    wn_status status = whole->n_test > 0 ? wn_catalog_try(&tests) : WN_OK;
    if (status != WN_OK)
        tell(reader, "input.test", wn_status_message());
    worst = worse(worst, status);
    status = whole->n_include + whole->n_exclude > 0 ? wn_catalog_try(&columns) : WN_OK;
    if (status != WN_OK)
        tell(reader, "input.columns", wn_status_message());
    worst = worse(worst, status);
    if (worst != WN_OK)
        return worst;
    worst = wn_catalog_try(whole);
    if (worst != WN_OK)
        wn_job_fault_at(reader, "input", "%s", wn_status_message());
    return worst;
}

static wn_status check_patterns(wn_job_reader *reader, const char *key, const wn_text_list *patterns,
                                const char *const *columns, size_t n_columns)
{
    wn_status worst = WN_OK;
    for (size_t i = 0; i < patterns->n; i++) {
        wn_status status = wn_job_pattern_check(reader->job, key, patterns->text[i], columns, n_columns);
        if (status == WN_OK)
            continue;
        const wn_yaml *list = wn_yaml_at(reader->root, key);
        bool has_place = list && list->kind == WN_YAML_LIST && list->n == patterns->n;
        const char *message = wn_status_message() + strlen(key) + 2;
        wn_job_fault_add(reader, has_place ? list->items[i] : list, key, "%s", message);
        worst = status;
    }
    return worst;
}

/* The keys of an overrides map, each at its place. */
static wn_status check_map(wn_job_reader *reader, const char *key, const char *const *columns, size_t n_columns)
{
    wn_status worst = WN_OK;
    const wn_yaml *map = wn_yaml_at(reader->root, key);
    for (size_t i = 0; map && map->kind == WN_YAML_MAP && i < map->n; i++) {
        wn_status status = wn_job_pattern_check(reader->job, key, map->keys[i], columns, n_columns);
        if (status == WN_OK)
            continue;
        wn_job_fault_add(reader, map->key_nodes[i], key, "%s", wn_status_message() + strlen(key) + 2);
        worst = status;
    }
    return worst;
}

static wn_status check_types(wn_job_reader *reader, const char *const *columns, size_t n_columns)
{
    const wn_job *job = reader->job;
    wn_status worst = WN_OK;
    for (size_t i = 0; i < job->input.n_types; i++) {
        const wn_column_type *type = &job->input.types[i];
        int64_t n = 0;
        for (size_t c = 0; c < n_columns; c++)
            n += wn_job_image_has(job, type->name, columns[c]);
        if (type->word == WN_TYPE_IMAGE
                ? n > 0 && n <= wn_job_image_cells(type)
                : type->word == WN_TYPE_IGNORE || wn_job_matches_any(job, type->name, columns, n_columns))
            continue;
        const wn_yaml *map = wn_yaml_at(reader->root, "input.types");
        wn_job_fault_add(reader, map && i < map->n ? map->key_nodes[i] : map, "input.types", "%s matches no column",
                         type->name);
        worst = WN_BAD_DATA;
    }
    return worst;
}

/* columns (n_columns + 1): the label is one that can be named. */
static wn_status check_duplicates(wn_job_reader *reader, const wn_catalog *catalog, const char **columns)
{
    size_t n = catalog->n_columns;
    if (catalog->has_label)
        columns[n++] = catalog->label.name;
    return check_patterns(reader, "clean.duplicates.columns", &reader->job->clean.duplicate_columns, columns, n);
}

/* The column that the split goes by, which need not be among the included ones. */
static wn_status check_split(wn_job_reader *reader)
{
    wn_input input = wn_job_split_input(reader->job);
    if (!input.label)
        return WN_OK;
    wn_status status = wn_catalog_try(&input);
    if (status != WN_OK)
        tell(reader, "input.split.by", wn_status_message());
    return status;
}

/* Whether features may have other names than columns. */
static bool has_encoders(const wn_job *job)
{
    return (job->has_extract && (job->extract.method != WN_CATEGORY_NONE || job->extract.text.method != WN_TEXT_NONE ||
                                 job->extract.image.method != WN_IMAGE_NONE)) ||
           (job->has_clean && job->clean.indicators);
}

typedef wn_status (*fits)(const wn_job *job, size_t entry, const wn_recipe *recipe);

/* Each entry of a map whose columns are there: whether it makes sense for them. */
static wn_status check_entries(wn_job_reader *reader, const char *key, size_t n, fits fit, const wn_recipe *recipe)
{
    wn_status worst = WN_OK;
    const wn_yaml *map = wn_yaml_at(reader->root, key);
    for (size_t i = 0; i < n; i++) {
        wn_status status = fit(reader->job, i, recipe);
        if (status == WN_OK)
            continue;
        const wn_yaml *place = map && map->kind == WN_YAML_MAP && i < map->n ? map->key_nodes[i] : map;
        wn_job_fault_add(reader, place, key, "%s", wn_status_message() + strlen(key) + 2);
        worst = status;
    }
    return worst;
}

/* What is left, where entries fit: images whose pixels do not lie in order. */
static wn_status check_rest(wn_job_reader *reader, wn_recipe *recipe)
{
    wn_status status = wn_job_column_rules(reader->job, recipe);
    char key[WN_YAML_PATH_SIZE] = "";
    const char *message = wn_status_message(), *colon = status == WN_BAD_DATA ? strstr(message, ": ") : NULL;
    if (colon == NULL)
        return status;
    snprintf(key, sizeof key, "%.*s", (int)(colon - message), message);
    wn_job_fault_at(reader, key, "%s", colon + 2);
    return status;
}

static wn_status check_rules(wn_job_reader *reader, const wn_catalog *catalog)
{
    const wn_job *job = reader->job;
    wn_recipe *recipe = NULL;
    wn_status status = wn_recipe_new(&recipe, catalog);
    if (status != WN_OK)
        return status;
    wn_job_column_kinds(job, recipe);
    status = check_entries(reader, "input.types", job->input.n_types, wn_job_type_fit, recipe);
    if (job->has_clean)
        status =
            worse(status, check_entries(reader, "clean.overrides", job->clean.n_overrides, wn_job_clean_fit, recipe));
    if (job->has_normalize)
        status = worse(status, check_entries(reader, "normalize.overrides", job->normalize.n_overrides,
                                             wn_job_normalize_fit, recipe));
    if (status == WN_OK)
        status = check_rest(reader, recipe);
    wn_recipe_free(recipe);
    return status;
}

static wn_status check_columns(wn_job_reader *reader, const wn_catalog *catalog)
{
    const wn_job *job = reader->job;
    const char **columns = NULL;
    wn_status status = wn_new(&columns, catalog->n_columns + 1);
    if (status != WN_OK)
        return status;
    size_t n = catalog->n_columns;
    for (size_t i = 0; i < n; i++)
        columns[i] = catalog->columns[i].name;
    status = check_types(reader, columns, n);
    if (job->has_clean)
        status = worse(status, check_map(reader, "clean.overrides", columns, n));
    if (job->has_normalize)
        status = worse(status, check_map(reader, "normalize.overrides", columns, n));
    if (job->has_clean)
        status = worse(status, check_duplicates(reader, catalog, columns));
    status = worse(status, check_split(reader));
    if (status == WN_OK)
        status = check_rules(reader, catalog);
    if (job->has_rank && !has_encoders(job)) {
        status = worse(status, check_patterns(reader, "rank.always", &job->rank.always, columns, n));
        status = worse(status, check_patterns(reader, "rank.never", &job->rank.never, columns, n));
    }
    if (job->has_reduce && job->reduce.method != WN_REDUCE_NONE && job->reduce.components.count > n &&
        !has_encoders(job)) {
        wn_job_fault_at(reader, "reduce.components", "is %zu, more than the %zu columns", job->reduce.components.count,
                        n);
        status = WN_BAD_DATA;
    }
    wn_free(columns);
    return status;
}

/* The inputs of a job whose input section is right; faults are told. */
static wn_status check_inputs(wn_job_reader *reader, int64_t *n_rows, size_t *n_columns)
{
    wn_catalog *catalog = NULL;
    wn_input input = wn_job_input(reader->job);
    wn_status status = wn_catalog_try(&input);
    if (status != WN_OK)
        return is_about_inputs(status) ? blame(reader, &input) : status;
    status = wn_catalog_read(&catalog, &input);
    if (status != WN_OK)
        return status;
    *n_rows = catalog->n_rows;
    *n_columns = catalog->n_columns;
    status = check_columns(reader, catalog);
    wn_catalog_free(catalog);
    return status;
}

static bool is_input_right(const wn_job_reader *reader)
{
    for (size_t i = 0; i < reader->n_faults; i++)
        if (reader->faults[i].is_input)
            return false;
    return true;
}

wn_status wn_job_check(const char *path, const char *const *settings, size_t n_settings, wn_job_errors *errors,
                       int64_t *n_rows, size_t *n_columns)
{
    wn_status status = WN_OK, of_inputs = WN_OK;
    wn_job_reader reader = {0};
    TRY(wn_job_reader_run(&reader, path, settings, n_settings));
    wn_status of_job = wn_job_reader_verdict(&reader);
    if (reader.job && is_input_right(&reader))
        of_inputs = check_inputs(&reader, n_rows, n_columns);
    if (of_inputs != WN_OK && !is_about_inputs(of_inputs)) {
        status = of_inputs;
        goto done;
    }
    TRY(reader.status);
    TRY(wn_job_reader_errors(&reader, errors));
    if (of_job != WN_OK)
        TRY(wn_fail(of_job, "%s: %zu %s", path, reader.n_faults, reader.n_faults == 1 ? "error" : "errors"));
    if (of_inputs != WN_OK)
        TRY(wn_fail(of_inputs, "%s: %zu %s", path, reader.n_faults, reader.n_faults == 1 ? "error" : "errors"));
done:
    wn_job_reader_clear(&reader);
    return status;
}
