/* winnow apply: blocks are dealt to ranks in turn, computed by all, and written by rank 0 in the order of rows. */
#include "apply_result.h"
#include "run_state.h"

#include "winnow/log.h"
#include "winnow/memory.h"
#include "winnow/stop.h"
#include "winnow/table_writer.h"

/* Numbers of the output's datasets. */
typedef struct {
    wn_table_writer *writer;
    size_t features, prediction, probability, row, first_id;
    bool integer_prediction;
    int64_t *integers; /* scratch (capacity) */
    int *classes;      /* the same, where they have names */
    char *texts;       /* (capacity) the names */
} apply_output;

/* One block's results on their way to rank 0: what became of them, then the bytes. */
typedef struct {
    int64_t status, n_rows;
} result_header;

static wn_status add_model_datasets(apply_output *output, const wn_apply_source *source)
{
    wn_status status = WN_OK;
    size_t n_classes = source->recipe->labels.n_classes;
    output->integer_prediction = wn_labels_are_integers(&source->recipe->labels);
    wn_store_type type = output->integer_prediction ? WN_STORE_INT64 : WN_STORE_FLOAT64;
    const wn_table_storage all = {.n_rows = source->catalog->n_rows};
    size_t longest = wn_labels_longest(&source->recipe->labels);
    if (longest > 0)
        TRY(wn_table_writer_add_texts(output->writer, "prediction", longest, &all, &output->prediction));
    else
        TRY(wn_table_writer_add_dataset(output->writer, "prediction", type, NULL, 0, 0, &output->prediction));
    if (n_classes > 0)
        TRY(wn_table_writer_add_dataset(output->writer, "probability", WN_STORE_FLOAT32, &n_classes, 1, 0,
                                        &output->probability));
done:
    return status;
}

/* Ids are the last datasets, one after the other. */
static wn_status add_id_dataset(apply_output *output, const char *id, bool is_first)
{
    wn_status status = WN_OK;
    char *name = NULL;
    size_t dataset = 0;
    TRY(wn_string_format(&name, "id/%s", id));
    TRY(wn_table_writer_add_dataset(output->writer, name, WN_STORE_FLOAT64, NULL, 0, 0, &dataset));
    if (is_first)
        output->first_id = dataset;
done:
    wn_free(name);
    return status;
}

/* Components have no names. */
static wn_status name_features(const apply_output *output, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    const char **names = NULL;
    if (recipe->projection != NULL)
        return WN_OK;
    TRY(wn_new(&names, recipe->n_selected));
    for (size_t j = 0; j < recipe->n_selected; j++)
        names[j] = recipe->feature_names[recipe->selected[j]];
    TRY(wn_table_writer_set_columns(output->writer, output->features, names, recipe->n_selected));
done:
    wn_free(names);
    return status;
}

static wn_status open_output(apply_output *output, const wn_apply_options *options, const wn_apply_source *source)
{
    wn_status status = WN_OK;
    size_t capacity = wn_reader_block_capacity(source->reader);
    TRY(wn_new(&output->integers, capacity));
    TRY(wn_new(&output->classes, capacity));
    TRY(wn_memory_new((void **)&output->texts, capacity, wn_labels_longest(&source->recipe->labels), __func__));
    TRY(wn_table_writer_open(&output->writer, options->output));
    TRY(wn_table_writer_add_dataset(output->writer, "features", WN_STORE_FLOAT32, &source->n_features, 1, 0,
                                    &output->features));
    TRY(name_features(output, source->recipe));
    TRY(wn_table_writer_add_dataset(output->writer, "row", WN_STORE_INT64, NULL, 0, 0, &output->row));
    if (source->network != NULL)
        TRY(add_model_datasets(output, source));
    for (size_t i = 0; i < options->n_ids; i++)
        TRY(add_id_dataset(output, options->ids[i], i == 0));
done:
    return status;
}

static wn_status write_predictions(apply_output *output, const wn_apply_source *source, const wn_apply_result *result)
{
    wn_status status = WN_OK;
    const void *prediction = result->prediction;
    if (output->integer_prediction) {
        for (size_t i = 0; i < result->n_rows; i++)
            output->integers[i] = (int64_t)result->prediction[i];
        prediction = output->integers;
    }
    const wn_labels *labels = &source->recipe->labels;
    if (labels->names != NULL) {
        for (size_t i = 0; i < result->n_rows; i++)
            output->classes[i] = wn_labels_class(labels, result->prediction[i]);
        wn_labels_spell(labels, output->classes, result->n_rows, output->texts);
        prediction = output->texts;
    }
    TRY(wn_table_writer_append(output->writer, output->prediction, prediction, result->n_rows));
    if (source->recipe->labels.n_classes > 0)
        TRY(wn_table_writer_append(output->writer, output->probability, result->probability, result->n_rows));
done:
    return status;
}

static wn_status write_result(apply_output *output, const wn_apply_source *source, size_t n_ids,
                              const wn_apply_result *result)
{
    wn_status status = WN_OK;
    TRY(wn_table_writer_append(output->writer, output->features, result->features, result->n_rows));
    TRY(wn_table_writer_append(output->writer, output->row, result->rows, result->n_rows));
    if (source->network != NULL)
        TRY(write_predictions(output, source, result));
    for (size_t i = 0; i < n_ids; i++)
        TRY(wn_table_writer_append(output->writer, output->first_id + i, result->ids + i * result->n_rows,
                                   result->n_rows));
done:
    return status;
}

typedef struct {
    const wn_ranks *ranks;
    const wn_apply_options *options;
    wn_apply_source source;
    apply_output output;
    wn_apply_result result;
    wn_block *block;
    wn_workspace *workspace;
    wn_evaluation *evaluation;
} apply_state;

static wn_status prepare_state(apply_state *state)
{
    wn_status status = WN_OK;
    const wn_apply_source *source = &state->source;
    size_t capacity = wn_reader_block_capacity(source->reader);
    TRY(wn_reader_new_block(source->reader, &state->block));
    TRY(wn_apply_result_new(&state->result, source, state->options->n_ids, capacity));
    if (source->network != NULL)
        TRY(wn_workspace_new(&state->workspace, source->network, WN_EVALUATION_ROWS));
    if (source->network != NULL && source->catalog->has_label)
        TRY(wn_evaluation_new(&state->evaluation, &source->recipe->labels));
    if (state->ranks->rank == 0)
        TRY(open_output(&state->output, state->options, source));
done:
    return status;
}

/* Local. Reads and computes one block of this rank. */
static wn_status compute(apply_state *state, int64_t b)
{
    wn_status status = WN_OK;
    if (wn_stop_requested())
        TRY(wn_stop_fail("apply"));
    TRY(wn_reader_read(state->source.reader, b, state->block));
    wn_block_widen(state->block);
    TRY(wn_apply_result_compute(&state->result, &state->source, state->block, state->workspace, state->options->n_ids,
                                state->evaluation));
done:
    return status;
}

/* What became of a block, then its results. Returns the first failure. */
static wn_status send_result(const apply_state *state, wn_status status)
{
    result_header header = {status, (int64_t)state->result.n_rows};
    wn_status sent = wn_ranks_send(state->ranks, 0, &header, sizeof header);
    if (sent == WN_OK && status == WN_OK)
        sent = wn_ranks_send(state->ranks, 0, state->result.bytes, state->result.n_bytes);
    return status != WN_OK ? status : sent;
}

/* Rank 0: the results of a block that another rank computed; *is_there is false where that rank failed. */
static wn_status receive_result(apply_state *state, int from, bool *is_there)
{
    wn_status status = WN_OK;
    result_header header;
    TRY(wn_ranks_receive(state->ranks, from, &header, sizeof header));
    *is_there = header.status == WN_OK;
    if (!*is_there)
        goto done;
    wn_apply_result_layout(&state->result, &state->source, state->options->n_ids, (size_t)header.n_rows);
    TRY(wn_ranks_receive(state->ranks, from, state->result.bytes, state->result.n_bytes));
done:
    return status;
}

/* Rank 0: writes a block's results, its own or those of the block's owner. Returns the first failure. */
static wn_status collect(apply_state *state, int owner, wn_status status)
{
    bool is_there = owner != 0 || status == WN_OK;
    wn_status received = owner != 0 ? receive_result(state, owner, &is_there) : WN_OK;
    if (status != WN_OK || received != WN_OK)
        return status != WN_OK ? status : received;
    return is_there ? write_result(&state->output, &state->source, state->options->n_ids, &state->result) : WN_OK;
}

/* Every block goes through whatever failed before it, so that senders and receiver stay in step. */
static wn_status apply_blocks(apply_state *state)
{
    const wn_ranks *ranks = state->ranks;
    wn_status status = WN_OK;
    int64_t n_blocks = state->source.catalog->n_blocks;
    for (int64_t b = 0; b < n_blocks; b++) {
        int owner = (int)(b % ranks->size);
        if (owner == ranks->rank && status == WN_OK)
            status = compute(state, b);
        if (owner == ranks->rank && owner != 0)
            status = send_result(state, status);
        if (ranks->rank == 0)
            status = collect(state, owner, status);
        wn_log_progress("apply", "blocks", (double)(b + 1), (double)n_blocks);
    }
    return status;
}

/* Collective. Rows that are predicted but not judged are told, with the place of the first. */
static wn_status tell_strange(const apply_state *state)
{
    wn_status status = WN_OK;
    const wn_catalog *catalog = state->source.catalog;
    int64_t n = state->result.n_strange, first = ~state->result.first_strange;
    TRY(wn_ranks_sum(state->ranks, &n, 1));
    TRY(wn_ranks_max(state->ranks, &first, 1));
    if (n == 0)
        goto done;
    const wn_file *file = wn_catalog_file_of(catalog, ~first);
    wn_log_warning("%lld rows have a label that is none of the run's classes, and are not judged; the first: %s: label "
                   "%s, row %lld",
                   (long long)n, file->path, catalog->label.name, (long long)(~first - file->first_row));
done:
    return status;
}

static wn_status finish(apply_state *state, json_t **metrics)
{
    wn_status status = WN_OK;
    wn_metrics figures = {0};
    if (state->evaluation != NULL) {
        TRY(tell_strange(state));
        TRY(wn_evaluation_sum(state->ranks, state->evaluation));
        TRY(wn_ranks_agree(state->ranks, wn_evaluation_finish(state->evaluation, &figures)));
        if (figures.n_rows > 0)
            *metrics = wn_json_metrics(&figures);
    }
    if (state->ranks->rank == 0)
        status = wn_table_writer_finish(state->output.writer);
    status = wn_ranks_agree(state->ranks, status);
done:
    wn_metrics_clear(&figures);
    return status;
}

wn_status wn_apply(const wn_ranks *ranks, const wn_apply_options *options, json_t **metrics, int64_t *n_rows)
{
    wn_status status = WN_OK;
    apply_state state = {.ranks = ranks, .options = options};
    *metrics = NULL;
    TRY(wn_apply_source_open(ranks, options, &state.source));
    TRY(wn_ranks_agree(ranks, prepare_state(&state)));
    TRY(wn_ranks_agree(ranks, apply_blocks(&state)));
    TRY(finish(&state, metrics));
    *n_rows = state.source.catalog->n_rows;
done:
    wn_table_writer_close(state.output.writer);
    wn_free(state.output.texts);
    wn_free(state.output.classes);
    wn_free(state.output.integers);
    wn_evaluation_free(state.evaluation);
    wn_workspace_free(state.workspace);
    wn_block_free(state.block);
    wn_free(state.result.bytes);
    wn_apply_source_close(&state.source);
    return status;
}
