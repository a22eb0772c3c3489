#include "key_kinds.h"

#include "expand.h"
#include "values.h"
#include "winnow/memory.h"

#include <math.h>
#include <string.h>

static void clear_texts(const wn_key *key, wn_job *job)
{
    wn_text_list *list = wn_key_place(key, job);
    for (size_t i = 0; i < list->n; i++)
        wn_free(list->text[i]);
    wn_free(list->text);
    *list = (wn_text_list){0};
}

/* A text of a list, expanded where it is a path; NULL after something was told. */
static char *read_item(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    char *text = NULL, *problem = NULL;
    if (node->kind != WN_YAML_SCALAR || !*node->text || wn_yaml_is_null(node)) {
        wn_job_fault_add(reader, node, key->path, "has an item that is no text");
        return NULL;
    }
    if (key->kind != &wn_kind_paths) {
        wn_job_reader_keep(reader, wn_string_copy(&text, node->text));
        return text;
    }
    wn_job_reader_keep(reader, wn_path_expand(node->text, &text, &problem));
    if (problem)
        wn_job_fault_add(reader, node, key->path, "%s", problem);
    wn_free(problem);
    return text;
}

static void read_texts(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    wn_text_list *list = wn_key_place(key, reader->job);
    if (node->kind != WN_YAML_LIST || node->n < (size_t)key->min) {
        wn_key_wrong(reader, key, node);
        return;
    }
    clear_texts(key, reader->job);
    if (!wn_job_reader_keep(reader, wn_new(&list->text, node->n)))
        return;
    for (size_t i = 0; i < node->n; i++) {
        char *text = read_item(reader, key, node->items[i]);
        if (text)
            list->text[list->n++] = text;
    }
}

static void write_texts(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    const wn_text_list *list = wn_key_value(key, job);
    if (list->n < (size_t)key->min)
        return;
    wn_text_add(text, "[");
    for (size_t i = 0; i < list->n; i++) {
        wn_text_add(text, i ? ", " : "");
        wn_text_add_quoted(text, list->text[i], key->kind == &wn_kind_paths);
    }
    wn_text_add(text, "]");
}

static void allow_texts(const wn_key *key, wn_text_buffer *text)
{
    const char *what = key->kind == &wn_kind_paths ? "paths or globs" : "texts";
    wn_text_add(text, "a list of %s%s", what, key->min > 0 ? ", at least one" : "");
}

static void clear_numbers(const wn_key *key, wn_job *job)
{
    wn_number_list *list = wn_key_place(key, job);
    wn_free(list->value);
    *list = (wn_number_list){0};
}

static bool read_one_number(const wn_key *key, const wn_yaml *node, double *value)
{
    int64_t whole = 0;
    if (node->kind != WN_YAML_SCALAR || !node->is_plain)
        return false;
    if (key->kind == &wn_kind_counts) {
        if (!wn_value_integer(node->text, &whole))
            return false;
        *value = (double)whole;
    } else if (!wn_value_number(node->text, value)) {
        return false;
    }
    return (key->min == 0 && key->max == 0) || (*value >= key->min && *value <= key->max);
}

static void read_numbers(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    wn_number_list *list = wn_key_place(key, reader->job);
    if (node->kind != WN_YAML_LIST) {
        wn_key_wrong(reader, key, node);
        return;
    }
    clear_numbers(key, reader->job);
    if (!wn_job_reader_keep(reader, wn_new(&list->value, node->n)))
        return;
    for (size_t i = 0; i < node->n; i++) {
        double value = 0;
        if (read_one_number(key, node->items[i], &value))
            list->value[list->n++] = value;
        else
            wn_key_wrong(reader, key, node->items[i]);
    }
}

static void write_numbers(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    const wn_number_list *list = wn_key_value(key, job);
    wn_text_add(text, "[");
    for (size_t i = 0; i < list->n; i++) {
        wn_text_add(text, i ? ", " : "");
        if (key->kind == &wn_kind_counts)
            wn_text_add(text, "%.0f", list->value[i]);
        else
            wn_text_add_number(text, list->value[i]);
    }
    wn_text_add(text, "]");
}

static void allow_numbers(const wn_key *key, wn_text_buffer *text)
{
    wn_text_add(text, "a list of %s", key->kind == &wn_kind_counts ? "integers" : "numbers");
    if (key->min != 0 || key->max != 0)
        wn_text_add(text, isinf(key->max) ? " of at least %.10g" : " from %.10g to %.10g", key->min, key->max);
}

static void read_words(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    bool *use = wn_key_place(key, reader->job);
    if (node->kind != WN_YAML_LIST || node->n == 0) {
        wn_key_wrong(reader, key, node);
        return;
    }
    for (const wn_key_word *word = key->words; word->name; word++)
        use[word->value] = false;
    for (size_t i = 0; i < node->n; i++) {
        const wn_key_word *word = wn_key_word_read(reader, key->path, key->words, node->items[i]);
        if (word && use[word->value])
            wn_job_fault_add(reader, node->items[i], key->path, "names %s twice", word->name);
        if (word)
            use[word->value] = true;
    }
}

static void write_words(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    const bool *use = wn_key_value(key, job);
    bool is_first = true;
    wn_text_add(text, "[");
    for (const wn_key_word *word = key->words; word->name; word++) {
        if (word->is_unbuilt || !use[word->value])
            continue;
        wn_text_add(text, "%s%s", is_first ? "" : ", ", word->name);
        is_first = false;
    }
    wn_text_add(text, "]");
}

static void allow_words(const wn_key *key, wn_text_buffer *text)
{
    wn_text_add(text, "a list of at least ");
    wn_key_words_allow(key->words, text);
}

const wn_key_kind wn_kind_texts = {"list of texts", read_texts, write_texts, allow_texts, clear_texts};
const wn_key_kind wn_kind_paths = {"list of paths", read_texts, write_texts, allow_texts, clear_texts};
const wn_key_kind wn_kind_numbers = {"list of numbers", read_numbers, write_numbers, allow_numbers, clear_numbers};
const wn_key_kind wn_kind_counts = {"list of integers", read_numbers, write_numbers, allow_numbers, clear_numbers};
const wn_key_kind wn_kind_words = {"list of words", read_words, write_words, allow_words, NULL};
