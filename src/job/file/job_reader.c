#include "key_kinds.h"

#include "winnow/memory.h"
#include "winnow/nearest_name.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 1 << 20, SIBLINGS_MAX = 64, NAME_MAX_SIZE = 64 };

static void tell_yaml(void *context, const wn_yaml *place, const char *key, const char *what)
{
    wn_job_fault_add(context, place, key, "%s", what);
}

wn_yaml_listener wn_job_reader_listener(wn_job_reader *reader)
{
    return (wn_yaml_listener){tell_yaml, reader};
}

bool wn_job_reader_has(const wn_job_reader *reader, const char *path)
{
    const wn_key *key = wn_key_find(path);
    return key && reader->is_given[key - wn_keys];
}

/* The names that may stand in a section, each once. */
static size_t siblings(const char *section, char names[SIBLINGS_MAX][NAME_MAX_SIZE])
{
    size_t n_section = strlen(section), n = 0;
    for (size_t i = 0; i < wn_n_keys && n < SIBLINGS_MAX; i++) {
        const char *name = wn_keys[i].path;
        if (strncmp(name, section, n_section) != 0 || (n_section > 0 && name[n_section] != '.'))
            continue;
        name += n_section + (n_section > 0);
        snprintf(names[n], NAME_MAX_SIZE, "%.*s", (int)strcspn(name, "."), name);
        if (n == 0 || strcmp(names[n], names[n - 1]) != 0)
            n++;
    }
    return n;
}

/* A key elsewhere in the table whose last part is this name. */
static const char *elsewhere(const char *name)
{
    for (size_t i = 0; i < wn_n_keys; i++) {
        const char *last = strrchr(wn_keys[i].path, '.');
        if (last && strcmp(last + 1, name) == 0)
            return wn_keys[i].path;
    }
    return NULL;
}

static void tell_unknown(wn_job_reader *reader, const wn_yaml *place, const char *section, const char *name,
                         const char *path)
{
    char names[SIBLINGS_MAX][NAME_MAX_SIZE];
    const char *pointers[SIBLINGS_MAX];
    size_t n = siblings(section, names);
    for (size_t i = 0; i < n; i++)
        pointers[i] = names[i];
    const char *near = wn_nearest_name(name, pointers, n);
    if (!near)
        near = elsewhere(name);
    if (near) {
        wn_job_fault_add(reader, place, path, "is not a key; did you mean %s?", near);
        return;
    }
    wn_text_buffer text = {0};
    char *list = NULL;
    for (size_t i = 0; i < n; i++)
        wn_text_add(&text, "%s%s", i ? ", " : "", names[i]);
    if (wn_job_reader_keep(reader, wn_text_finish(&text, &list)))
        wn_job_fault_add(reader, place, path, "is not a key, must be one of %s", list);
    wn_free(list);
}

static void read_map(wn_job_reader *reader, const wn_yaml *map, const char *section);

static void read_group(wn_job_reader *reader, const wn_yaml *node, const char *path)
{
    if (node->kind == WN_YAML_MAP)
        read_map(reader, node, path);
    else if (wn_yaml_is_null(node))
        wn_job_fault_add(reader, node, path, "is empty, must be a map of keys; {} takes every default");
    else
        wn_job_fault_add(reader, node, path, "must be a map of keys");
}

static void read_map(wn_job_reader *reader, const wn_yaml *map, const char *section)
{
    char path[WN_YAML_PATH_SIZE];
    for (size_t i = 0; i < map->n && reader->status == WN_OK; i++) {
        const char *name = map->keys[i];
        bool is_name = !strchr(name, '.');
        snprintf(path, sizeof path, "%s%s%s", section, *section ? "." : "", name);
        const wn_key *key = is_name ? wn_key_find(path) : NULL;
        if (key) {
            reader->is_given[key - wn_keys] = true;
            key->kind->read(reader, key, map->items[i]);
        } else if (is_name && wn_key_is_group(path)) {
            read_group(reader, map->items[i], path);
        } else {
            tell_unknown(reader, map->key_nodes[i], section, name, path);
        }
    }
}

/* Every key's default is read as if it stood in a file. */
static void read_defaults(wn_job_reader *reader)
{
    for (size_t i = 0; i < wn_n_keys && reader->status == WN_OK; i++) {
        const wn_key *key = &wn_keys[i];
        wn_yaml *node = NULL;
        if (!key->value)
            continue;
        if (wn_job_reader_keep(reader, wn_yaml_read(&node, key->value, strlen(key->value), NULL, key->path,
                                                    wn_job_reader_listener(reader))))
            key->kind->read(reader, key, node);
        wn_yaml_free(node);
    }
}

static void find_sections(wn_job_reader *reader)
{
    for (size_t i = 0; i < wn_n_job_sections; i++) {
        const wn_yaml *node = wn_yaml_find(reader->root, wn_job_sections[i].name);
        *(bool *)((char *)reader->job + wn_job_sections[i].offset) = node && node->kind == WN_YAML_MAP;
    }
}

static wn_status check_root(wn_job_reader *reader)
{
    if (!reader->root)
        return wn_yaml_new_map(&reader->root, NULL, NULL);
    if (reader->root->kind == WN_YAML_MAP)
        return WN_OK;
    bool is_null = wn_yaml_is_null(reader->root);
    if (!is_null)
        wn_job_fault_add(reader, reader->root, "", "is no map of keys");
    wn_yaml_free(reader->root);
    reader->root = NULL;
    return wn_yaml_new_map(&reader->root, NULL, NULL);
}

wn_status wn_job_reader_parse(wn_job_reader *reader, const char *file, const char *bytes, size_t n,
                              const char *const *settings, size_t n_settings)
{
    wn_status status = WN_OK;
    reader->file = file;
    TRY(wn_new(&reader->job, 1));
    TRY(wn_new(&reader->is_given, wn_n_keys));
    TRY(wn_new(&reader->setting_names, n_settings));
    TRY(wn_yaml_read(&reader->root, bytes, n, NULL, "", wn_job_reader_listener(reader)));
    if (!reader->root && reader->n_faults > 0)
        goto done;
    TRY(check_root(reader));
    if (reader->n_faults > 0 && reader->root->n == 0)
        goto done;
    for (size_t i = 0; i < n_settings; i++)
        TRY(wn_job_reader_set(reader, settings[i]));
    read_defaults(reader);
    read_map(reader, reader->root, "");
    find_sections(reader);
    wn_job_reader_fill(reader);
    wn_job_reader_relate(reader);
    wn_job_reader_expand_images(reader);
done:
    return status != WN_OK ? status : reader->status;
}

/* At most FILE_MAX + 1 bytes of a file. */
static wn_status read_file(const char *path, char **bytes, size_t *n)
{
    wn_status status = WN_OK;
    char *buffer = NULL;
    FILE *file = fopen(path, "rb");
    if (!file)
        return wn_fail(WN_NO_INPUT, "%s: %s", path, strerror(errno));
    TRY(wn_new(&buffer, FILE_MAX + 1));
    errno = 0;
    size_t n_read = fread(buffer, 1, FILE_MAX + 1, file);
    if (ferror(file))
        TRY(wn_fail(WN_NO_INPUT, "%s: %s", path, strerror(errno)));
    *bytes = buffer;
    *n = n_read;
    buffer = NULL;
done:
    wn_free(buffer);
    fclose(file);
    return status;
}

wn_status wn_job_reader_run(wn_job_reader *reader, const char *path, const char *const *settings, size_t n_settings)
{
    wn_status status = WN_OK;
    char *bytes = NULL;
    size_t n = 0;
    reader->file = path;
    TRY(read_file(path, &bytes, &n));
    if (n > FILE_MAX)
        wn_job_fault_add(reader, NULL, "", "is larger than 1 MiB");
    else
        TRY(wn_job_reader_parse(reader, path, bytes, n, settings, n_settings));
    status = reader->status;
done:
    wn_free(bytes);
    return status;
}

void wn_job_reader_clear(wn_job_reader *reader)
{
    for (size_t i = 0; i < reader->n_faults; i++) {
        wn_free(reader->faults[i].key);
        wn_free(reader->faults[i].text);
    }
    for (size_t i = 0; i < reader->n_settings; i++)
        wn_free(reader->setting_names[i]);
    wn_free(reader->setting_names);
    wn_free(reader->faults);
    wn_free(reader->is_given);
    wn_yaml_free(reader->root);
    wn_job_free(reader->job);
    *reader = (wn_job_reader){0};
}
