#include "winnow/run_directory.h"

#include "directory_lock.h"
#include "file_replace.h"
#include "manifest.h"
#include "winnow/durable.h"
#include "winnow/log.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { WHY_SIZE = 300 };

struct wn_run_directory {
    wn_ranks ranks;
    char *path;
    char *paths[WN_N_RUN_NAMES]; /* of wn_run_names */
    int64_t attempts;
    char why[WHY_SIZE];
    wn_directory_lock *lock; /* rank 0, as is the manifest */
    json_t *manifest;
    size_t n_entered; /* stages that this attempt finished */
};

static wn_status foreign(const char *path)
{
    return wn_fail(WN_CANT_CREATE, "%s: is not empty, and not a run directory of Winnow", path);
}

static bool is_finished(const json_t *manifest)
{
    return json_is_true(json_object_get(manifest, "finished"));
}

/* The manifest to go on with: of the run that lies here, or a new one. Under the lock. */
static wn_status take_manifest(wn_run_directory *directory, wn_resume resume)
{
    wn_status status = WN_OK;
    wn_directory_kind kind = WN_DIRECTORY_EMPTY;
    TRY(wn_manifest_look(directory->path, &kind, &directory->manifest));
    if (kind == WN_DIRECTORY_FOREIGN)
        TRY(foreign(directory->path));
    if (kind == WN_DIRECTORY_OURS && resume == WN_RESUME_NEVER) {
        if (!is_finished(directory->manifest))
            TRY(wn_fail(WN_CANT_CREATE, "%s: holds an unfinished run, and --resume is never", directory->path));
        TRY(wn_manifest_remove_files(directory->path, directory->manifest));
        json_decref(directory->manifest);
        directory->manifest = NULL;
    }
    if (!directory->manifest)
        TRY(wn_manifest_new(&directory->manifest));
    json_t *attempts = json_object_get(directory->manifest, "attempts");
    directory->attempts = json_integer_value(attempts) + 1;
    json_integer_set(attempts, directory->attempts);
    TRY(wn_manifest_write(directory->path, directory->manifest));
done:
    return status;
}

/* What rank 0 does alone. A directory that is not ours is left as it is, without even a lock. */
static wn_status open_on_root(wn_run_directory *directory, wn_resume resume)
{
    wn_status status = WN_OK;
    wn_directory_kind kind = WN_DIRECTORY_EMPTY;
    json_t *manifest = NULL;
    TRY(wn_durable_directory(directory->path));
    TRY(wn_manifest_look(directory->path, &kind, &manifest));
    if (kind == WN_DIRECTORY_FOREIGN)
        TRY(foreign(directory->path));
    TRY(wn_directory_lock_take(&directory->lock, directory->path));
    TRY(take_manifest(directory, resume));
done:
    json_decref(manifest);
    return status;
}

wn_status wn_run_directory_open(const wn_ranks *ranks, wn_run_directory **directory, const char *path, wn_resume resume)
{
    wn_run_directory *made = NULL;
    wn_status status = wn_new(&made, 1);
    if (status == WN_OK) {
        made->ranks = *ranks;
        status = wn_string_copy(&made->path, path);
    }
    for (size_t i = 0; status == WN_OK && i < WN_N_RUN_NAMES; i++)
        status = wn_run_directory_join(made, wn_run_names[i], &made->paths[i]);
    status = wn_ranks_agree(ranks, status);
    if (status == WN_OK)
        status = wn_ranks_agree(ranks, ranks->rank == 0 ? open_on_root(made, resume) : WN_OK);
    if (status == WN_OK)
        status = wn_ranks_broadcast(ranks, 0, &made->attempts, sizeof made->attempts);
    if (status == WN_OK) {
        *directory = made;
        made = NULL;
    }
    wn_run_directory_close(made);
    return status;
}

void wn_run_directory_close(wn_run_directory *directory)
{
    if (!directory)
        return;
    wn_directory_lock_give(directory->lock);
    json_decref(directory->manifest);
    for (size_t i = 0; i < WN_N_RUN_NAMES; i++)
        wn_free(directory->paths[i]);
    wn_free(directory->path);
    wn_free(directory);
}

const char *wn_run_directory_path(const wn_run_directory *directory, const char *name)
{
    for (size_t i = 0; i < WN_N_RUN_NAMES; i++)
        if (strcmp(wn_run_names[i], name) == 0)
            return directory->paths[i];
    return NULL;
}

wn_status wn_run_directory_join(const wn_run_directory *directory, const char *name, char **path)
{
    return wn_string_format(path, "%s/%s", directory->path, name);
}

const char *wn_run_directory_root(const wn_run_directory *directory)
{
    return directory->path;
}

/* A JSON value of rank 0 on every rank: a new reference, NULL for NULL. */
static wn_status share_json(const wn_ranks *ranks, const json_t *value, json_t **shared)
{
    wn_status status = WN_OK;
    char *dumped = NULL, *text = NULL;
    json_t *made = NULL;
    if (ranks->rank == 0 && value) {
        dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(17));
        status = dumped ? wn_string_copy(&text, dumped) : wn_fail(WN_NO_MEMORY, "out of memory for a stage's result");
        free(dumped);
    }
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_broadcast_text(ranks, 0, &text));
    if (text) {
        made = json_loads(text, JSON_DECODE_ANY, NULL);
        status = made ? WN_OK : wn_fail(WN_NO_MEMORY, "out of memory for a stage's result");
    }
    TRY(wn_ranks_agree(ranks, status));
    *shared = made;
    made = NULL;
done:
    json_decref(made);
    wn_free(text);
    return status;
}

wn_status wn_run_directory_find_stage(const wn_ranks *ranks, wn_run_directory *directory, const char *stage,
                                      wn_hash key, json_t **result, const char **why)
{
    wn_status status = WN_OK;
    json_t *found = NULL, *shared = NULL;
    if (ranks->rank == 0)
        status = wn_manifest_find(directory->manifest, directory->path, stage, key, &found, directory->why, WHY_SIZE);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_broadcast(ranks, 0, directory->why, WHY_SIZE));
    TRY(share_json(ranks, found, &shared));
    if (shared == NULL && strstr(directory->why, "is damaged") != NULL)
        wn_log_warning("%s: %s, and is made again", stage, directory->why);
    *result = shared;
    *why = directory->why;
done:
    return status;
}

static wn_status finish_on_root(wn_run_directory *directory, const char *stage, wn_hash key, const char *const *files,
                                size_t n_files, const json_t *others, json_t *result)
{
    wn_status status = WN_OK;
    TRY(wn_directory_lock_check(directory->lock));
    if (result == NULL)
        TRY(wn_fail(WN_NO_MEMORY, "out of memory for the result of stage %s", stage));
    TRY(wn_manifest_enter(directory->manifest, directory->path, stage, key, files, n_files, others, result));
    TRY(wn_manifest_write(directory->path, directory->manifest));
    directory->n_entered++;
done:
    return status;
}

wn_status wn_run_directory_finish_stage_with(const wn_ranks *ranks, wn_run_directory *directory, const char *stage,
                                             wn_hash key, const char *const *files, size_t n_files,
                                             const json_t *others, json_t *result)
{
    wn_status status = WN_OK;
    if (ranks->rank == 0)
        status = finish_on_root(directory, stage, key, files, n_files, others, result);
    return wn_ranks_agree(ranks, status);
}

wn_status wn_run_directory_finish_stage(const wn_ranks *ranks, wn_run_directory *directory, const char *stage,
                                        wn_hash key, const char *const *files, size_t n_files, json_t *result)
{
    return wn_run_directory_finish_stage_with(ranks, directory, stage, key, files, n_files, NULL, result);
}

static wn_status forget_on_root(wn_run_directory *directory, const char *stage, const wn_hash *key)
{
    wn_status status = WN_OK;
    bool forgot = false;
    TRY(wn_directory_lock_check(directory->lock));
    TRY(wn_manifest_forget(directory->manifest, directory->path, stage, key, &forgot));
    if (forgot)
        TRY(wn_manifest_write(directory->path, directory->manifest));
done:
    return status;
}

wn_status wn_run_directory_forget_stage(const wn_ranks *ranks, wn_run_directory *directory, const char *stage,
                                        const wn_hash *key)
{
    return wn_ranks_agree(ranks, ranks->rank == 0 ? forget_on_root(directory, stage, key) : WN_OK);
}

wn_status wn_run_directory_remove(wn_run_directory *directory, const char *name)
{
    if (!wn_manifest_owns(directory->manifest, name))
        return WN_OK;
    return wn_manifest_remove_file(directory->path, name);
}

size_t wn_run_directory_n_entered(const wn_run_directory *directory)
{
    return directory->n_entered;
}

/* Enters a name in the manifest that lies in memory. */
static wn_status own(wn_run_directory *directory, const char *name)
{
    wn_status status = WN_OK;
    char *path = NULL;
    struct stat about;
    if (wn_manifest_owns(directory->manifest, name))
        return WN_OK;
    TRY(wn_run_directory_join(directory, name, &path));
    if (lstat(path, &about) == 0)
        TRY(wn_fail(WN_CANT_CREATE, "%s: is not a file of this run", path));
    TRY(wn_manifest_own(directory->manifest, name));
done:
    wn_free(path);
    return status;
}

wn_status wn_run_directory_claim_all(wn_run_directory *directory, const char *const *wanted, size_t n)
{
    wn_status status = WN_OK;
    bool is_new = false;
    TRY(wn_directory_lock_check(directory->lock));
    for (size_t i = 0; i < n; i++) {
        is_new = is_new || !wn_manifest_owns(directory->manifest, wanted[i]);
        TRY(own(directory, wanted[i]));
    }
    if (is_new)
        TRY(wn_manifest_write(directory->path, directory->manifest));
done:
    return status;
}

wn_status wn_run_directory_claim(wn_run_directory *directory, const char *name)
{
    return wn_run_directory_claim_all(directory, &name, 1);
}

wn_status wn_run_directory_clear(wn_run_directory *directory, const char *folder)
{
    wn_status status = wn_directory_lock_check(directory->lock);
    return status == WN_OK ? wn_manifest_clear(directory->path, directory->manifest, folder) : status;
}

wn_status wn_run_directory_write_text(wn_run_directory *directory, const char *name, const char *text)
{
    wn_status status = wn_run_directory_claim(directory, name);
    return status == WN_OK ? wn_file_replace(directory->path, name, text) : status;
}

wn_status wn_run_directory_set_finished(wn_run_directory *directory, bool finished)
{
    if (directory->ranks.rank != 0 || is_finished(directory->manifest) == finished)
        return WN_OK;
    wn_status status = wn_directory_lock_check(directory->lock);
    if (status != WN_OK)
        return status;
    if (json_object_set_new(directory->manifest, "finished", json_boolean(finished)) != 0)
        return wn_fail(WN_NO_MEMORY, "out of memory for the manifest");
    return wn_manifest_write(directory->path, directory->manifest);
}

int64_t wn_run_directory_attempts(const wn_run_directory *directory)
{
    return directory->attempts;
}
