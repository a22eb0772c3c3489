#include "apply_result.h"

#include "winnow/long_integers.h"
#include "winnow/memory.h"

#include <math.h>
#include <string.h>

static size_t row_bytes(const wn_apply_source *source, size_t n_ids)
{
    size_t n_classes = source->network != NULL ? source->recipe->labels.n_classes : 0;
    return (n_ids + 2) * sizeof(double) + (source->n_features + n_classes) * sizeof(float);
}

wn_status wn_apply_result_new(wn_apply_result *result, const wn_apply_source *source, size_t n_ids, size_t capacity)
{
    result->first_strange = INT64_MAX;
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

static void count_strange(wn_apply_result *result, int64_t row)
{
    result->n_strange++;
    if (row < result->first_strange)
        result->first_strange = row;
}

/* Adds the rows of a run whose label is known; a class that training did not have cannot be judged, only predicted. */
static void evaluate_run(const wn_apply_source *source, const wn_block *block, size_t first, const float *outputs,
                         size_t n, wn_apply_result *result, wn_evaluation *evaluation)
{
    const wn_labels *known = &source->recipe->labels;
    size_t width = source->network->n_outputs;
    for (size_t i = 0; i < n; i++) {
        double label = block->labels[first + i];
        bool is_class = known->task == WN_TASK_CLASSIFICATION;
        float target = is_class ? (float)wn_labels_class(known, label) : (float)label;
        if (isnan(label))
            continue;
        if (is_class && target < 0)
            count_strange(result, block->rows[first + i]);
        else
            wn_evaluation_add(evaluation, outputs + i * width, &target, 1);
    }
}

/* Outputs of a run of rows into predictions and probabilities, in runs like those of wn_evaluation_add_dataset. */
static void predict(const wn_apply_source *source, const wn_block *block, const float *inputs, wn_workspace *workspace,
                    wn_apply_result *result, wn_evaluation *evaluation)
{
    const wn_labels *labels = &source->recipe->labels;
    size_t n_in = source->network->n_inputs, n_classes = labels->n_classes;
    for (size_t first = 0; first < result->n_rows; first += WN_EVALUATION_ROWS) {
        size_t n = result->n_rows - first < WN_EVALUATION_ROWS ? result->n_rows - first : WN_EVALUATION_ROWS;
        const float *outputs = wn_network_forward(source->network, workspace, inputs + first * n_in, n);
        if (evaluation != NULL)
            evaluate_run(source, block, first, outputs, n, result, evaluation);
        for (size_t i = 0; i < n; i++)
            result->prediction[first + i] =
                n_classes > 0 ? best_class(labels, outputs + i * n_classes) : (double)outputs[i];
        memcpy(result->probability + first * n_classes, outputs, n * n_classes * sizeof *outputs);
        if (n_classes > 0)
            wn_network_softmax(result->probability + first * n_classes, n, n_classes);
    }
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

static wn_status copy_ids(const wn_apply_source *source, const wn_block *block, size_t n_ids, wn_apply_result *result)
{
    wn_status status = WN_OK;
    for (size_t d = 0; d < n_ids; d++) {
        size_t c = source->id_position[d];
        double *ids = result->ids + d * block->n_rows;
        const wn_column *column = c == SIZE_MAX ? &source->catalog->label : &source->catalog->columns[c];
        for (size_t i = 0; i < block->n_rows; i++)
            ids[i] = c == SIZE_MAX ? block->labels[i] : block->cells[i * block->n_cols + c];
        TRY(wn_long_integers_check(source->catalog, column, ids, 1, block->rows, block->n_rows,
                                   "passing it on by --id"));
    }
done:
    return status;
}

wn_status wn_apply_result_compute(wn_apply_result *result, const wn_apply_source *source, const wn_block *block,
                                  wn_workspace *workspace, size_t n_ids, wn_evaluation *evaluation)
{
    wn_status status = WN_OK;
    float *selected = NULL, *inputs = NULL;
    wn_apply_result_layout(result, source, n_ids, block->n_rows);
    TRY(wn_new(&selected, block->n_rows * source->recipe->n_selected));
    TRY(make_features(source, block, selected, result->features));
    memcpy(result->rows, block->rows, block->n_rows * sizeof *result->rows);
    TRY(copy_ids(source, block, n_ids, result));
    if (source->network == NULL)
        goto done;
    if (source->seen != source->recipe) {
        TRY(wn_new(&inputs, block->n_rows * source->seen->n_selected));
        wn_raw_rows rows = wn_raw_rows_of(block, 0, block->n_rows);
        TRY(wn_recipe_features(source->seen, &rows, inputs));
    }
    predict(source, block, inputs != NULL ? inputs : result->features, workspace, result, evaluation);
done:
    wn_free(inputs);
    wn_free(selected);
    return status;
}
