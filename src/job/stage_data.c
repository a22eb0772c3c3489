/* The prepared table: shards written by all ranks, a virtual table over them, and both in the run's manifest. */
#include "run_state.h"

#include "winnow/codec.h"
#include "winnow/durable.h"
#include "winnow/hdf5_filters.h"
#include "winnow/log.h"
#include "winnow/memory.h"
#include "winnow/prepared.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char FOLDER[] = "data", TABLE[] = "data/table.h5";

/* A shard as it lies on the disk. */
typedef struct {
    int64_t n_bytes;
    wn_hash hash;
} written_file;

typedef struct {
    wn_prepared prepared;
    char **names;       /* (prepared.n_shards) in the run directory */
    wn_range mine;      /* shards of this rank */
    written_file *done; /* (mine) */
    wn_rows *rows;      /* of the blocks of this rank's shards */
} data_state;

static void data_clear(data_state *data)
{
    for (size_t s = 0; data->names != NULL && s < data->prepared.n_shards; s++)
        wn_free(data->names[s]);
    wn_free(data->names);
    wn_free(data->done);
    wn_rows_free(data->rows);
    wn_prepared_clear(&data->prepared);
}

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

static wn_status name_shards(data_state *data)
{
    wn_status status = WN_OK;
    TRY(wn_new(&data->names, data->prepared.n_shards));
    for (size_t s = 0; s < data->prepared.n_shards; s++)
        TRY(wn_string_format(&data->names[s], "%s/shard-%05zu.h5", FOLDER, s));
    TRY(wn_new(&data->done, (size_t)(data->mine.last - data->mine.first)));
done:
    return status;
}

/* Rank 0: the folder, without what an attempt that was killed left, and the names in the manifest before any file. */
static wn_status make_folder(const wn_run_state *state, const data_state *data)
{
    wn_status status = WN_OK;
    char *path = NULL;
    const char *table = TABLE;
    TRY(wn_run_directory_clear(state->directory, FOLDER));
    TRY(wn_run_directory_claim_all(state->directory, (const char *const *)data->names, data->prepared.n_shards));
    TRY(wn_run_directory_claim_all(state->directory, &table, 1));
    TRY(wn_run_directory_join(state->directory, FOLDER, &path));
    TRY(wn_durable_directory(path));
done:
    wn_free(path);
    return status;
}

/* Collective. What is to be written, by whom, and the statuses of the rows in it. */
static wn_status plan_shards(wn_run_state *state, data_state *data)
{
    wn_status status = WN_OK;
    const wn_ranks *ranks = state->ranks;
    wn_range blocks = {0, 0};
    TRY(wn_prepared_cut(ranks, &data->prepared, state->rows, wn_recipe_n_inputs(state->recipe)));
    data->mine = wn_range_part((int64_t)data->prepared.n_shards, ranks->size, ranks->rank);
    if (data->mine.first < data->mine.last)
        blocks = (wn_range){data->prepared.shards[data->mine.first].blocks.first,
                            data->prepared.shards[data->mine.last - 1].blocks.last};
    TRY(wn_ranks_agree(ranks, name_shards(data)));
    TRY(wn_rows_redistribute(ranks, state->rows, blocks, &data->rows));
    TRY(wn_ranks_agree(ranks, ranks->rank == 0 ? make_folder(state, data) : WN_OK));
done:
    return status;
}

static wn_status describe(const char *path, written_file *file)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return wn_fail(WN_IO, "%s: %s", path, strerror(errno));
    file->n_bytes = info.st_size;
    return wn_hash_file(&file->hash, path);
}

/* Local, but that it polls the agreement. */
static wn_status write_mine(wn_run_state *state, data_state *data, wn_agreement *agreement, int64_t *n_read)
{
    wn_status status = WN_OK;
    char *path = NULL;
    bool is_whole = true;
    for (int64_t s = data->mine.first; s < data->mine.last && is_whole; s++) {
        TRY(wn_run_directory_join(state->directory, data->names[s], &path));
        TRY(wn_prepared_write(path, &data->prepared.shards[s], state->reader, data->rows, state->recipe,
                              &state->job->output.storage, agreement, &is_whole, n_read));
        if (is_whole)
            TRY(describe(path, &data->done[s - data->mine.first]));
        wn_free(path);
        path = NULL;
    }
done:
    wn_free(path);
    return status;
}

static wn_status join(const wn_run_state *state, const data_state *data)
{
    wn_status status = WN_OK;
    char *path = NULL;
    const char **beside = NULL;
    TRY(wn_new(&beside, data->prepared.n_shards));
    for (size_t s = 0; s < data->prepared.n_shards; s++)
        beside[s] = strrchr(data->names[s], '/') + 1;
    TRY(wn_run_directory_join(state->directory, TABLE, &path));
    TRY(wn_prepared_join(path, &data->prepared, beside, state->recipe));
done:
    wn_free(beside);
    wn_free(path);
    return status;
}

/* Collective. */
static wn_status write_files(wn_run_state *state, data_state *data, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    wn_agreement agreement;
    int64_t n_read = 0, bytes_before = wn_reader_bytes_read(state->reader);
    TRY(plan_shards(state, data));
    TRY(wn_agreement_begin(&agreement, state->ranks));
    TRY(wn_agreement_finish(&agreement, write_mine(state, data, &agreement, &n_read)));
    TRY(wn_ranks_agree(state->ranks, state->ranks->rank == 0 ? join(state, data) : WN_OK));
    meter->cost.rows += n_read;
    meter->cost.bytes_read += wn_reader_bytes_read(state->reader) - bytes_before;
    meter->passes++;
done:
    return status;
}

/* {name, bytes} of each shard for the manifest, {name, rows, hash} for what looks at it. */
static wn_status list_shards(const data_state *data, const written_file *files, json_t **others, json_t **shards)
{
    *others = json_array();
    *shards = json_array();
    for (size_t s = 0; s < data->prepared.n_shards; s++) {
        char text[WN_HASH_TEXT_SIZE];
        wn_hash_text(files[s].hash, text);
        json_t *other = json_pack("{s:s, s:I}", "name", data->names[s], "bytes", (json_int_t)files[s].n_bytes);
        json_t *shard = json_pack("{s:s, s:I, s:s}", "name", data->names[s], "rows",
                                  (json_int_t)data->prepared.shards[s].n_rows, "hash", text);
        int failed = json_array_append_new(*others, other);
        if (json_array_append_new(*shards, shard) != 0 || failed != 0)
            return wn_fail(WN_NO_MEMORY, "out of memory for the list of shards");
    }
    return WN_OK;
}

/* Collective. */
static wn_status keep_result(wn_run_state *state, const data_state *data, size_t first_entry)
{
    wn_status status = WN_OK;
    void *all = NULL;
    size_t n = 0;
    json_t *others = NULL, *shards = NULL, *result = NULL;
    const char *files[] = {TABLE};
    TRY(wn_ranks_gather_all(state->ranks, data->done, (size_t)(data->mine.last - data->mine.first), sizeof *data->done,
                            &all, &n));
    TRY(wn_ranks_agree(state->ranks, list_shards(data, all, &others, &shards)));
    result = json_pack("{s:o, s:O}", "stages", wn_stage_entries(state->stages, first_entry), "shards", shards);
    TRY(wn_run_directory_finish_stage_with(state->ranks, state->directory, "data", state->data_key, files, 1, others,
                                           result));
done:
    json_decref(result);
    json_decref(shards);
    json_decref(others);
    wn_free(all);
    return status;
}

static void remove_mine(const wn_run_state *state, const data_state *data)
{
    for (int64_t s = data->mine.first; data->names != NULL && s < data->mine.last; s++) {
        char *path = NULL;
        if (wn_run_directory_join(state->directory, data->names[s], &path) == WN_OK)
            unlink(path);
        wn_free(path);
    }
}

/* Collective. What a stage that failed wrote gives its room on the disk back. */
static wn_status write_stage(wn_run_state *state)
{
    wn_status status = WN_OK;
    data_state data = {0};
    wn_stage_meter meter;
    char cause[WN_MESSAGE_SIZE];
    TRY(wn_run_rows(state));
    size_t first_entry = json_array_size(state->stages);
    wn_stage_meter_begin(&meter, "data");
    status = write_files(state, &data, &meter);
    if (status == WN_OK)
        status = wn_stage_meter_end(state->ranks, &meter, state->stages);
    if (status == WN_OK)
        status = keep_result(state, &data, first_entry);
    if (status != WN_OK) {
        snprintf(cause, sizeof cause, "%s", wn_status_message());
        remove_mine(state, &data);
        status = wn_fail(status, "%s", cause);
    }
done:
    data_clear(&data);
    return status;
}

/* Local. Whether the content of one shard is what was written. Fails: WN_BAD_DATA, naming it. */
static wn_status check_shard(const wn_run_state *state, const json_t *shard)
{
    wn_status status = WN_OK;
    char *path = NULL, text[WN_HASH_TEXT_SIZE];
    wn_hash hash;
    const char *name = json_string_value(json_object_get(shard, "name"));
    const char *wanted = json_string_value(json_object_get(shard, "hash"));
    if (name == NULL || wanted == NULL)
        return wn_fail(WN_BAD_DATA, "its entry is damaged");
    TRY(wn_run_directory_join(state->directory, name, &path));
    if (wn_hash_file(&hash, path) != WN_OK)
        TRY(wn_fail(WN_BAD_DATA, "%s cannot be read", name));
    wn_hash_text(hash, text);
    if (strcmp(text, wanted) != 0)
        status = wn_fail(WN_BAD_DATA, "%s is damaged", name);
done:
    wn_free(path);
    return status;
}

/* Collective. All ranks look at the shards, each at its share. Fails: WN_BAD_DATA, naming one that is damaged. */
static wn_status check_shards(const wn_run_state *state, const json_t *result)
{
    wn_status status = WN_OK;
    const json_t *shards = json_object_get(result, "shards");
    wn_range mine = wn_range_part((int64_t)json_array_size(shards), state->ranks->size, state->ranks->rank);
    for (int64_t s = mine.first; s < mine.last && status == WN_OK; s++)
        status = check_shard(state, json_array_get(shards, (size_t)s));
    return wn_ranks_agree(state->ranks, status);
}

/* Collective. As wn_run_directory_find_stage. */
static wn_status find_result(wn_run_state *state, json_t **result, const char **why)
{
    wn_status status = WN_OK;
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, "data", state->data_key, result, why));
    if (*result == NULL)
        goto done;
    status = check_shards(state, *result);
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
