#include "key_kinds.h"

#include "expand.h"
#include "values.h"
#include "winnow/memory.h"

#include <string.h>

static void put(const wn_key *key, wn_job *job, char *text)
{
    char **place = wn_key_place(key, job);
    wn_free(*place);
    *place = text;
}

static bool is_text(const wn_yaml *node)
{
    return node->kind == WN_YAML_SCALAR && *node->text && !wn_yaml_is_null(node);
}

static void read_text(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    char *copy = NULL;
    if (!is_text(node))
        wn_key_wrong(reader, key, node);
    else if (wn_job_reader_keep(reader, wn_string_copy(&copy, node->text)))
        put(key, reader->job, copy);
}

static void read_path(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    char *expanded = NULL, *problem = NULL;
    if (!is_text(node)) {
        wn_key_wrong(reader, key, node);
        return;
    }
    if (!wn_job_reader_keep(reader, wn_path_expand(node->text, &expanded, &problem)))
        return;
    if (expanded)
        put(key, reader->job, expanded);
    else
        wn_job_fault_add(reader, node, key->path, "%s", problem);
    wn_free(problem);
}

static void write_text(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    const char *value = *(char *const *)wn_key_value(key, job);
    if (value)
        wn_text_add_quoted(text, value, key->kind == &wn_kind_path);
}

static void allow_text(const wn_key *key, wn_text_buffer *text)
{
    (void)key;
    wn_text_add(text, "a text");
}

static void allow_path(const wn_key *key, wn_text_buffer *text)
{
    (void)key;
    wn_text_add(text, "a path");
}

static void clear_text(const wn_key *key, wn_job *job)
{
    put(key, job, NULL);
}

/* Whether a scalar says what the neutral word says, numbers by value. */
static bool is_neutral_scalar(const char *text, const char *neutral)
{
    double a = 0, b = 0;
    bool x = false, y = false;
    if (wn_value_number(neutral, &a))
        return wn_value_number(text, &b) && a == b;
    if (wn_value_boolean(neutral, &x))
        return wn_value_boolean(text, &y) && x == y;
    return strcmp(text, neutral) == 0;
}

static bool is_neutral(const wn_key *key, const wn_yaml *node)
{
    if (strcmp(key->neutral, "{}") == 0)
        return node->kind == WN_YAML_MAP && node->n == 0;
    return *key->neutral && node->kind == WN_YAML_SCALAR && is_neutral_scalar(node->text, key->neutral);
}

static void read_unbuilt(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    if (is_neutral(key, node))
        return;
    if (*key->neutral)
        wn_job_fault_add(reader, node, key->path, "is not built yet; only %s is accepted", key->neutral);
    else
        wn_job_fault_add(reader, node, key->path, "is not built yet");
}

static void write_unbuilt(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    (void)job;
    wn_text_add(text, "%s", key->neutral);
}

static void allow_unbuilt(const wn_key *key, wn_text_buffer *text)
{
    wn_text_add(text, *key->neutral ? "not built yet; only %s is accepted" : "not built yet%s", key->neutral);
}

const wn_key_kind wn_kind_text = {"text", read_text, write_text, allow_text, clear_text};
const wn_key_kind wn_kind_path = {"path", read_path, write_text, allow_path, clear_text};
const wn_key_kind wn_kind_unbuilt = {"not built yet", read_unbuilt, write_unbuilt, allow_unbuilt, NULL};
