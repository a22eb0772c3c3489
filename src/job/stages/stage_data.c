/* The stage of output.data: the prepared table is written, or is there already, and lies in the run's manifest. */
#include "data_shards.h"

#include "winnow/codec.h"
#include "winnow/hdf5_filters.h"
#include "winnow/log.h"

#include <stdio.h>

wn_status wn_stage_data_check(const wn_job *job)
{
    const wn_pipeline zstd = {.n_filters = 1, .filters = {{.id = WN_HDF5_FILTER_ZSTD}}};
    wn_codec_place place;
    if (!job->output.data || job->output.storage.compression != WN_COMPRESSION_ZSTD)
        return WN_OK;
    if (wn_codec_check(&zstd, &place) == WN_OK)
        return WN_OK;
    return wn_fail(WN_UNAVAILABLE, "output.data: zstd is not built in; gzip is");
}

/* Collective. */
static wn_status keep_result(wn_run_state *state, const wn_data_shards *shards, size_t first_entry)
{
    wn_status status = WN_OK;
    json_t *sizes = NULL, *hashes = NULL, *result = NULL;
    const char *files[] = {WN_DATA_TABLE};
    TRY(wn_data_shards_list(state->ranks, shards, &sizes, &hashes));
    result = json_pack("{s:o, s:O}", "stages", wn_stage_entries(state->stages, first_entry), "shards", hashes);
    TRY(wn_run_directory_finish_stage_with(state->ranks, state->directory, "data", state->data_key, files, 1, sizes,
                                           result));
done:
    json_decref(result);
    json_decref(hashes);
    json_decref(sizes);
    return status;
}

/* Collective. What a stage that failed wrote gives its room on the disk back. */
static wn_status write_stage(wn_run_state *state)
{
    wn_status status = WN_OK;
    wn_data_shards shards = {0};
    wn_stage_meter meter;
    char cause[WN_MESSAGE_SIZE];
    TRY(wn_run_rows(state));
    size_t first_entry = json_array_size(state->stages);
    wn_stage_meter_begin(&meter, "data");
    status = wn_data_shards_write(state, &shards, &meter);
    if (status == WN_OK)
        status = wn_stage_meter_end(state->ranks, &meter, state->stages);
    if (status == WN_OK)
        status = keep_result(state, &shards, first_entry);
    if (status != WN_OK) {
        snprintf(cause, sizeof cause, "%s", wn_status_message());
        wn_data_shards_remove(state, &shards);
        status = wn_fail(status, "%s", cause);
    }
done:
    wn_data_shards_clear(&shards);
    return status;
}

/* Collective. As wn_run_directory_find_stage. */
static wn_status find_result(wn_run_state *state, json_t **result, const char **why)
{
    wn_status status = WN_OK;
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, "data", state->data_key, result, why));
    if (*result == NULL)
        goto done;
    status = wn_data_shards_check(state, *result);
    if (status != WN_BAD_DATA)
        goto done;
    wn_log_warning("data: %s, and is made again", wn_status_message());
    json_decref(*result);
    *result = NULL;
    *why = "a shard is damaged";
    status = WN_OK;
done:
    return status;
}

wn_status wn_stage_data(wn_run_state *state)
{
    wn_status status = WN_OK;
    json_t *result = NULL;
    const char *why = "";
    if (!state->job->output.data)
        return WN_OK;
    TRY(find_result(state, &result, &why));
    if (result != NULL) {
        TRY(wn_ranks_agree(state->ranks, wn_stage_reuse(state, "data", result)));
    } else {
        wn_log_info("data: written (%s)", why);
        TRY(write_stage(state));
    }
done:
    json_decref(result);
    return status;
}
