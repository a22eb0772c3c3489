#include "apply_model.h"

#include "job_record.h"
#include "winnow/fingerprint.h"
#include "winnow/memory.h"
#include "winnow/node.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

static wn_status run_path(char **path, const char *run, const char *name)
{
    return wn_string_format(path, "%s/%s", run, name);
}

/* Local. recipe.h5 as run.json knows it, where there is one. */
static wn_status read_recipe(const json_t *summary, const char *path, wn_recipe **recipe)
{
    wn_status status = WN_OK;
    wn_hash hash;
    TRY(wn_recipe_read(recipe, path));
    TRY(wn_recipe_hash(*recipe, &hash));
    TRY(wn_fingerprint_check(summary, "recipe", hash, path));
done:
    return status;
}

/* Local. recipe.h5, with the artefact or, where the run trained, model.h5. */
static wn_status read_model(const wn_apply_options *options, wn_apply_source *source)
{
    wn_status status = WN_OK;
    char *small = NULL, *recipe = NULL, *model = NULL, *job = NULL;
    json_t *summary = NULL;
    TRY(wn_fingerprint_summary(&summary, options->run));
    TRY(run_path(&small, options->run, "compressed.wnm"));
    TRY(run_path(&recipe, options->run, "recipe.h5"));
    TRY(run_path(&model, options->run, "model.h5"));
    TRY(run_path(&job, options->run, "job.yaml"));
    TRY(wn_job_record_read(&source->job, job));
    bool has_small = access(small, R_OK) == 0;
    bool use_small = options->model == WN_APPLY_COMPRESSED && (options->model_given || has_small);
    TRY(read_recipe(summary, recipe, &source->recipe));
    source->seen = source->recipe;
    if (use_small) {
        TRY(wn_artefact_read(&source->artefact, small));
        TRY(wn_fingerprint_check(summary, "compressed", source->artefact->hash, small));
        source->seen = source->artefact->recipe;
        source->network = source->artefact->network;
    } else if (options->model_given || source->job->has_train) {
        TRY(wn_network_read(&source->network, model));
        TRY(wn_fingerprint_check(summary, "model", wn_network_hash(source->network), model));
    }
done:
    json_decref(summary);
    wn_free(job);
    wn_free(model);
    wn_free(recipe);
    wn_free(small);
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
    if (!source->catalog->has_label || wn_label_is_text(source->catalog) != (labels->names != NULL))
        return source->catalog->has_label
                   ? wn_fail(WN_BAD_DATA, "label %s: holds %s, the run's classes are %s", source->catalog->label.name,
                             labels->names != NULL ? "numbers" : "strings",
                             labels->names != NULL ? "strings" : "numbers")
                   : WN_OK;
    const wn_label_words words = {labels->n_classes, labels->names};
    return labels->names != NULL ? wn_label_words_set(&words, source->reader) : WN_OK;
}

wn_status wn_apply_source_open(const wn_ranks *ranks, const wn_apply_options *options, wn_apply_source *source)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_agree(ranks, read_model(options, source)));
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

static size_t row_bytes(const wn_apply_source *source, size_t n_ids)
{
    size_t n_classes = source->network != NULL ? source->recipe->labels.n_classes : 0;
    return (n_ids + 2) * sizeof(double) + (source->n_features + n_classes) * sizeof(float);
}

wn_status wn_apply_result_new(wn_apply_result *result, const wn_apply_source *source, size_t n_ids, size_t capacity)
{
    return wn_memory_new((void **)&result->bytes, capacity, row_bytes(source, n_ids), __func__);
}

void wn_apply_result_layout(wn_apply_result *result, const wn_apply_source *source, size_t n_ids, size_t n_rows)
{
    result->n_rows = n_rows;
    result->n_bytes = n_rows * row_bytes(source, n_ids);
    result->prediction = (double *)(void *)result->bytes;
    result->ids = result->prediction + n_rows;
    result->rows = (int64_t *)(void *)(result->ids + n_rows * n_ids);
    result->features = (float *)(void *)(result->rows + n_rows);
    result->probability = result->features + n_rows * source->n_features;
}

/* Class label of the largest output, the first of equals. */
static double best_class(const wn_labels *labels, const float *outputs)
{
    size_t best = 0;
    for (size_t k = 1; k < labels->n_classes; k++)
        if (outputs[k] > outputs[best])
            best = k;
    return labels->classes[best];
}

static wn_status fail_label(const wn_labels *known, double label)
{
    if (known->names != NULL)
        return wn_fail(WN_BAD_DATA, "a label of the input is none of the run's classes");
    return wn_fail(WN_BAD_DATA, "label %g of the input is none of the run's classes", label);
}

/* Adds the rows of a run whose label is known; a label that training did not have cannot be judged. */
static wn_status evaluate_run(const wn_apply_source *source, const double *labels, const float *outputs, size_t n,
                              wn_evaluation *evaluation)
{
    const wn_labels *known = &source->recipe->labels;
    size_t width = source->network->n_outputs;
    for (size_t i = 0; i < n; i++) {
        if (isnan(labels[i]))
            continue;
        float target = (float)labels[i];
        if (known->task == WN_TASK_CLASSIFICATION) {
            int index = wn_labels_class(known, labels[i]);
            if (index < 0)
                return fail_label(known, labels[i]);
            target = (float)index;
        }
        wn_evaluation_add(evaluation, outputs + i * width, &target, 1);
    }
    return WN_OK;
}

/* Outputs of a run of rows into predictions and probabilities, in runs like those of wn_evaluation_add_dataset. */
static wn_status predict(const wn_apply_source *source, const wn_block *block, const float *inputs,
                         wn_workspace *workspace, wn_apply_result *result, wn_evaluation *evaluation)
{
    wn_status status = WN_OK;
    const wn_labels *labels = &source->recipe->labels;
    size_t n_in = source->network->n_inputs, n_classes = labels->n_classes;
    for (size_t first = 0; first < result->n_rows; first += WN_EVALUATION_ROWS) {
        size_t n = result->n_rows - first < WN_EVALUATION_ROWS ? result->n_rows - first : WN_EVALUATION_ROWS;
        const float *outputs = wn_network_forward(source->network, workspace, inputs + first * n_in, n);
        if (evaluation != NULL)
            TRY(evaluate_run(source, block->labels + first, outputs, n, evaluation));
        for (size_t i = 0; i < n; i++)
            result->prediction[first + i] =
                n_classes > 0 ? best_class(labels, outputs + i * n_classes) : (double)outputs[i];
        memcpy(result->probability + first * n_classes, outputs, n * n_classes * sizeof *outputs);
        if (n_classes > 0)
            wn_network_softmax(result->probability + first * n_classes, n, n_classes);
    }
done:
    return status;
}

/* The run's features of a block; a gap that its recipe does not fill, or a cell out of range, is told by its place. */
static wn_status make_features(const wn_apply_source *source, const wn_block *block, float *selected, float *features)
{
    wn_status status = WN_OK;
    const wn_recipe *recipe = source->recipe;
    size_t n = block->n_rows;
    wn_raw_rows rows = wn_raw_rows_of(block, 0, n);
    TRY(wn_recipe_features(recipe, &rows, selected));
    TRY(wn_recipe_check_features(recipe, source->catalog, selected, n, block->rows));
    if (recipe->projection != NULL)
        TRY(wn_recipe_inputs(recipe, selected, n, features));
    else
        memcpy(features, selected, n * recipe->n_selected * sizeof *selected);
done:
    return status;
}

static void copy_ids(const wn_apply_source *source, const wn_block *block, size_t n_ids, wn_apply_result *result)
{
    for (size_t d = 0; d < n_ids; d++) {
        size_t c = source->id_position[d];
        for (size_t i = 0; i < block->n_rows; i++)
            result->ids[d * block->n_rows + i] = c == SIZE_MAX ? block->labels[i] : block->cells[i * block->n_cols + c];
    }
}

wn_status wn_apply_block(const wn_apply_source *source, const wn_block *block, wn_workspace *workspace, size_t n_ids,
                         wn_apply_result *result, wn_evaluation *evaluation)
{
    wn_status status = WN_OK;
    float *selected = NULL, *inputs = NULL;
    wn_apply_result_layout(result, source, n_ids, block->n_rows);
    TRY(wn_new(&selected, block->n_rows * source->recipe->n_selected));
    TRY(make_features(source, block, selected, result->features));
    memcpy(result->rows, block->rows, block->n_rows * sizeof *result->rows);
    copy_ids(source, block, n_ids, result);
    if (source->network == NULL)
        goto done;
    if (source->artefact != NULL) {
        TRY(wn_new(&inputs, block->n_rows * source->seen->n_selected));
        wn_raw_rows rows = wn_raw_rows_of(block, 0, block->n_rows);
        TRY(wn_recipe_features(source->seen, &rows, inputs));
    }
    TRY(predict(source, block, inputs != NULL ? inputs : result->features, workspace, result, evaluation));
done:
    wn_free(inputs);
    wn_free(selected);
    return status;
}
