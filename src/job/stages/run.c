/* A whole run: opens what the stages share, runs them in order, and leaves run.json however it ends. */
#include "job_record.h"
#include "plan_features.h"
#include "run_state.h"

#include "time_limit.h"
#include "winnow/clock.h"
#include "winnow/memory.h"
#include "winnow/node.h"
#include "winnow/stop.h"
#include "winnow/watchdog.h"

#include <math.h>
#include <sys/resource.h>

wn_status wn_run_memory(const wn_ranks *ranks, wn_job *job)
{
    int ranks_on_node;
    if (job->memory > 0)
        return WN_OK;
    wn_status status = wn_node_ranks(ranks, &ranks_on_node);
    if (status == WN_OK)
        job->memory = wn_job_memory_default(ranks_on_node);
    return status;
}

/* Collective. Memory may differ from node to node, buckets of windows must not. */
static wn_status agree_on_windows(wn_run_state *state)
{
    int64_t least = ~(int64_t)state->plan.window_budget;
    wn_status status = wn_ranks_max(state->ranks, &least, 1);
    if (status == WN_OK)
        state->pass.window_bytes = (size_t)~least;
    return status;
}

/* The table: its catalog, this rank's blocks and the reader whose cache gets the memory that nothing else needs. */
static wn_status open_table(wn_run_state *state)
{
    wn_status status = WN_OK;
    wn_input input = wn_job_input(state->job);
    TRY(wn_catalog_open(state->ranks, &state->catalog, &input));
    TRY(wn_job_check_width(state->job, wn_plan_features(state->job, state->catalog)));
    wn_reader_options options = wn_job_reader_options(state->job);
    TRY(wn_node_threads(state->ranks, &options.n_threads));
    TRY(wn_ranks_agree(state->ranks, wn_plan_memory(state->ranks, state->job, state->catalog, &options, &state->plan)));
    wn_memory_limit((size_t)state->job->memory - state->plan.libraries);
    TRY(wn_ranks_agree(state->ranks, wn_reader_open(&state->reader, state->catalog, &options)));
    state->pass = (wn_pass){.ranks = state->ranks,
                            .reader = state->reader,
                            .blocks = wn_catalog_part(state->catalog, state->ranks->size, state->ranks->rank),
                            .name = "read",
                            .total_rows = state->catalog->n_rows,
                            .directory = wn_run_directory_root(state->directory)};
    TRY(agree_on_windows(state));
    wn_log_info("input: %lld rows, %zu columns, %lld blocks in %zu files on %d ranks",
                (long long)state->catalog->n_rows, state->catalog->n_columns, (long long)state->catalog->n_blocks,
                state->catalog->n_files, state->ranks->size);
done:
    return status;
}

/* On rank 0. A run that is killed must not leave the summary and the page of the one before; the beats of one that was
 * killed go too, for this one may not be watched. */
static wn_status begin_attempt(wn_run_state *state)
{
    wn_status status = WN_OK;
    char *yaml = NULL;
    TRY(wn_job_record_text(state->job, &yaml));
    TRY(wn_run_directory_write_text(state->directory, "job.yaml", yaml));
    TRY(wn_events_open(wn_run_directory_path(state->directory, "events.jsonl")));
    TRY(wn_run_directory_set_finished(state->directory, false));
    TRY(wn_run_directory_remove(state->directory, "run.json"));
    TRY(wn_run_directory_remove(state->directory, "report.html"));
    TRY(wn_run_directory_remove(state->directory, "ranks"));
done:
    wn_free(yaml);
    return status;
}

static wn_status open_directory(wn_run_state *state)
{
    wn_status status = WN_OK;
    const char *path = state->options->out != NULL ? state->options->out : state->job->output.directory;
    TRY(wn_run_directory_open(state->ranks, &state->directory, path, state->options->resume));
    TRY(wn_ranks_agree(state->ranks, state->ranks->rank == 0 ? begin_attempt(state) : WN_OK));
done:
    return status;
}

/* On rank 0: the loops agree with the others. */
static void heed_time_limit(const wn_run_state *state)
{
    const char *source = "";
    if (state->ranks->rank != 0)
        return;
    double seconds = wn_time_limit_seconds(state->options->max_hours, &source);
    if (isfinite(seconds)) {
        char text[WN_DURATION_SIZE];
        wn_duration_text(seconds, text);
        wn_log_info("time limit: stops at a checkpoint after %s at most (%s)", text, source);
    }
    wn_stop_at(wn_clock_seconds() + seconds);
}

static wn_status run_stages(wn_run_state *state)
{
    wn_status status = WN_OK;
    heed_time_limit(state);
    TRY(wn_ranks_agree(state->ranks, wn_stage_data_check(state->job)));
    TRY(wn_watchdog_start(state->ranks, wn_run_directory_path(state->directory, "ranks"),
                          60 * state->options->hang_minutes));
    TRY(open_table(state));
    TRY(wn_run_keys(state));
    TRY(wn_checkpoint_store_open(state->ranks, &state->checkpoints, state->directory, state->job->train.checkpoint));
    TRY(wn_stage_recipe(state));
    TRY(wn_stage_data(state));
    if (!state->job->has_train)
        goto done;
    TRY(wn_stage_train(state));
    if (state->job->has_compress)
        TRY(wn_stage_compress(state));
    TRY(wn_stage_evaluate(state));
done:
    return status;
}

/* Collective. Of this rank alone where MPI fails, which comes late in a run. */
static wn_run_peaks find_peaks(const wn_ranks *ranks)
{
    struct rusage usage;
    int64_t most[2] = {0, (int64_t)wn_memory_peak()};
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        most[0] = (int64_t)usage.ru_maxrss << 10;
    if (wn_ranks_max(ranks, most, 2) != WN_OK)
        wn_log_warning("peak_rss_bytes is rank 0's: %s", wn_status_message());
    return (wn_run_peaks){most[0], most[1]};
}

/* Collective. run.json of what was reached; its own failure counts only where the run had none. */
static wn_status write_summary(wn_run_state *state, wn_status outcome, json_t **summary)
{
    wn_status status = WN_OK;
    wn_run_peaks peaks = find_peaks(state->ranks);
    if (state->ranks->rank == 0) {
        *summary = wn_summary(state, outcome, &peaks);
        char *text = *summary != NULL ? json_dumps(*summary, JSON_INDENT(2) | JSON_PRESERVE_ORDER) : NULL;
        status = text != NULL ? wn_run_directory_write_text(state->directory, "run.json", text)
                              : wn_fail(WN_NO_MEMORY, "out of memory for run.json");
        free(text);
        if (status == WN_OK && outcome == WN_OK)
            status = wn_run_directory_set_finished(state->directory, true);
        if (status == WN_OK && outcome == WN_OK)
            status = wn_checkpoint_store_clear(state->checkpoints);
    }
    return wn_ranks_agree(state->ranks, status);
}

static void state_clear(wn_run_state *state)
{
    wn_checkpoint_store_close(state->checkpoints);
    wn_dataset_free(state->judge);
    wn_dataset_free(state->sample);
    wn_network_free(state->network);
    wn_moments_free(state->raw_moments);
    wn_recipe_free(state->recipe);
    wn_rows_free(state->rows);
    wn_label_words_clear(&state->words);
    wn_reader_close(state->reader);
    wn_catalog_free(state->catalog);
    json_t *parts[] = {state->stages,           state->rows_json,       state->rank_json,
                       state->reduce_json,      state->train_json,      state->metrics_json,
                       state->compression_json, state->objectives_json, state->fingerprints};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        json_decref(parts[i]);
}

/* The background thread works on what the state owns: it ends first. */
static wn_status close_background(wn_run_state *state, wn_status outcome)
{
    if (outcome != WN_OK) {
        wn_background_abandon(state->background);
        state->background = NULL;
    }
    if (state->background == NULL)
        return outcome;
    wn_compress_report unused = {0};
    wn_status status = wn_background_close(state->background, &unused);
    wn_compress_report_clear(&unused);
    state->background = NULL;
    return status;
}

bool wn_run_came_further(const wn_run_state *state)
{
    return wn_run_directory_n_entered(state->directory) > 0 || wn_checkpoint_store_n_written(state->checkpoints) > 0;
}

/* On rank 0. Starting again and again with the same limit would come no further. */
static void warn_of_standstill(const wn_run_state *state)
{
    if (!wn_run_came_further(state))
        wn_log_warning(
            "this attempt finished no stage and wrote no checkpoint: the next begins where it did, and needs more "
            "time");
}

wn_status wn_run(const wn_ranks *ranks, wn_job *job, const wn_run_options *options, json_t **summary)
{
    wn_run_state state = {.ranks = ranks, .job = job, .options = options, .start = wn_clock_seconds()};
    char cause[WN_MESSAGE_SIZE];
    *summary = NULL;
    state.stages = json_array();
    state.fingerprints = json_object();
    wn_status status = wn_run_memory(ranks, job);
    if (status == WN_OK)
        status = open_directory(&state);
    if (status == WN_OK) {
        wn_memory_limit((size_t)job->memory);
        status = close_background(&state, run_stages(&state));
        wn_memory_limit(0);
        snprintf(cause, sizeof cause, "%s", wn_status_message());
        if (status == WN_STOPPED && ranks->rank == 0)
            warn_of_standstill(&state);
        wn_status written = write_summary(&state, status, summary);
        status = status != WN_OK ? wn_fail(status, "%s", cause) : written;
    }
    wn_watchdog_stop(ranks);
    wn_events_close();
    wn_run_directory_close(state.directory);
    state_clear(&state);
    return status;
}
