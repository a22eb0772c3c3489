#include "key_kinds.h"

#include "values.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

enum { IMAGE_SIDE_MAX = 65536 };

static void clear_types(const wn_key *key, wn_job *job)
{
    (void)key;
    for (size_t i = 0; i < job->input.n_types; i++)
        wn_free(job->input.types[i].name);
    wn_free(job->input.types);
    job->input.types = NULL;
    job->input.n_types = 0;
}

static bool read_side(const wn_yaml *node, int64_t *side)
{
    return node->kind == WN_YAML_SCALAR && wn_value_integer(node->text, side) && *side >= 1 && *side <= IMAGE_SIDE_MAX;
}

static const wn_key_word type_words[] = {{"numeric", WN_TYPE_NUMERIC, false},
                                         {"categorical", WN_TYPE_CATEGORICAL, false},
                                         {"text", WN_TYPE_TEXT, false},
                                         {"ignore", WN_TYPE_IGNORE, false},
                                         {"time", 0, true},
                                         {NULL, 0, false}};

/* A word, or {image: [height, width]}, with a number of channels maybe. */
static void read_type(wn_job_reader *reader, const char *path, const wn_yaml *node, wn_column_type *type)
{
    const wn_yaml *image = wn_yaml_find(node, "image");
    int64_t *const sides[] = {&type->height, &type->width, &type->channels};
    if (node->kind != WN_YAML_MAP) {
        const wn_key_word *word = wn_key_word_read(reader, path, type_words, node);
        type->word = word ? (wn_type_word)word->value : WN_TYPE_NUMERIC;
        return;
    }
    type->word = WN_TYPE_IMAGE;
    type->channels = 1;
    bool is_right = node->n == 1 && image && image->kind == WN_YAML_LIST && (image->n == 2 || image->n == 3);
    for (size_t i = 0; is_right && i < image->n; i++)
        is_right = read_side(image->items[i], sides[i]);
    if (!is_right)
        wn_job_fault_add(reader, node, path, "must be a word or {image: [height, width]}, or with channels as a third");
}

static void read_types(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    if (node->kind != WN_YAML_MAP) {
        wn_key_wrong(reader, key, node);
        return;
    }
    clear_types(key, reader->job);
    if (!wn_job_reader_keep(reader, wn_new(&reader->job->input.types, node->n)))
        return;
    for (size_t i = 0; i < node->n; i++) {
        wn_column_type *type = &reader->job->input.types[i];
        char path[WN_YAML_PATH_SIZE];
        snprintf(path, sizeof path, "%s.%s", key->path, node->keys[i]);
        if (!wn_job_reader_keep(reader, wn_string_copy(&type->name, node->keys[i])))
            return;
        reader->job->input.n_types = i + 1;
        read_type(reader, path, node->items[i], type);
    }
}

static void write_types(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    (void)key;
    wn_text_add(text, "{");
    for (size_t i = 0; i < job->input.n_types; i++) {
        const wn_column_type *type = &job->input.types[i];
        wn_text_add(text, i ? ", " : "");
        wn_text_add_quoted(text, type->name, false);
        if (type->word != WN_TYPE_IMAGE) {
            wn_text_add(text, ": %s", wn_key_word_name(type_words, (int)type->word));
            continue;
        }
        wn_text_add(text, ": {image: [%lld, %lld", (long long)type->height, (long long)type->width);
        if (type->channels > 1)
            wn_text_add(text, ", %lld", (long long)type->channels);
        wn_text_add(text, "]}");
    }
    wn_text_add(text, "}");
}

static void allow_types(const wn_key *key, wn_text_buffer *text)
{
    (void)key;
    wn_text_add(text, "a map of names or globs of columns to ");
    wn_key_words_allow(type_words, text);
    wn_text_add(text, ", or {image: [height, width, channels]}");
}

const wn_key_kind wn_kind_column_types = {"map", read_types, write_types, allow_types, clear_types};
