/* run.json: what a run says of itself, put together from what its stages left. */
#include "command.h"
#include "run_state.h"

#include "winnow/clock.h"
#include "winnow/json_text.h"
#include "winnow/memory.h"

#include <cblas.h>
#include <hdf5.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

json_t *wn_json_hash(wn_hash hash)
{
    char text[WN_HASH_TEXT_SIZE];
    wn_hash_text(hash, text);
    return json_string(text);
}

json_t *wn_json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

wn_status wn_json_made(const json_t *part, const char *name)
{
    return part != NULL ? WN_OK : wn_fail(WN_NO_MEMORY, "out of memory for run.json's `%s`", name);
}

static json_t *per_class(const wn_metrics *metrics)
{
    json_t *array = json_array();
    for (size_t k = 0; k < metrics->n_classes; k++)
        json_array_append_new(
            array, json_pack("{s:o, s:o, s:o}", "precision", wn_json_number(metrics->class_precision[k]), "recall",
                             wn_json_number(metrics->class_recall[k]), "f1", wn_json_number(metrics->class_f1[k])));
    return array;
}

static json_t *confusion(const wn_metrics *metrics)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < metrics->n_classes; i++) {
        json_t *row = json_array();
        for (size_t k = 0; k < metrics->n_classes; k++)
            json_array_append_new(row, json_integer(metrics->confusion[i * metrics->n_classes + k]));
        json_array_append_new(rows, row);
    }
    return rows;
}

json_t *wn_json_metrics(const wn_metrics *metrics)
{
    if (metrics->task == WN_TASK_CLASSIFICATION)
        return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "rows", (json_int_t)metrics->n_rows, "accuracy",
                         wn_json_number(metrics->accuracy), "precision", wn_json_number(metrics->precision), "recall",
                         wn_json_number(metrics->recall), "f1", wn_json_number(metrics->f1), "loss",
                         wn_json_number(metrics->loss), "per_class", per_class(metrics), "confusion",
                         confusion(metrics));
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o}", "rows", (json_int_t)metrics->n_rows, "mse",
                     wn_json_number(metrics->mse), "rmse", wn_json_number(metrics->rmse), "mae",
                     wn_json_number(metrics->mae), "r2", wn_json_number(metrics->r2), "loss",
                     wn_json_number(metrics->loss));
}

static json_t *environment(void)
{
    char host[256] = "", mpi[MPI_MAX_LIBRARY_VERSION_STRING] = "", hdf5[32];
    int length = 0;
    unsigned major = 0, minor = 0, release = 0;
    gethostname(host, sizeof host - 1);
    MPI_Get_library_version(mpi, &length);
    mpi[strcspn(mpi, ",\n")] = '\0';
    H5get_libversion(&major, &minor, &release);
    snprintf(hdf5, sizeof hdf5, "%u.%u.%u", major, minor, release);
    const char *job_id = getenv("SLURM_JOB_ID");
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?}", "host", host, "mpi", mpi, "hdf5", hdf5, "blas",
                     openblas_get_config(), "blas_kernels", openblas_get_corename(), "slurm_job_id", job_id);
}

static const char *status_word(wn_status status)
{
    return status == WN_OK ? "done" : status == WN_STOPPED ? "stopped" : "failed";
}

/* Sets a key from a part of the state that may not be there. */
static void set_part(json_t *summary, const char *key, json_t *part)
{
    if (part != NULL)
        json_object_set(summary, key, part);
}

/* Why the run is not done, and the command that goes on with it. */
static void set_end(json_t *summary, const wn_run_state *state, const char *cause)
{
    char *command = NULL;
    json_object_set_new(summary, "cause", wn_json_text(cause));
    if (wn_run_command(state->options, state->ranks->size, &command) == WN_OK)
        json_object_set_new(summary, "go_on", wn_json_text(command));
    wn_free(command);
}

json_t *wn_summary(const wn_run_state *state, wn_status status, const wn_run_peaks *peaks)
{
    json_t *summary = json_pack("{s:s, s:s, s:s, s:i, s:f, s:I, s:I, s:o, s:O}", "winnow", WN_VERSION, "job",
                                state->job->name, "status", status_word(status), "ranks", state->ranks->size, "seconds",
                                wn_clock_seconds() - state->start, "attempts",
                                (json_int_t)wn_run_directory_attempts(state->directory), "peak_rss_bytes",
                                (json_int_t)peaks->rss_bytes, "environment", environment(), "stages", state->stages);
    if (summary == NULL)
        return NULL;
    if (status != WN_OK)
        set_end(summary, state, wn_status_message());
    if (status == WN_STOPPED)
        json_object_set_new(summary, "came_further", json_boolean(wn_run_came_further(state)));
    if (state->plan.need > 0)
        json_object_set_new(summary, "memory",
                            json_pack("{s:I, s:I, s:I, s:I}", "limit_bytes", (json_int_t)state->job->memory,
                                      "planned_bytes", (json_int_t)state->plan.need, "libraries_bytes",
                                      (json_int_t)state->plan.libraries, "peak_bytes",
                                      (json_int_t)peaks->allocated_bytes));
    set_part(summary, "rows", state->rows_json);
    set_part(summary, "rank", state->rank_json);
    set_part(summary, "reduce", state->reduce_json);
    set_part(summary, "train", state->train_json);
    set_part(summary, "metrics", state->metrics_json);
    set_part(summary, "compression", state->compression_json);
    set_part(summary, "objectives", state->objectives_json);
    set_part(summary, "fingerprints", state->fingerprints);
    if (json_array_size(wn_log_warnings()) > 0)
        json_object_set_new(summary, "warnings", json_copy((json_t *)(uintptr_t)wn_log_warnings()));
    return summary;
}
