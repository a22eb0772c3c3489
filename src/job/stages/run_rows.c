/* The rows of a run: labels, duplicates, split; and on a reused recipe the drops that it says. */
#include "run_state.h"

#include "winnow/memory.h"

#include <string.h>

static const char ROWS[] = "rows.u8", DROPS[] = "drops.u8";

/* Marks the training rows that a fitted recipe drops. */
typedef struct {
    wn_rows *rows;
    const wn_recipe *recipe;
    double *scratch; /* one row */
} drop_context;

static wn_status mark_drops(void *context, wn_block *block)
{
    drop_context *drop = context;
    for (size_t i = 0; i < block->n_rows; i++) {
        memcpy(drop->scratch, block->cells + i * block->n_cols, block->n_cols * sizeof(double));
        *wn_rows_status(drop->rows, block->rows[i]) = (unsigned char)wn_recipe_clean_row(
            drop->recipe, drop->scratch, block->n_texts > 0 ? block->texts + i * block->n_texts : NULL);
    }
    return WN_OK;
}

static bool drops_rows(const wn_recipe *recipe)
{
    for (size_t i = 0; i < recipe->n_columns; i++) {
        const wn_column_rule *rule = &recipe->columns[i].rule;
        bool by_outlier = rule->outliers != WN_OUTLIERS_NONE && rule->action == WN_OUTLIER_DROP_ROW;
        if (rule->missing == WN_MISSING_DROP_ROW || by_outlier)
            return true;
    }
    return false;
}

static wn_status make_drops(wn_run_state *state, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    drop_context drop = {.rows = state->rows, .recipe = state->recipe};
    TRY(wn_ranks_agree(state->ranks, wn_new(&drop.scratch, state->recipe->n_cells)));
    wn_pass pass = wn_stage_pass(state, "rows");
    wn_block_step steps[] = {wn_rows_step(state->rows, WN_ROW_TRAIN), {mark_drops, &drop, false}};
    TRY(wn_pass_run(&pass, steps, 2, NULL, 0, &meter->cost));
    meter->passes++;
    TRY(wn_run_keep_drops(state));
done:
    wn_free(drop.scratch);
    return status;
}

wn_status wn_run_keep_drops(wn_run_state *state)
{
    wn_status status = WN_OK;
    const char *files[] = {DROPS};
    json_t *result = NULL;
    if (!drops_rows(state->recipe))
        return WN_OK;
    TRY(wn_rows_write(state->ranks, state->rows, wn_run_directory_path(state->directory, DROPS)));
    result = json_object();
    TRY(wn_run_directory_finish_stage(state->ranks, state->directory, "drops", state->profile_key, files, 1, result));
done:
    json_decref(result);
    return status;
}

wn_status wn_run_drop_rows(wn_run_state *state, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    json_t *result = NULL;
    const char *why = "";
    if (!drops_rows(state->recipe))
        return WN_OK;
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, "drops", state->profile_key, &result, &why));
    if (result == NULL) {
        TRY(make_drops(state, meter));
        goto done;
    }
    wn_rows_free(state->rows);
    state->rows = NULL;
    TRY(wn_rows_read(state->ranks, &state->rows, state->catalog, state->pass.blocks,
                     wn_run_directory_path(state->directory, DROPS)));
done:
    json_decref(result);
    return status;
}

wn_status wn_run_label_words(wn_run_state *state)
{
    wn_status status = WN_OK;
    if (state->words.n > 0 || !wn_label_is_text(state->catalog))
        return WN_OK;
    if (state->job->input.label_missing.n > 0)
        return wn_fail(WN_BAD_DATA, "input.label_missing: has numbers, but the label %s has strings",
                       state->catalog->label.name);
    if (state->recipe != NULL && state->recipe->labels.names != NULL) {
        const wn_labels *labels = &state->recipe->labels;
        TRY(wn_ranks_agree(state->ranks, wn_label_words_copy(&state->words, labels->names, labels->n_classes)));
    } else {
        wn_pass pass = wn_stage_pass(state, "labels");
        TRY(wn_label_words_find(&pass, state->catalog, &state->words));
    }
    TRY(wn_ranks_agree(state->ranks, wn_label_words_set(&state->words, state->reader)));
done:
    return status;
}

/* Rows take the sides of their values of the column that the split goes by. */
static wn_status split_by_value(wn_run_state *state, const wn_split *split, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    wn_catalog *groups = NULL;
    wn_reader *reader = NULL;
    wn_input input = wn_job_split_input(state->job);
    wn_reader_options options = wn_job_split_options(state->job);
    if (state->job->input.split_by == NULL)
        return WN_OK;
    TRY(wn_catalog_open(state->ranks, &groups, &input));
    TRY(wn_ranks_agree(state->ranks, wn_reader_open(&reader, groups, &options)));
    TRY(wn_rows_split_by(state->rows, state->ranks, groups, reader, split));
    meter->cost.bytes_read += wn_reader_bytes_read(reader);
done:
    wn_reader_close(reader);
    wn_catalog_free(groups);
    return status;
}

static wn_status seek_repeats(wn_run_state *state, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    const wn_job *job = state->job;
    wn_identity identity = {0};
    wn_pass pass = wn_stage_pass(state, "duplicates");
    TRY(wn_ranks_agree(state->ranks, wn_job_identity(job, state->catalog, &identity)));
    const wn_duplicates_options options = {.stay = !(job->has_clean && job->clean.drop_duplicates),
                                           .seed = (uint64_t)job->seed,
                                           .identity = job->clean.duplicate_columns.n > 0 ? &identity : NULL,
                                           .budget = state->plan.duplicates,
                                           .directory = wn_run_directory_root(state->directory)};
    TRY(wn_rows_drop_duplicates(state->rows, &pass, &options, &state->leaked, &meter->cost));
    meter->passes++;
done:
    wn_free(identity.columns);
    return status;
}

/* Labels, split and duplicates from the table; kept, so that no later start reads it for them again. */
static wn_status find_rows(wn_run_state *state, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    const wn_job *job = state->job;
    json_t *result = NULL;
    wn_split split = {job->input.split_validation, job->input.split_test, (uint64_t)job->seed,
                      job->input.label != NULL};
    wn_pass pass = wn_stage_pass(state, "rows");
    int64_t bytes_before = wn_reader_bytes_read(state->reader);
    TRY(wn_rows_new(&state->rows, &pass, state->catalog, &split));
    meter->cost.bytes_read += wn_reader_bytes_read(state->reader) - bytes_before;
    TRY(split_by_value(state, &split, meter));
    if (wn_job_seeks_repeats(job))
        TRY(seek_repeats(state, meter));
    TRY(wn_rows_write(state->ranks, state->rows, wn_run_directory_path(state->directory, ROWS)));
    result = json_pack("{s:I}", "leaked", (json_int_t)state->leaked);
    const char *files[] = {ROWS};
    TRY(wn_run_directory_finish_stage(state->ranks, state->directory, "rows", state->rows_key, files, 1, result));
done:
    json_decref(result);
    return status;
}

wn_status wn_run_rows(wn_run_state *state)
{
    wn_status status = WN_OK;
    json_t *result = NULL;
    const char *why = "";
    wn_stage_meter meter;
    if (state->rows != NULL)
        return WN_OK;
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, "rows", state->rows_key, &result, &why));
    if (result != NULL)
        wn_log_info("rows: reused, nothing they depend on changed");
    else
        wn_log_info("rows: found (%s)", why);
    wn_stage_meter_begin(&meter, "rows");
    int64_t bytes_before = wn_reader_bytes_read(state->reader);
    TRY(wn_run_label_words(state));
    meter.cost.bytes_read += wn_reader_bytes_read(state->reader) - bytes_before;
    if (result != NULL) {
        state->leaked = json_integer_value(json_object_get(result, "leaked"));
        TRY(wn_rows_read(state->ranks, &state->rows, state->catalog, state->pass.blocks,
                         wn_run_directory_path(state->directory, ROWS)));
    } else {
        TRY(find_rows(state, &meter));
    }
    if (state->recipe != NULL)
        TRY(wn_run_drop_rows(state, &meter));
    TRY(wn_stage_meter_end(state->ranks, &meter, state->stages));
done:
    json_decref(result);
    return status;
}
