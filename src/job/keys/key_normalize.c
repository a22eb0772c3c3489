#include "key_kinds.h"

#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

/* The word log is a transform, and no method; -1 is no value of either. */
enum { LOG = -1 };

static const wn_key_word words[] = {{"none", WN_NORMALIZE_NONE, false},
                                    {"standard", WN_NORMALIZE_STANDARD, false},
                                    {"minmax", WN_NORMALIZE_MINMAX, false},
                                    {"robust", WN_NORMALIZE_ROBUST, false},
                                    {"maxabs", WN_NORMALIZE_MAXABS, false},
                                    {"log", LOG, false},
                                    {NULL, 0, false}};

static void read_word(wn_job_reader *reader, const char *path, const wn_yaml *node, wn_normalization *how)
{
    const wn_key_word *word = wn_key_word_read(reader, path, words, node);
    if (word && word->value == LOG)
        *how = (wn_normalization){WN_NORMALIZE_NONE, WN_TRANSFORM_LOG};
    else if (word)
        *how = (wn_normalization){(wn_normalize_method)word->value, WN_TRANSFORM_NONE};
}

/* [log, METHOD]: the other methods are linear, so that a second one would undo the first. */
static void read_pair(wn_job_reader *reader, const char *path, const wn_yaml *node, wn_normalization *how)
{
    const wn_key_word *first = node->n > 0 ? wn_key_word_read(reader, path, words, node->items[0]) : NULL;
    const wn_key_word *second = node->n > 1 ? wn_key_word_read(reader, path, words, node->items[1]) : NULL;
    if (node->n != 2 || (first && second && (first->value != LOG || second->value == LOG)))
        wn_job_fault_add(reader, node, path, "must be a method, or [log, method]: log comes first");
    else if (first && second)
        *how = (wn_normalization){(wn_normalize_method)second->value, WN_TRANSFORM_LOG};
}

static void read_how(wn_job_reader *reader, const char *path, const wn_yaml *node, wn_normalization *how)
{
    if (node->kind != WN_YAML_LIST)
        read_word(reader, path, node, how);
    else if (node->n == 1)
        read_word(reader, path, node->items[0], how);
    else
        read_pair(reader, path, node, how);
}

static void write_how(wn_normalization how, wn_text_buffer *text)
{
    const char *name = wn_key_word_name(words, (int)how.method);
    if (how.transform == WN_TRANSFORM_NONE)
        wn_text_add(text, "%s", name);
    else if (how.method == WN_NORMALIZE_NONE)
        wn_text_add(text, "log");
    else
        wn_text_add(text, "[log, %s]", name);
}

static void read_normalize(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    read_how(reader, key->path, node, &reader->job->normalize.how);
}

static void write_normalize(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    (void)key;
    write_how(job->normalize.how, text);
}

static void allow_normalize(const wn_key *key, wn_text_buffer *text)
{
    (void)key;
    wn_key_words_allow(words, text);
    wn_text_add(text, ", or [log, method]");
}

static void clear_overrides(const wn_key *key, wn_job *job)
{
    (void)key;
    for (size_t i = 0; i < job->normalize.n_overrides; i++)
        wn_free(job->normalize.overrides[i].glob);
    wn_free(job->normalize.overrides);
    job->normalize.overrides = NULL;
    job->normalize.n_overrides = 0;
}

static void read_overrides(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    if (node->kind != WN_YAML_MAP) {
        wn_key_wrong(reader, key, node);
        return;
    }
    clear_overrides(key, reader->job);
    if (!wn_job_reader_keep(reader, wn_new(&reader->job->normalize.overrides, node->n)))
        return;
    for (size_t i = 0; i < node->n; i++) {
        wn_normalize_override *override = &reader->job->normalize.overrides[i];
        char path[WN_YAML_PATH_SIZE];
        snprintf(path, sizeof path, "%s.%s", key->path, node->keys[i]);
        if (!wn_job_reader_keep(reader, wn_string_copy(&override->glob, node->keys[i])))
            return;
        reader->job->normalize.n_overrides = i + 1;
        read_how(reader, path, node->items[i], &override->how);
    }
}

static void write_overrides(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    (void)key;
    wn_text_add(text, "{");
    for (size_t i = 0; i < job->normalize.n_overrides; i++) {
        const wn_normalize_override *override = &job->normalize.overrides[i];
        wn_text_add(text, i ? ", " : "");
        wn_text_add_quoted(text, override->glob, false);
        wn_text_add(text, ": ");
        write_how(override->how, text);
    }
    wn_text_add(text, "}");
}

static void allow_overrides(const wn_key *key, wn_text_buffer *text)
{
    wn_text_add(text, "a map of names or globs of columns to ");
    allow_normalize(key, text);
}

const wn_key_kind wn_kind_normalize = {"word or list", read_normalize, write_normalize, allow_normalize, NULL};
const wn_key_kind wn_kind_normalize_overrides = {"map", read_overrides, write_overrides, allow_overrides,
                                                 clear_overrides};
