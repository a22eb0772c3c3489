#include "winnow/compare.h"

#include "difference.h"
#include "run_files.h"
#include "winnow/artefact.h"
#include "winnow/fingerprint.h"
#include "winnow/memory.h"
#include "winnow/network.h"
#include "winnow/number_text.h"

#include <string.h>

/* What a walk leaves out: names, which are no results; what only repeats the numbers; how they were solved for. */
static const char *const skipped[] = {"/columns/name", "/columns/kind", "/features/name", "label_name",
                                      "name",          "fingerprint",   "checksum",       "winnow",
                                      "solver",        "grid",          "statistics",     NULL};

/* In the order of the work: what differs first caused the rest. */
static const char *const recipe_objects[] = {"/ledger",
                                             "/labels",
                                             "/columns/count",
                                             "/columns/missing",
                                             "/columns/min",
                                             "/columns/max",
                                             "/columns/mean",
                                             "/columns/std",
                                             "/columns",
                                             "/features",
                                             "/ranking",
                                             "/selected",
                                             "/"};
static const char *const statistics_objects[] = {"/statistics"};
static const char *const model_objects[] = {"/"};

static const char *const none_skipped[] = {NULL};

static wn_status hash_recipe(const char *path, wn_hash *hash)
{
    wn_recipe *recipe = NULL;
    wn_status status = wn_recipe_read(&recipe, path);
    if (status == WN_OK)
        status = wn_recipe_hash(recipe, hash);
    wn_recipe_free(recipe);
    return status;
}

static wn_status hash_artefact(const char *path, wn_hash *hash)
{
    wn_artefact *artefact = NULL;
    wn_status status = wn_artefact_read(&artefact, path);
    if (status == WN_OK)
        *hash = artefact->hash;
    wn_artefact_free(artefact);
    return status;
}

static wn_status hash_network(const char *path, wn_hash *hash)
{
    wn_network *network = NULL;
    wn_status status = wn_network_read(&network, path);
    if (status == WN_OK)
        *hash = wn_network_hash(network);
    wn_network_free(network);
    return status;
}

/* A fingerprint, and the file whose numbers it is of. */
typedef struct {
    const char *name, *file;
    wn_status (*hash)(const char *path, wn_hash *hash); /* of the file's numbers, where it is whole */
    const char *const *objects;
    size_t n_objects;
    const char *const *skipped;
} fingerprint;

#define OBJECTS(objects) objects, sizeof(objects) / sizeof *(objects)
static const fingerprint fingerprints[] = {
    {"statistics", "recipe.h5", hash_recipe, OBJECTS(statistics_objects), none_skipped},
    {"recipe", "recipe.h5", hash_recipe, OBJECTS(recipe_objects), skipped},
    {"model", "model.h5", hash_network, OBJECTS(model_objects), skipped},
    {"compressed", "compressed.wnm", hash_artefact, NULL, 0, NULL},
};
enum { N_FINGERPRINTS = sizeof fingerprints / sizeof *fingerprints };

static wn_status walk_files(const fingerprint *of, const char *const paths[2], wn_difference *difference)
{
    if (!of->objects)
        return wn_difference_artefacts(difference, paths);
    return wn_difference_hdf5(difference, paths, of->objects, of->n_objects, of->skipped);
}

/* Prints the first number that differs in what a fingerprint is of. */
static wn_status print_difference(const fingerprint *of, const wn_run_files runs[2], FILE *out, bool *is_found)
{
    wn_status status = WN_OK;
    char *paths[2] = {NULL, NULL};
    wn_difference difference = {.file = of->file};
    TRY(wn_string_format(&paths[0], "%s/%s", runs[0].path, of->file));
    TRY(wn_string_format(&paths[1], "%s/%s", runs[1].path, of->file));
    TRY(walk_files(of, (const char *const[2]){paths[0], paths[1]}, &difference));
    if (difference.is_found)
        fprintf(out, "%s\n", difference.text);
    else
        fprintf(out, "%s: no number differs that belongs to %s\n", of->file, of->name);
    *is_found = difference.is_found;
done:
    wn_free(paths[1]);
    wn_free(paths[0]);
    return status;
}

static const char *fingerprint_of(const wn_run_files *run, const char *name)
{
    return json_string_value(json_object_get(json_object_get(run->summary, "fingerprints"), name));
}

/* Every file that a fingerprint is of is what the run left: else the fingerprint says nothing about it. The recipe's
 * numbers follow from the statistics that lie in its file. */
static wn_status check_files(const wn_run_files *run)
{
    wn_status status = WN_OK;
    wn_hash hash;
    char *path = NULL;
    for (size_t i = 0; i < N_FINGERPRINTS; i++) {
        if (!fingerprint_of(run, fingerprints[i].name) || fingerprints[i].objects == statistics_objects)
            continue;
        wn_free(path);
        path = NULL;
        TRY(wn_string_format(&path, "%s/%s", run->path, fingerprints[i].file));
        TRY(fingerprints[i].hash(path, &hash));
        TRY(wn_fingerprint_check(run->summary, fingerprints[i].name, hash, path));
    }
done:
    wn_free(path);
    return status;
}

static bool print_fingerprint(const wn_run_files runs[2], const char *name, FILE *out)
{
    const char *first = fingerprint_of(&runs[0], name), *second = fingerprint_of(&runs[1], name);
    if (!first && !second)
        fprintf(out, "%-10s  absent in both\n", name);
    else if (!first || !second)
        fprintf(out, "%-10s  absent in %s\n", name, runs[first ? 1 : 0].path);
    else if (strcmp(first, second) == 0)
        fprintf(out, "%-10s  equal   %s\n", name, first);
    else
        fprintf(out, "%-10s  differ  %s against %s\n", name, first, second);
    return first && second ? strcmp(first, second) == 0 : first == second;
}

/* Fingerprints, then the first number that differs of those that both have. */
static wn_status compare_fingerprints(const wn_run_files runs[2], FILE *out, bool *is_equal)
{
    wn_status status = WN_OK;
    bool differs[N_FINGERPRINTS], is_found = false;
    for (size_t i = 0; i < N_FINGERPRINTS; i++) {
        differs[i] = !print_fingerprint(runs, fingerprints[i].name, out);
        *is_equal = *is_equal && !differs[i];
    }
    for (size_t i = 0; i < N_FINGERPRINTS && !is_found; i++) {
        const char *name = fingerprints[i].name;
        if (differs[i] && fingerprint_of(&runs[0], name) && fingerprint_of(&runs[1], name))
            TRY(print_difference(&fingerprints[i], runs, out, &is_found));
    }
done:
    return status;
}

static void print_leaf(const char *path, const json_t *first, const json_t *second, FILE *out)
{
    const json_t *values[2] = {first, second};
    char texts[2][WN_NUMBER_TEXT_SIZE];
    for (size_t side = 0; side < 2; side++) {
        const char *text = json_string_value(values[side]);
        if (json_is_number(values[side]))
            wn_number_text(json_number_value(values[side]), texts[side]);
        else
            snprintf(texts[side], sizeof texts[side], "%s",
                     text                         ? text
                     : json_is_null(values[side]) ? "not finite"
                     : values[side]               ? "something else"
                                                  : "nothing");
    }
    fprintf(out, "%s: %s against %s\n", path, texts[0], texts[1]);
}

/* Values that differ: those in lists (by class) are counted, the others printed to `out`. */
typedef struct {
    FILE *out;
    size_t n_printed, n_in_lists;
} tally;

static void compare_json(const char *path, const json_t *first, const json_t *second, bool is_in_list, tally *found);

static void compare_members(const char *path, const json_t *first, const json_t *second, bool is_in_list, tally *found)
{
    char below[256];
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach((json_t *)(uintptr_t)first, key, value)
    {
        snprintf(below, sizeof below, "%s.%s", path, key);
        compare_json(below, value, json_object_get(second, key), is_in_list, found);
    }
    json_object_foreach((json_t *)(uintptr_t)second, key, value)
    {
        snprintf(below, sizeof below, "%s.%s", path, key);
        if (!json_object_get(first, key))
            compare_json(below, NULL, value, is_in_list, found);
    }
}

static void compare_json(const char *path, const json_t *first, const json_t *second, bool is_in_list, tally *found)
{
    size_t n = json_array_size(first) > json_array_size(second) ? json_array_size(first) : json_array_size(second);
    if (json_equal(first, second) || (!first && !second))
        return;
    if (json_is_object(first) && json_is_object(second)) {
        compare_members(path, first, second, is_in_list, found);
    } else if (json_is_array(first) && json_is_array(second)) {
        for (size_t i = 0; i < n; i++)
            compare_json(path, json_array_get(first, i), json_array_get(second, i), true, found);
    } else if (is_in_list) {
        found->n_in_lists++;
    } else {
        print_leaf(path, first, second, found->out);
        found->n_printed++;
    }
}

static void compare_metrics(const wn_run_files runs[2], FILE *out, bool *is_equal)
{
    tally found = {.out = out};
    compare_json("run.json metrics", json_object_get(runs[0].summary, "metrics"),
                 json_object_get(runs[1].summary, "metrics"), false, &found);
    if (found.n_in_lists > 0)
        fprintf(out, "run.json metrics by class and confusions: %zu values differ\n", found.n_in_lists);
    *is_equal = *is_equal && found.n_printed + found.n_in_lists == 0;
}

static wn_status read_run(wn_run_files *run, const char *path)
{
    wn_status status = wn_run_files_read_summary(run, path);
    if (status == WN_OK && !run->summary) {
        status = run->summary_is_damaged
                     ? wn_fail(WN_BAD_DATA, "%s: %s", path, run->summary_fault)
                     : wn_fail(WN_NO_INPUT, "%s: is going on or was killed (%s)", path, run->summary_fault);
        wn_run_files_clear(run);
    }
    return status;
}

/* A run that came to no result has nothing that could be equal. */
static wn_status check_results(const wn_run_files *run, const char *path)
{
    if (json_object_size(json_object_get(run->summary, "fingerprints")) > 0)
        return WN_OK;
    return wn_fail(WN_NO_INPUT, "%s: the run came to no result that could be compared", path);
}

wn_status wn_compare(const char *first, const char *second, FILE *out, bool *is_equal)
{
    wn_status status = WN_OK;
    wn_run_files runs[2] = {{0}, {0}};
    bool equal = true;
    TRY(read_run(&runs[0], first));
    TRY(read_run(&runs[1], second));
    TRY(check_results(&runs[0], first));
    TRY(check_results(&runs[1], second));
    TRY(check_files(&runs[0]));
    TRY(check_files(&runs[1]));
    TRY(compare_fingerprints(runs, out, &equal));
    compare_metrics(runs, out, &equal);
    *is_equal = equal;
done:
    wn_run_files_clear(&runs[1]);
    wn_run_files_clear(&runs[0]);
    return status;
}
