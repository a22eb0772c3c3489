#include "apply_source.h"

#include "job_record.h"
#include "winnow/fingerprint.h"
#include "winnow/memory.h"
#include "winnow/node.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static wn_status run_path(char **path, const char *run, const char *name)
{
    return wn_string_format(path, "%s/%s", run, name);
}

static wn_status read_job(const char *run, wn_apply_source *source)
{
    wn_status status = WN_OK;
    char *path = NULL;
    TRY(run_path(&path, run, "job.yaml"));
    TRY(wn_job_record_read(&source->job, path));
done:
    wn_free(path);
    return status;
}

/* These are as run.json (NULL: there is none) knows them. */
static wn_status read_recipe(const char *run, const json_t *summary, wn_apply_source *source)
{
    wn_status status = WN_OK;
    char *path = NULL;
    wn_hash hash;
    TRY(run_path(&path, run, "recipe.h5"));
    TRY(wn_recipe_read(&source->recipe, path));
    TRY(wn_recipe_hash(source->recipe, &hash));
    TRY(wn_fingerprint_check(summary, "recipe", hash, path));
    source->seen = source->recipe;
done:
    wn_free(path);
    return status;
}

static wn_status read_network(const char *run, const json_t *summary, wn_apply_source *source)
{
    wn_status status = WN_OK;
    char *path = NULL;
    TRY(run_path(&path, run, "model.h5"));
    TRY(wn_network_read(&source->network, path));
    TRY(wn_fingerprint_check(summary, "model", wn_network_hash(source->network), path));
done:
    wn_free(path);
    return status;
}

/* Only where it is wanted, or there. */
static wn_status read_artefact(const wn_apply_options *options, const json_t *summary, wn_apply_source *source)
{
    wn_status status = WN_OK;
    char *path = NULL;
    TRY(run_path(&path, options->run, "compressed.wnm"));
    if (!options->model_given && access(path, R_OK) != 0)
        goto done;
    TRY(wn_artefact_read(&source->artefact, path));
    TRY(wn_fingerprint_check(summary, "compressed", source->artefact->hash, path));
    source->seen = source->artefact->recipe;
    source->network = source->artefact->network;
done:
    wn_free(path);
    return status;
}

/* Local. The job, its recipe, and a model where the run has one. */
static wn_status read_run(const wn_apply_options *options, wn_apply_source *source)
{
    wn_status status = WN_OK;
    json_t *summary = NULL;
    TRY(wn_fingerprint_summary(&summary, options->run));
    TRY(read_job(options->run, source));
    TRY(read_recipe(options->run, summary, source));
    if (options->model == WN_APPLY_COMPRESSED)
        TRY(read_artefact(options, summary, source));
    if (source->network == NULL && (options->model_given || source->job->has_train))
        TRY(read_network(options->run, summary, source));
done:
    json_decref(summary);
    return status;
}

/* A name as a glob that matches only itself. */
static wn_status escaped(char **glob, const char *name)
{
    wn_status status = WN_OK;
    char *text = NULL;
    size_t n = 0;
    TRY(wn_new(&text, 2 * strlen(name) + 1));
    for (const char *c = name; *c != '\0'; c++) {
        if (strchr("*?[]\\", *c) != NULL)
            text[n++] = '\\';
        text[n++] = *c;
    }
    *glob = text;
done:
    return status;
}

/* Collective. The catalog of the files with the recipe's columns and the ids; with the label where the files have it.
 */
static wn_status open_catalog(const wn_ranks *ranks, const wn_apply_options *options, wn_apply_source *source)
{
    wn_status status = WN_OK;
    const wn_recipe *recipe = source->recipe;
    size_t n = recipe->n_columns + options->n_ids;
    char **include = NULL;
    status = wn_new(&include, n);
    for (size_t i = 0; status == WN_OK && i < n; i++)
        status =
            escaped(&include[i], i < recipe->n_columns ? recipe->columns[i].name : options->ids[i - recipe->n_columns]);
    TRY(wn_ranks_agree(ranks, status));
    wn_input input = {.files = options->files,
                      .n_files = options->n_files,
                      .table = source->job->input.table,
                      .label = recipe->label_name[0] != '\0' ? recipe->label_name : NULL,
                      .include = (const char *const *)include,
                      .n_include = n,
                      .is_direct = true,
                      .allow_external = source->job->input.allow_external};
    status = wn_catalog_open(ranks, &source->catalog, &input);
    if (status == WN_BAD_DATA && input.label != NULL) {
        input.label = NULL;
        status = wn_catalog_open(ranks, &source->catalog, &input);
    }
done:
    for (size_t i = 0; include != NULL && i < n; i++)
        wn_free(include[i]);
    wn_free(include);
    return status;
}

static wn_status find_ids(const wn_apply_options *options, wn_apply_source *source)
{
    wn_status status = WN_OK;
    TRY(wn_new(&source->id_position, options->n_ids));
    for (size_t i = 0; i < options->n_ids; i++) {
        size_t c = 0;
        bool is_label = false;
        while (c < source->catalog->n_columns && strcmp(source->catalog->columns[c].name, options->ids[i]) != 0)
            c++;
        if (c == source->catalog->n_columns)
            is_label = source->catalog->has_label && strcmp(source->catalog->label.name, options->ids[i]) == 0;
        if (c == source->catalog->n_columns && !is_label)
            return wn_fail(WN_BAD_DATA, "--id %s: the input has no such column", options->ids[i]);
        if (is_label ? wn_label_is_text(source->catalog) : source->catalog->columns[c].is_text)
            return wn_fail(WN_UNAVAILABLE, "--id %s: ids of strings are not built yet", options->ids[i]);
        source->id_position[i] = is_label ? SIZE_MAX : source->catalog->columns[c].place;
    }
done:
    return status;
}

/* Local. A label of strings is told by the names of the run's classes. */
static wn_status set_label_words(wn_apply_source *source)
{
    const wn_labels *labels = &source->recipe->labels;
    const wn_label_words words = {labels->n_classes, labels->names};
    bool are_names = labels->names != NULL;
    if (!source->catalog->has_label)
        return WN_OK;
    if (wn_label_is_text(source->catalog) != are_names)
        return wn_fail(WN_BAD_DATA, "label %s: holds %s, the run's classes are %s", source->catalog->label.name,
                       are_names ? "numbers" : "strings", are_names ? "strings" : "numbers");
    return are_names ? wn_label_words_set(&words, source->reader) : WN_OK;
}

wn_status wn_apply_source_open(const wn_ranks *ranks, const wn_apply_options *options, wn_apply_source *source)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_agree(ranks, read_run(options, source)));
    source->n_features = wn_recipe_n_inputs(source->recipe);
    TRY(open_catalog(ranks, options, source));
    TRY(wn_ranks_agree(ranks, wn_recipe_match(source->recipe, source->catalog)));
    TRY(wn_ranks_agree(ranks, wn_recipe_match(source->seen, source->catalog)));
    TRY(wn_ranks_agree(ranks, find_ids(options, source)));
    wn_reader_options reader = wn_job_reader_options(source->job);
    reader.cache_bytes = 0;
    TRY(wn_node_threads(ranks, &reader.n_threads));
    TRY(wn_ranks_agree(ranks, wn_reader_open(&source->reader, source->catalog, &reader)));
    TRY(wn_ranks_agree(ranks, set_label_words(source)));
done:
    return status;
}

void wn_apply_source_close(wn_apply_source *source)
{
    wn_reader_close(source->reader);
    wn_catalog_free(source->catalog);
    wn_free(source->id_position);
    if (source->artefact == NULL)
        wn_network_free(source->network);
    wn_recipe_free(source->recipe);
    wn_artefact_free(source->artefact);
    wn_job_free(source->job);
}
