#include "dataset_sink.h"

#include "winnow/memory.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* What the pass's accumulator keeps between blocks. */
typedef struct {
    wn_dataset *dataset;
    const wn_recipe *recipe;
    wn_inputs inputs;
    const wn_catalog *catalog;
    bool is_learnt;
    size_t skipped;  /* rows still to leave out */
    size_t piece;    /* the next one to fill */
    float *features; /* (rows of the largest piece, n_selected) under WN_INPUTS_COMPONENTS */
} sink;

size_t wn_inputs_count(const wn_recipe *recipe, wn_inputs inputs)
{
    return inputs == WN_INPUTS_COMPONENTS ? wn_recipe_n_inputs(recipe) : recipe->n_selected;
}

/* A label beyond float32 would be infinite, and what is learnt or ranked by it meaningless. rows: their numbers. */
static wn_status set_targets(const sink *state, const double *labels, const int64_t *rows, size_t n_rows,
                             float *targets)
{
    const wn_labels *classes = &state->recipe->labels;
    for (size_t i = 0; i < n_rows; i++) {
        if (classes->task != WN_TASK_CLASSIFICATION && fabs(labels[i]) > (double)FLT_MAX)
            return wn_fail(WN_BAD_DATA, "label %s, row %lld: %.17g exceeds the range of float32",
                           state->recipe->label_name, (long long)rows[i], labels[i]);
        targets[i] = (float)labels[i];
        if (classes->task != WN_TASK_CLASSIFICATION || isnan(labels[i]))
            continue;
        int index = wn_labels_class(classes, labels[i]);
        if (index < 0)
            return wn_fail(WN_BAD_DATA, "label %s: %.17g is none of the classes", state->recipe->label_name, labels[i]);
        targets[i] = (float)index;
    }
    return WN_OK;
}

static wn_raw_rows rows_of(const sink *state, const wn_block *block, size_t first, size_t n)
{
    wn_raw_rows rows = wn_raw_rows_of(block, first, n);
    rows.learnt = state->is_learnt ? block->rows + first : NULL;
    return rows;
}

/* Selected features of n rows of a block, which are finite. */
static wn_status make_features(const sink *state, const wn_block *block, size_t first, size_t n, float *features)
{
    wn_status status = WN_OK;
    const wn_raw_rows rows = rows_of(state, block, first, n);
    TRY(wn_recipe_features(state->recipe, &rows, features));
    TRY(wn_recipe_check_features(state->recipe, state->catalog, features, n, block->rows + first));
done:
    return status;
}

static wn_status fill_dense(sink *state, const wn_block *block, size_t first, size_t n, float *out)
{
    wn_status status = WN_OK;
    bool are_components = state->inputs == WN_INPUTS_COMPONENTS;
    TRY(make_features(state, block, first, n, are_components ? state->features : out));
    if (are_components)
        TRY(wn_recipe_inputs(state->recipe, state->features, n, out));
done:
    return status;
}

static wn_status fill_sparse(sink *state, const wn_block *block, size_t first, size_t n)
{
    const wn_raw_rows rows = rows_of(state, block, first, n);
    return wn_recipe_append_features(state->recipe, state->catalog, &rows, block->rows + first, state->dataset->sparse);
}

/* Fills the next piece from the block's rows from `first` on. */
static wn_status fill_piece(sink *state, const wn_block *block, size_t first)
{
    wn_status status = WN_OK;
    wn_dataset *dataset = state->dataset;
    size_t at = dataset->piece_first[state->piece], n = dataset->piece_first[state->piece + 1] - at;
    if (dataset->sparse != NULL)
        TRY(fill_sparse(state, block, first, n));
    else
        TRY(fill_dense(state, block, first, n, dataset->features + at * dataset->n_features));
    TRY(set_targets(state, block->labels + first, block->rows + first, n, dataset->targets + at));
    memcpy(dataset->rows + at, block->rows + first, n * sizeof *dataset->rows);
    state->piece++;
done:
    return status;
}

static wn_status sink_add(void *erased, const wn_block *block)
{
    sink *state = erased;
    const wn_dataset *dataset = state->dataset;
    size_t first = state->skipped < block->n_rows ? state->skipped : block->n_rows;
    state->skipped -= first;
    while (state->piece < dataset->n_pieces && dataset->piece_block[state->piece] == block->index) {
        size_t n = dataset->piece_first[state->piece + 1] - dataset->piece_first[state->piece];
        if (first + n > block->n_rows)
            return wn_fail(WN_INTERNAL, "block %lld has fewer rows than its pieces", (long long)block->index);
        wn_status status = fill_piece(state, block, first);
        if (status != WN_OK)
            return status;
        first += n;
    }
    return WN_OK;
}

static wn_span no_integers(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

static const wn_accumulator_ops sink_ops = {"rows", sink_add, no_integers, no_integers, true, NULL};

static wn_status sink_init(sink *state)
{
    wn_status status = WN_OK;
    const wn_dataset *dataset = state->dataset;
    size_t longest = 0;
    if (state->inputs != WN_INPUTS_COMPONENTS)
        return WN_OK;
    if (!state->recipe->projection)
        return wn_fail(WN_INTERNAL, "components were asked for, and the recipe has no projection");
    for (size_t i = 0; i < dataset->n_pieces; i++)
        if (dataset->piece_first[i + 1] - dataset->piece_first[i] > longest)
            longest = dataset->piece_first[i + 1] - dataset->piece_first[i];
    TRY(wn_memory_new((void **)&state->features, longest, state->recipe->n_selected * sizeof(float), __func__));
done:
    return status;
}

wn_status wn_dataset_fill(wn_dataset *dataset, const wn_pass *pass, wn_rows *rows, const wn_recipe *recipe,
                          wn_inputs inputs, wn_row_status wanted, bool is_learnt, size_t skipped, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    sink state = {dataset, recipe, inputs, rows->catalog, is_learnt, skipped, 0, NULL};
    wn_pass own = *pass;
    own.blocks = rows->blocks;
    TRY(wn_ranks_agree(pass->ranks, sink_init(&state)));
    wn_block_step step = wn_rows_step(rows, wanted);
    wn_accumulator accumulator = {&sink_ops, &state};
    TRY(wn_pass_run(&own, &step, 1, &accumulator, 1, cost));
    if (state.piece != dataset->n_pieces)
        status = wn_fail(WN_INTERNAL, "the pass filled %zu of %zu pieces", state.piece, dataset->n_pieces);
    if (status == WN_OK && dataset->sparse != NULL)
        status = wn_sparse_rows_fit(dataset->sparse);
    TRY(wn_ranks_agree(pass->ranks, status));
done:
    wn_free(state.features);
    return status;
}
