#include "key_kinds.h"

#include "winnow/memory.h"
#include "winnow/nearest_name.h"

#include <string.h>

enum { WORDS_MAX = 64 };

const wn_key *wn_key_find(const char *path)
{
    for (size_t i = 0; i < wn_n_keys; i++)
        if (strcmp(wn_keys[i].path, path) == 0)
            return &wn_keys[i];
    return NULL;
}

bool wn_key_is_group(const char *path)
{
    size_t n = strlen(path);
    for (size_t i = 0; i < wn_n_keys; i++)
        if (strncmp(wn_keys[i].path, path, n) == 0 && wn_keys[i].path[n] == '.')
            return true;
    return false;
}

void *wn_key_place(const wn_key *key, wn_job *job)
{
    return (char *)job + key->offset;
}

const void *wn_key_value(const wn_key *key, const wn_job *job)
{
    return (const char *)job + key->offset;
}

static void describe(const wn_yaml *node, wn_text_buffer *text)
{
    if (node->kind == WN_YAML_LIST)
        wn_text_add(text, "a list");
    else if (node->kind == WN_YAML_MAP)
        wn_text_add(text, "a map");
    else if (wn_yaml_is_null(node))
        wn_text_add(text, "empty");
    else
        wn_text_add(text, node->is_plain ? "%.60s" : "the text \"%.60s\"", node->text);
}

void wn_key_wrong(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    wn_text_buffer text = {0};
    char *what = NULL;
    wn_text_add(&text, "is ");
    describe(node, &text);
    wn_text_add(&text, ", must be ");
    key->kind->allow(key, &text);
    if (wn_job_reader_keep(reader, wn_text_finish(&text, &what)))
        wn_job_fault_add(reader, node, key->path, "%s", what);
    wn_free(what);
}

void wn_key_words_allow(const wn_key_word *words, wn_text_buffer *text)
{
    size_t n = 0;
    for (const wn_key_word *word = words; word->name; word++)
        n += !word->is_unbuilt;
    wn_text_add(text, n > 1 ? "one of " : "");
    bool is_first = true;
    for (const wn_key_word *word = words; word->name; word++) {
        if (word->is_unbuilt)
            continue;
        wn_text_add(text, "%s%s", is_first ? "" : ", ", word->name);
        is_first = false;
    }
}

const char *wn_key_word_name(const wn_key_word *words, int value)
{
    for (const wn_key_word *word = words; word->name; word++)
        if (word->value == value && !word->is_unbuilt)
            return word->name;
    return "";
}

void wn_key_unbuilt(wn_job_reader *reader, const char *path, const wn_yaml *node, const char *what)
{
    wn_job_fault_add(reader, node, path, "%s%sis not built yet", what, *what ? " " : "");
}

static void wrong_word(wn_job_reader *reader, const char *path, const wn_key_word *words, const wn_yaml *node)
{
    const char *names[WORDS_MAX];
    size_t n = 0;
    for (const wn_key_word *word = words; word->name && n < WORDS_MAX; word++)
        if (!word->is_unbuilt)
            names[n++] = word->name;
    const char *near = node->kind == WN_YAML_SCALAR && n > 1 ? wn_nearest_name(node->text, names, n) : NULL;
    wn_text_buffer text = {0};
    char *what = NULL;
    wn_text_add(&text, "is ");
    describe(node, &text);
    wn_text_add(&text, ", must be ");
    wn_key_words_allow(words, &text);
    if (near)
        wn_text_add(&text, "; did you mean %s?", near);
    if (wn_job_reader_keep(reader, wn_text_finish(&text, &what)))
        wn_job_fault_add(reader, node, path, "%s", what);
    wn_free(what);
}

const wn_key_word *wn_key_word_read(wn_job_reader *reader, const char *path, const wn_key_word *words,
                                    const wn_yaml *node)
{
    const wn_key_word *word = words;
    while (node->kind == WN_YAML_SCALAR && word->name && strcmp(word->name, node->text) != 0)
        word++;
    if (node->kind != WN_YAML_SCALAR || !word->name) {
        wrong_word(reader, path, words, node);
        return NULL;
    }
    if (word->is_unbuilt) {
        wn_key_unbuilt(reader, path, node, word->name);
        return NULL;
    }
    return word;
}

bool wn_key_map_check(wn_job_reader *reader, const char *path, const wn_yaml *map, const char *const *names, size_t n)
{
    if (map->kind != WN_YAML_MAP) {
        wn_job_fault_add(reader, map, path, "must be a map");
        return false;
    }
    for (size_t i = 0; i < map->n; i++) {
        bool is_known = false;
        for (size_t j = 0; j < n; j++)
            is_known |= strcmp(map->keys[i], names[j]) == 0;
        if (is_known)
            continue;
        const char *near = wn_nearest_name(map->keys[i], names, n);
        wn_job_fault_add(reader, map->key_nodes[i], path, "has no key %.60s%s%s%s", map->keys[i],
                         near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
    return true;
}
