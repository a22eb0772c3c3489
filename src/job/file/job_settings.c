#include "job_reader.h"

#include "winnow/memory.h"

#include <string.h>

/* Puts an item (then owned by the tree) at a dotted path, with the maps that it needs on the way. */
static wn_status put_at(wn_yaml *map, const char *path, const char *setting, wn_yaml **item)
{
    wn_status status = WN_OK;
    char *name = NULL;
    wn_yaml *made = NULL;
    size_t n = strcspn(path, ".");
    TRY(wn_string_format(&name, "%.*s", (int)n, path));
    if (!path[n]) {
        TRY(wn_yaml_put(map, name, *item));
        *item = NULL;
        goto done;
    }
    wn_yaml *inner = wn_yaml_find(map, name);
    if (!inner || inner->kind != WN_YAML_MAP) {
        TRY(wn_yaml_new_map(&made, NULL, setting));
        TRY(wn_yaml_put(map, name, made));
        inner = made;
        made = NULL;
    }
    status = put_at(inner, path + n + 1, setting, item);
done:
    wn_yaml_free(made);
    wn_free(name);
    return status;
}

static bool is_path(const char *key)
{
    size_t n = strlen(key);
    return n > 0 && n < WN_YAML_PATH_SIZE && *key != '.' && key[n - 1] != '.' && !strstr(key, "..");
}

static wn_status keep_name(wn_job_reader *reader, const char *setting, const char **name)
{
    char *copy = NULL;
    wn_status status = wn_string_format(&copy, "%.*s", (int)strcspn(setting, "="), setting);
    if (status != WN_OK)
        return status;
    reader->setting_names[reader->n_settings++] = copy;
    *name = copy;
    return WN_OK;
}

wn_status wn_job_reader_set(wn_job_reader *reader, const char *setting)
{
    wn_status status = WN_OK;
    const char *value = strchr(setting, '='), *name = NULL;
    wn_yaml *item = NULL;
    if (!value)
        return wn_fail(WN_USAGE, "--set %s: must be KEY=VALUE", setting);
    value++;
    TRY(keep_name(reader, setting, &name));
    if (!is_path(name))
        return wn_fail(WN_USAGE, "--set %s: must begin with a key as in train.epochs=3", setting);
    size_t n_faults = reader->n_faults;
    TRY(wn_yaml_read(&item, value, strlen(value), name, name, wn_job_reader_listener(reader)));
    wn_yaml place = {.setting = name};
    if (!item && reader->n_faults == n_faults)
        wn_job_fault_add(reader, &place, name, "has no value");
    if (item)
        TRY(put_at(reader->root, name, name, &item));
done:
    wn_yaml_free(item);
    return status;
}
