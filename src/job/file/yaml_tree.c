#include "yaml_tree.h"

#include "winnow/memory.h"

#include <string.h>

void wn_yaml_free(wn_yaml *node)
{
    if (!node)
        return;
    for (size_t i = 0; i < node->n; i++) {
        wn_yaml_free(node->items[i]);
        if (node->kind != WN_YAML_MAP)
            continue;
        wn_yaml_free(node->key_nodes[i]);
        wn_free(node->keys[i]);
    }
    wn_free(node->items);
    wn_free(node->keys);
    wn_free(node->key_nodes);
    wn_free(node->text);
    wn_free(node);
}

wn_status wn_yaml_new_map(wn_yaml **map, const wn_yaml *place, const char *setting)
{
    wn_yaml *made = NULL;
    wn_status status = wn_new(&made, 1);
    if (status != WN_OK)
        return status;
    made->kind = WN_YAML_MAP;
    made->line = place ? place->line : 1;
    made->column = place ? place->column : 1;
    made->setting = setting;
    *map = made;
    return WN_OK;
}

wn_yaml *wn_yaml_find(const wn_yaml *map, const char *key)
{
    if (!map || map->kind != WN_YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->n; i++)
        if (strcmp(map->keys[i], key) == 0)
            return map->items[i];
    return NULL;
}

wn_status wn_yaml_append(wn_yaml *parent, char *key, wn_yaml *key_node, wn_yaml *item)
{
    size_t n = parent->n;
    wn_status status = wn_resize(&parent->items, n + 1);
    if (status == WN_OK && key)
        status = wn_resize(&parent->keys, n + 1);
    if (status == WN_OK && key)
        status = wn_resize(&parent->key_nodes, n + 1);
    if (status != WN_OK)
        return status;
    parent->items[n] = item;
    if (key) {
        parent->keys[n] = key;
        parent->key_nodes[n] = key_node;
    }
    parent->n = n + 1;
    return WN_OK;
}

static bool replace(wn_yaml *map, const char *key, wn_yaml *item)
{
    for (size_t i = 0; i < map->n; i++) {
        if (strcmp(map->keys[i], key) != 0)
            continue;
        wn_yaml_free(map->items[i]);
        map->items[i] = item;
        map->key_nodes[i]->setting = item->setting;
        return true;
    }
    return false;
}

wn_status wn_yaml_put(wn_yaml *map, const char *key, wn_yaml *item)
{
    wn_status status = WN_OK;
    char *copy = NULL;
    wn_yaml *key_node = NULL;
    if (replace(map, key, item))
        return WN_OK;
    TRY(wn_string_copy(&copy, key));
    TRY(wn_new(&key_node, 1));
    key_node->line = item->line;
    key_node->column = item->column;
    key_node->setting = item->setting;
    TRY(wn_yaml_append(map, copy, key_node, item));
    copy = NULL, key_node = NULL;
done:
    wn_free(copy);
    wn_yaml_free(key_node);
    return status;
}

const wn_yaml *wn_yaml_at(const wn_yaml *root, const char *path)
{
    char name[WN_YAML_PATH_SIZE];
    const wn_yaml *node = root;
    while (node && *path) {
        size_t n = strcspn(path, ".");
        if (n >= sizeof name)
            return NULL;
        memcpy(name, path, n);
        name[n] = 0;
        node = wn_yaml_find(node, name);
        path += n + (path[n] == '.');
    }
    return node;
}

bool wn_yaml_is_null(const wn_yaml *node)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    if (node->kind != WN_YAML_SCALAR || !node->is_plain)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(node->text, words[i]) == 0)
            return true;
    return false;
}
