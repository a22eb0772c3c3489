/* The stages of a manifest: their keys, what made them, and the files that they left. */
#include "manifest.h"

#include "winnow/memory.h"

#include <cblas.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a stage's entry: what made it. */
static const char WINNOW[] = "winnow", KERNELS[] = "blas_kernels";

static wn_status no_memory(void)
{
    return wn_fail(WN_NO_MEMORY, "out of memory for the manifest");
}

/* {name, bytes, hash} of a file as it is; without hash where that is not wanted. */
static wn_status describe_file(const char *directory, const char *name, bool has_hash, json_t **file)
{
    wn_status status = WN_OK;
    char *path = NULL, text[WN_HASH_TEXT_SIZE];
    wn_hash hash;
    struct stat about;
    TRY(wn_string_format(&path, "%s/%s", directory, name));
    if (stat(path, &about) != 0)
        TRY(wn_fail(WN_IO, "%s: %s", path, strerror(errno)));
    if (has_hash) {
        TRY(wn_hash_file(&hash, path));
        wn_hash_text(hash, text);
    }
    *file =
        json_pack("{s:s, s:I, s:s*}", "name", name, "bytes", (json_int_t)about.st_size, "hash", has_hash ? text : NULL);
    if (!*file)
        status = no_memory();
done:
    wn_free(path);
    return status;
}

wn_status wn_manifest_enter(json_t *manifest, const char *directory, const char *stage, wn_hash key,
                            const char *const *files, size_t n_files, const json_t *others, json_t *result)
{
    wn_status status = WN_OK;
    char text[WN_HASH_TEXT_SIZE];
    size_t o = 0;
    json_t *other = NULL;
    wn_hash_text(key, text);
    json_t *list = json_array(), *file = NULL;
    for (size_t i = 0; i < n_files; i++) {
        TRY(describe_file(directory, files[i], true, &file));
        if (json_array_append_new(list, file) != 0)
            TRY(no_memory());
        TRY(wn_manifest_own(manifest, files[i]));
    }
    json_array_foreach(others, o, other)
    {
        if (json_array_append(list, other) != 0)
            TRY(no_memory());
    }
    json_t *entry = json_pack("{s:s, s:s, s:s, s:O, s:O?}", "key", text, WINNOW, WN_VERSION, KERNELS,
                              openblas_get_corename(), "files", list, "result", result);
    if (!entry || json_object_set_new(json_object_get(manifest, "stages"), stage, entry) != 0)
        status = no_memory();
done:
    json_decref(list);
    return status;
}

/* What is left of an entry without its result: no key, and what made it. */
static json_t *forgotten(const json_t *entry)
{
    json_t *left = json_pack("{s:s, s:[], s:n}", "key", "", "files", "result");
    for (size_t i = 0; left && i < 2; i++) {
        const char *name = i == 0 ? WINNOW : KERNELS;
        json_t *value = json_object_get(entry, name);
        if (value && json_object_set(left, name, value) != 0) {
            json_decref(left);
            left = NULL;
        }
    }
    return left;
}

/* Says in `why` what is wrong with a file of a stage; false when nothing is. */
static wn_status check_file(const char *directory, const json_t *file, char *why, size_t why_size)
{
    wn_status status = WN_OK;
    const char *name = json_string_value(json_object_get(file, "name"));
    json_t *now = NULL;
    if (!wn_manifest_is_inside(name)) {
        snprintf(why, why_size, "its entry is damaged");
        return WN_OK;
    }
    char *path = NULL;
    TRY(wn_string_format(&path, "%s/%s", directory, name));
    if (access(path, F_OK) != 0) {
        snprintf(why, why_size, "%s is missing", name);
        goto done;
    }
    TRY(describe_file(directory, name, json_object_get(file, "hash") != NULL, &now));
    if (!json_equal(now, file))
        snprintf(why, why_size, "%s is damaged", name);
done:
    json_decref(now);
    wn_free(path);
    return status;
}

/* Of a stage whose key is another now. What made it is in the key too: told first, for nobody changed it on purpose. */
static void say_what_changed(const json_t *entry, char *why, size_t why_size)
{
    const char *winnow = json_string_value(json_object_get(entry, WINNOW));
    const char *kernels = json_string_value(json_object_get(entry, KERNELS));
    if (winnow && strcmp(winnow, WN_VERSION) != 0)
        snprintf(why, why_size, "it was made by Winnow %s, this is %s", winnow, WN_VERSION);
    else if (kernels && strcmp(kernels, openblas_get_corename()) != 0)
        snprintf(why, why_size, "it was made with the BLAS kernels for %s, here are those for %s", kernels,
                 openblas_get_corename());
    else
        snprintf(why, why_size, "its input changed");
}

wn_status wn_manifest_find(const json_t *manifest, const char *directory, const char *stage, wn_hash key,
                           json_t **result, char *why, size_t why_size)
{
    char text[WN_HASH_TEXT_SIZE];
    const json_t *entry = json_object_get(json_object_get(manifest, "stages"), stage);
    const char *old = json_string_value(json_object_get(entry, "key"));
    *why = 0;
    *result = NULL;
    wn_hash_text(key, text);
    if (!old)
        snprintf(why, why_size, "new");
    else if (strcmp(old, text) != 0)
        say_what_changed(entry, why, why_size);
    size_t i = 0;
    json_t *file = NULL;
    json_array_foreach(json_object_get(entry, "files"), i, file)
    {
        wn_status status = *why ? WN_OK : check_file(directory, file, why, why_size);
        if (status != WN_OK)
            return status;
    }
    if (!*why)
        *result = json_object_get(entry, "result");
    return WN_OK;
}

wn_status wn_manifest_forget(json_t *manifest, const char *directory, const char *stage, const wn_hash *key,
                             bool *forgot)
{
    wn_status status = WN_OK;
    char text[WN_HASH_TEXT_SIZE];
    json_t *stages = json_object_get(manifest, "stages"), *entry = json_object_get(stages, stage), *file = NULL;
    const char *old = json_string_value(json_object_get(entry, "key"));
    size_t i = 0;
    *forgot = false;
    if (key)
        wn_hash_text(*key, text);
    if (!old || !*old || (key && strcmp(old, text) == 0))
        return WN_OK;
    json_array_foreach(json_object_get(entry, "files"), i, file)
    {
        const char *name = json_string_value(json_object_get(file, "name"));
        if (wn_manifest_is_inside(name) && wn_manifest_owns(manifest, name))
            TRY(wn_manifest_remove_file(directory, name));
    }
    if (json_object_set_new(stages, stage, forgotten(entry)) != 0)
        status = no_memory();
    *forgot = true;
done:
    return status;
}
