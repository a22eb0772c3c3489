/* Scores of ranking methods that read rows: made, or as an earlier start left them. */
#include "stage_scores.h"

#include "winnow/durable.h"
#include "winnow/memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static wn_status write_scores(const char *path, const double *score, size_t n)
{
    wn_status status = WN_OK;
    char *part = NULL;
    TRY(wn_string_format(&part, "%s.part", path));
    TRY(wn_durable_write(part, score, n * sizeof *score));
    TRY(wn_durable_rename(part, path));
done:
    wn_free(part);
    return status;
}

/* What they are has been verified by the manifest's hash. */
static wn_status read_scores(const char *path, double *score, size_t n)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return wn_fail(WN_IO, "%s: %s", path, strerror(errno));
    bool is_good = fread(score, sizeof *score, n, file) == n && fgetc(file) == EOF && !ferror(file);
    fclose(file);
    return is_good ? WN_OK : wn_fail(WN_IO, "%s: not the scores of %zu features", path, n);
}

static wn_status keep(wn_run_state *state, const wn_scores_stage *stage, size_t first_entry, const double *score,
                      json_t *told)
{
    wn_status status = WN_OK;
    json_t *result = NULL;
    const char *files[] = {stage->file}, *path = wn_run_directory_path(state->directory, stage->file);
    if (state->ranks->rank == 0)
        status = write_scores(path, score, state->recipe->n_features);
    TRY(wn_ranks_agree(state->ranks, status));
    result = json_pack("{s:o, s:O?}", "stages", wn_stage_entries(state->stages, first_entry), "told", told);
    TRY(wn_run_directory_finish_stage(state->ranks, state->directory, stage->name, *stage->key, files, 1, result));
done:
    json_decref(result);
    return status;
}

static wn_status make(wn_run_state *state, const wn_statistics *statistics, const wn_scores_stage *stage, double *score,
                      json_t **told)
{
    wn_status status = WN_OK;
    wn_stage_meter meter;
    size_t first_entry = json_array_size(state->stages);
    wn_stage_meter_begin(&meter, stage->name);
    TRY(stage->make(state, statistics, score, told, &meter));
    TRY(wn_stage_meter_end(state->ranks, &meter, state->stages));
    TRY(keep(state, stage, first_entry, score, *told));
done:
    return status;
}

static wn_status reuse(wn_run_state *state, const wn_scores_stage *stage, const json_t *result, double *score,
                       json_t **told)
{
    wn_status status = WN_OK;
    size_t n = state->recipe->n_features;
    if (state->ranks->rank == 0)
        status = read_scores(wn_run_directory_path(state->directory, stage->file), score, n);
    TRY(wn_ranks_agree(state->ranks, status));
    TRY(wn_ranks_broadcast(state->ranks, 0, score, n * sizeof *score));
    TRY(wn_ranks_agree(state->ranks, wn_stage_reuse(state, stage->name, result)));
    *told = json_incref(json_object_get(result, "told"));
done:
    return status;
}

wn_status wn_stage_scores(wn_run_state *state, const wn_statistics *statistics, const wn_scores_stage *stage,
                          double **score, json_t **told)
{
    wn_status status = WN_OK;
    json_t *result = NULL;
    double *made = NULL;
    const char *why = "";
    TRY(wn_ranks_agree(state->ranks, wn_new(&made, state->recipe->n_features)));
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, stage->name, *stage->key, &result, &why));
    if (result != NULL) {
        TRY(reuse(state, stage, result, made, told));
    } else {
        wn_log_info("%s: done (%s)", stage->name, why);
        TRY(make(state, statistics, stage, made, told));
    }
    *score = made;
    made = NULL;
done:
    json_decref(result);
    wn_free(made);
    return status;
}
