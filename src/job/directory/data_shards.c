#include "data_shards.h"

#include "winnow/durable.h"
#include "winnow/memory.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void wn_data_shards_clear(wn_data_shards *shards)
{
    for (size_t s = 0; shards->names != NULL && s < shards->prepared.n_shards; s++)
        wn_free(shards->names[s]);
    wn_free(shards->names);
    wn_free(shards->done);
    wn_rows_free(shards->rows);
    wn_prepared_clear(&shards->prepared);
}

static wn_status name_shards(wn_data_shards *shards)
{
    wn_status status = WN_OK;
    TRY(wn_new(&shards->names, shards->prepared.n_shards));
    for (size_t s = 0; s < shards->prepared.n_shards; s++)
        TRY(wn_string_format(&shards->names[s], "%s/shard-%05zu.h5", WN_DATA_FOLDER, s));
    TRY(wn_new(&shards->done, (size_t)(shards->mine.last - shards->mine.first)));
done:
    return status;
}

/* Rank 0: the folder, without what an attempt that was killed left, and the names in the manifest before any file. */
static wn_status make_folder(const wn_run_state *state, const wn_data_shards *shards)
{
    wn_status status = WN_OK;
    char *path = NULL;
    TRY(wn_run_directory_clear(state->directory, WN_DATA_FOLDER));
    TRY(wn_run_directory_claim_all(state->directory, (const char *const *)shards->names, shards->prepared.n_shards));
    TRY(wn_run_directory_claim(state->directory, WN_DATA_TABLE));
    TRY(wn_run_directory_join(state->directory, WN_DATA_FOLDER, &path));
    TRY(wn_durable_directory(path));
done:
    wn_free(path);
    return status;
}

/* Collective. What is to be written, by whom, and the statuses of the rows in it. */
static wn_status plan_shards(wn_run_state *state, wn_data_shards *shards)
{
    wn_status status = WN_OK;
    const wn_ranks *ranks = state->ranks;
    wn_range blocks = {0, 0};
    TRY(wn_prepared_cut(ranks, &shards->prepared, state->rows, wn_recipe_n_inputs(state->recipe)));
    shards->mine = wn_range_part((int64_t)shards->prepared.n_shards, ranks->size, ranks->rank);
    if (shards->mine.first < shards->mine.last)
        blocks = (wn_range){shards->prepared.shards[shards->mine.first].blocks.first,
                            shards->prepared.shards[shards->mine.last - 1].blocks.last};
    TRY(wn_ranks_agree(ranks, name_shards(shards)));
    TRY(wn_rows_redistribute(ranks, state->rows, blocks, &shards->rows));
    TRY(wn_ranks_agree(ranks, ranks->rank == 0 ? make_folder(state, shards) : WN_OK));
done:
    return status;
}

static wn_status describe(const char *path, wn_shard_file *file)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return wn_fail(WN_IO, "%s: %s", path, strerror(errno));
    file->n_bytes = info.st_size;
    return wn_hash_file(&file->hash, path);
}

/* Local, but that it polls the agreement. */
static wn_status write_mine(wn_run_state *state, wn_data_shards *shards, wn_agreement *agreement, int64_t *n_read)
{
    wn_status status = WN_OK;
    char *path = NULL;
    bool is_whole = true;
    for (int64_t s = shards->mine.first; s < shards->mine.last && is_whole; s++) {
        TRY(wn_run_directory_join(state->directory, shards->names[s], &path));
        TRY(wn_prepared_write(path, &shards->prepared.shards[s], state->reader, shards->rows, state->recipe,
                              &state->job->output.storage, agreement, &is_whole, n_read));
        if (is_whole)
            TRY(describe(path, &shards->done[s - shards->mine.first]));
        wn_free(path);
        path = NULL;
    }
done:
    wn_free(path);
    return status;
}

static wn_status join(const wn_run_state *state, const wn_data_shards *shards)
{
    wn_status status = WN_OK;
    char *path = NULL;
    const char **beside = NULL;
    TRY(wn_new(&beside, shards->prepared.n_shards));
    for (size_t s = 0; s < shards->prepared.n_shards; s++)
        beside[s] = strrchr(shards->names[s], '/') + 1;
    TRY(wn_run_directory_join(state->directory, WN_DATA_TABLE, &path));
    TRY(wn_prepared_join(path, &shards->prepared, beside, state->recipe));
done:
    wn_free(beside);
    wn_free(path);
    return status;
}

wn_status wn_data_shards_write(wn_run_state *state, wn_data_shards *shards, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    wn_agreement agreement;
    int64_t n_read = 0, bytes_before = wn_reader_bytes_read(state->reader);
    TRY(plan_shards(state, shards));
    TRY(wn_agreement_begin(&agreement, state->ranks));
    TRY(wn_agreement_finish(&agreement, write_mine(state, shards, &agreement, &n_read)));
    TRY(wn_ranks_agree(state->ranks, state->ranks->rank == 0 ? join(state, shards) : WN_OK));
    meter->cost.rows += n_read;
    meter->cost.bytes_read += wn_reader_bytes_read(state->reader) - bytes_before;
    meter->passes++;
done:
    return status;
}

/* {name, bytes} of each shard for the manifest, {name, rows, hash} for what looks at it. */
static wn_status list_files(const wn_data_shards *shards, const wn_shard_file *files, json_t **sizes, json_t **hashes)
{
    *sizes = json_array();
    *hashes = json_array();
    for (size_t s = 0; s < shards->prepared.n_shards; s++) {
        char text[WN_HASH_TEXT_SIZE];
        wn_hash_text(files[s].hash, text);
        json_t *other = json_pack("{s:s, s:I}", "name", shards->names[s], "bytes", (json_int_t)files[s].n_bytes);
        json_t *shard = json_pack("{s:s, s:I, s:s}", "name", shards->names[s], "rows",
                                  (json_int_t)shards->prepared.shards[s].n_rows, "hash", text);
        int failed = json_array_append_new(*sizes, other);
        if (json_array_append_new(*hashes, shard) != 0 || failed != 0)
            return wn_fail(WN_NO_MEMORY, "out of memory for the list of shards");
    }
    return WN_OK;
}

wn_status wn_data_shards_list(const wn_ranks *ranks, const wn_data_shards *shards, json_t **sizes, json_t **hashes)
{
    wn_status status = WN_OK;
    void *all = NULL;
    size_t n = 0;
    TRY(wn_ranks_gather_all(ranks, shards->done, (size_t)(shards->mine.last - shards->mine.first), sizeof *shards->done,
                            &all, &n));
    TRY(wn_ranks_agree(ranks, list_files(shards, all, sizes, hashes)));
done:
    wn_free(all);
    return status;
}

void wn_data_shards_remove(const wn_run_state *state, const wn_data_shards *shards)
{
    for (int64_t s = shards->mine.first; shards->names != NULL && s < shards->mine.last; s++) {
        char *path = NULL;
        if (wn_run_directory_join(state->directory, shards->names[s], &path) == WN_OK)
            unlink(path);
        wn_free(path);
    }
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
    status = wn_hash_file(&hash, path);
    if (status == WN_NO_INPUT || status == WN_IO)
        status = wn_fail(WN_BAD_DATA, "%s cannot be read", name);
    TRY(status);
    wn_hash_text(hash, text);
    if (strcmp(text, wanted) != 0)
        status = wn_fail(WN_BAD_DATA, "%s is damaged", name);
done:
    wn_free(path);
    return status;
}

wn_status wn_data_shards_check(const wn_run_state *state, const json_t *result)
{
    wn_status status = WN_OK;
    const json_t *shards = json_object_get(result, "shards");
    wn_range mine = wn_range_part((int64_t)json_array_size(shards), state->ranks->size, state->ranks->rank);
    for (int64_t s = mine.first; s < mine.last && status == WN_OK; s++)
        status = check_shard(state, json_array_get(shards, (size_t)s));
    return wn_ranks_agree(state->ranks, status);
}
