/* yaml_tree.h - a YAML text as a tree whose every node knows its line and column, built from libyaml's events.
 * Refused: anchors, aliases, tags, keys given twice, keys that are not texts, more than one document. Those and syntax
 * errors are told to a callback, so that a reader can tell all of them at once. */
#ifndef WINNOW_JOB_YAML_TREE_H
#define WINNOW_JOB_YAML_TREE_H

#include "winnow/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum { WN_YAML_SCALAR, WN_YAML_LIST, WN_YAML_MAP } wn_yaml_kind;

typedef struct wn_yaml {
    wn_yaml_kind kind;
    bool is_plain;       /* a scalar without quotes */
    size_t line, column; /* from 1; of a place in a setting's value they mean nothing */
    const char *setting; /* KEY of the --set it comes from, NULL: the file; borrowed */
    char *text;          /* of a scalar */
    size_t n;
    char **keys;                /* (n) of a map */
    struct wn_yaml **key_nodes; /* (n) of a map: where the keys stand */
    struct wn_yaml **items;     /* (n) of a list or a map */
} wn_yaml;

/* Told of what is wrong at a place: `place` has line, column and setting; `key` is the path of the map's key or "". */
typedef struct {
    void (*tell)(void *context, const wn_yaml *place, const char *key, const char *what);
    void *context;
} wn_yaml_listener;

enum { WN_YAML_DEPTH = 16, WN_YAML_PATH_SIZE = 512 };

/* Local. The tree of a text of n bytes; *root is NULL for an empty document or after a syntax error (told). `path` is
 * the path of the root ("" for a file). The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_yaml_read(wn_yaml **root, const char *bytes, size_t n, const char *setting, const char *path,
                                   wn_yaml_listener listener);
void wn_yaml_free(wn_yaml *node);

/* Local. An empty map standing where `place` stands (NULL: line 1, column 1). */
WN_MUST_USE wn_status wn_yaml_new_map(wn_yaml **map, const wn_yaml *place, const char *setting);

/* Local. The item of a map's key, NULL where there is none or `map` is no map. */
wn_yaml *wn_yaml_find(const wn_yaml *map, const char *key);

/* Local. Puts an item under a key, in the place of the one that is there; the map then owns it. Fails: WN_NO_MEMORY
 * (the item stays the caller's). */
WN_MUST_USE wn_status wn_yaml_put(wn_yaml *map, const char *key, wn_yaml *item);

/* Local. Adds an item at the end; key (owned text) and key_node are NULL for a list. The parent then owns all three.
 * Fails: WN_NO_MEMORY (they stay the caller's). */
WN_MUST_USE wn_status wn_yaml_append(wn_yaml *parent, char *key, wn_yaml *key_node, wn_yaml *item);

/* Local. The item at a dotted path, NULL where there is none. */
const wn_yaml *wn_yaml_at(const wn_yaml *root, const char *path);

/* Local. Whether a scalar is null: empty, ~ or null without quotes. */
bool wn_yaml_is_null(const wn_yaml *node);

#endif
