#include "manifest.h"

#include "file_replace.h"
#include "winnow/memory.h"
#include "winnow/watchdog.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FORMAT = 1 };

static const char NAME[] = "manifest.json";

const char *const wn_run_names[WN_N_RUN_NAMES] = {
    "rows.u8",           "measured.h5",       "moments.h5", "drops.u8",   "profile.h5",     "targets.h5",
    "statistics.h5",     "forest.bin",        "lasso.bin",  "sweeps.bin", "products.h5",    "job.yaml",
    "run.json",          "events.jsonl",      "recipe.h5",  "model.h5",   "compressed.wnm", "report.html",
    "checkpoints/0.wns", "checkpoints/1.wns", "ranks"};

static wn_status no_memory(void)
{
    return wn_fail(WN_NO_MEMORY, "out of memory for the manifest");
}

static bool is_of_lock(const char *name)
{
    return strcmp(name, "lock") == 0 || strncmp(name, "lock.", 5) == 0 || strcmp(name, "manifest.json.part") == 0;
}

static wn_status count_entries(const char *directory, size_t *n)
{
    DIR *stream = opendir(directory);
    if (!stream)
        return wn_fail(WN_CANT_CREATE, "%s: %s", directory, strerror(errno));
    *n = 0;
    for (const struct dirent *entry = readdir(stream); entry; entry = readdir(stream)) {
        bool is_dots = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        *n += !is_dots && !is_of_lock(entry->d_name);
    }
    closedir(stream);
    return WN_OK;
}

static bool is_understood(const json_t *manifest)
{
    return json_integer_value(json_object_get(manifest, "format")) == FORMAT &&
           json_is_string(json_object_get(manifest, "winnow")) && json_is_array(json_object_get(manifest, "ours")) &&
           json_is_object(json_object_get(manifest, "stages")) &&
           json_is_boolean(json_object_get(manifest, "finished")) &&
           json_is_integer(json_object_get(manifest, "attempts"));
}

/* Of all it says; a byte that is not what was written would be believed otherwise. */
static wn_status checksum(const json_t *manifest, char text[WN_HASH_TEXT_SIZE])
{
    wn_status status = WN_OK;
    json_t *content = json_copy((json_t *)(uintptr_t)manifest);
    if (content)
        json_object_del(content, "checksum");
    char *bytes = content ? json_dumps(content, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17)) : NULL;
    if (bytes)
        wn_hash_text(wn_hash_bytes(bytes, strlen(bytes), 0), text);
    else
        status = no_memory();
    free(bytes);
    json_decref(content);
    return status;
}

static wn_status load(const char *directory, json_t **manifest)
{
    wn_status status = WN_OK;
    char *path = NULL, *text = NULL, wanted[WN_HASH_TEXT_SIZE];
    json_t *json = NULL;
    json_error_t error;
    TRY(wn_string_format(&path, "%s/%s", directory, NAME));
    TRY(wn_file_text(path, &text));
    json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!json || !is_understood(json))
        TRY(wn_fail(WN_CANT_CREATE, "%s: is not a manifest of this version of Winnow, or is damaged", path));
    TRY(checksum(json, wanted));
    const char *found = json_string_value(json_object_get(json, "checksum"));
    if (!found || strcmp(found, wanted) != 0)
        TRY(wn_fail(WN_CANT_CREATE, "%s: is damaged, its checksum is not that of its content", path));
    *manifest = json;
    json = NULL;
done:
    json_decref(json);
    wn_free(text);
    wn_free(path);
    return status;
}

wn_status wn_manifest_look(const char *directory, wn_directory_kind *kind, json_t **manifest)
{
    size_t n = 0;
    wn_status status = count_entries(directory, &n);
    if (status != WN_OK)
        return status;
    if (n == 0) {
        *kind = WN_DIRECTORY_EMPTY;
        return WN_OK;
    }
    status = load(directory, manifest);
    if (status == WN_NO_INPUT) {
        *kind = WN_DIRECTORY_FOREIGN;
        return WN_OK;
    }
    if (status == WN_OK)
        *kind = WN_DIRECTORY_OURS;
    return status;
}

static json_t *list_names(void)
{
    json_t *list = json_array();
    for (size_t i = 0; i < WN_N_RUN_NAMES; i++)
        if (json_array_append_new(list, json_string(wn_run_names[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

wn_status wn_manifest_new(json_t **manifest)
{
    json_t *made = json_pack("{s:s, s:i, s:b, s:i, s:o, s:{}}", "winnow", WN_VERSION, "format", FORMAT, "finished", 0,
                             "attempts", 0, "ours", list_names(), "stages");
    if (!made)
        return no_memory();
    *manifest = made;
    return WN_OK;
}

wn_status wn_manifest_write(const char *directory, json_t *manifest)
{
    wn_status status = WN_OK;
    char *text = NULL, sum[WN_HASH_TEXT_SIZE];
    TRY(checksum(manifest, sum));
    if (json_object_set_new(manifest, "checksum", json_string(sum)) == 0)
        text = json_dumps(manifest, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(17));
    if (!text)
        TRY(no_memory());
    TRY(wn_file_replace(directory, NAME, text));
done:
    free(text);
    return status;
}

/* A manifest of others' making removes nothing else. */
bool wn_manifest_is_inside(const char *name)
{
    return name && *name && *name != '/' && strcmp(name, "..") != 0 && strncmp(name, "../", 3) != 0 &&
           !strstr(name, "/..");
}

/* A directory within goes with its last file; that of the beats, which a kill leaves, with the beats. */
static wn_status remove_file(const char *directory, const char *name, const char *ending)
{
    char *path = NULL;
    wn_status status = wn_string_format(&path, "%s/%s%s", directory, name, ending);
    bool is_left = status == WN_OK && unlink(path) != 0 && errno != ENOENT && errno != ENOTDIR;
    if (is_left && strcmp(name, "ranks") == 0)
        wn_watchdog_clear(path);
    else if (is_left)
        status = wn_fail(WN_CANT_CREATE, "%s: cannot be removed: %s", path, strerror(errno));
    if (status == WN_OK && strchr(name, '/')) {
        *strrchr(path, '/') = 0;
        rmdir(path);
    }
    wn_free(path);
    return status;
}

wn_status wn_manifest_remove_files(const char *directory, const json_t *manifest)
{
    wn_status status = WN_OK;
    size_t i = 0;
    json_t *name = NULL;
    json_array_foreach(json_object_get(manifest, "ours"), i, name)
    {
        const char *text = json_string_value(name);
        if (!wn_manifest_is_inside(text))
            continue;
        TRY(remove_file(directory, text, ".part"));
        TRY(remove_file(directory, text, ""));
    }
    TRY(wn_manifest_clear(directory, manifest, "data"));
    TRY(remove_file(directory, NAME, ""));
done:
    return status;
}

/* Whether an entry of a folder is a file of ours, or one that a kill left half written beside its name. */
static bool is_ours_in(const json_t *manifest, const char *folder, const char *entry)
{
    char name[300];
    const char *part = strstr(entry, ".part-");
    size_t n = part != NULL ? (size_t)(part - entry) : strlen(entry);
    bool fits = (size_t)snprintf(name, sizeof name, "%s/%.*s", folder, (int)n, entry) < sizeof name;
    return fits && wn_manifest_owns(manifest, name);
}

wn_status wn_manifest_clear(const char *directory, const json_t *manifest, const char *folder)
{
    wn_status status = WN_OK;
    char *path = NULL, *name = NULL;
    DIR *stream = NULL;
    TRY(wn_string_format(&path, "%s/%s", directory, folder));
    stream = opendir(path);
    for (const struct dirent *entry = stream ? readdir(stream) : NULL; entry; entry = readdir(stream)) {
        if (!is_ours_in(manifest, folder, entry->d_name))
            continue;
        TRY(wn_string_format(&name, "%s/%s", path, entry->d_name));
        if (unlink(name) != 0 && errno != ENOENT)
            TRY(wn_fail(WN_CANT_CREATE, "%s: cannot be removed: %s", name, strerror(errno)));
        wn_free(name);
        name = NULL;
    }
    rmdir(path);
done:
    if (stream)
        closedir(stream);
    wn_free(name);
    wn_free(path);
    return status;
}

bool wn_manifest_owns(const json_t *manifest, const char *name)
{
    size_t i = 0;
    json_t *item = NULL;
    json_array_foreach(json_object_get(manifest, "ours"), i, item)
    {
        const char *text = json_string_value(item);
        if (text && strcmp(text, name) == 0)
            return true;
    }
    return false;
}

wn_status wn_manifest_own(json_t *manifest, const char *name)
{
    if (wn_manifest_owns(manifest, name))
        return WN_OK;
    return json_array_append_new(json_object_get(manifest, "ours"), json_string(name)) == 0 ? WN_OK : no_memory();
}

wn_status wn_manifest_remove_file(const char *directory, const char *name)
{
    return remove_file(directory, name, "");
}
