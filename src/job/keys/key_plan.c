#include "key_kinds.h"

#include "values.h"

#include <string.h>

static void read_metric(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    if (node->kind == WN_YAML_SCALAR && strcmp(node->text, "auto") == 0) {
        reader->job->compress.metric_by_task = true;
        return;
    }
    const wn_key_word *word = wn_key_word_read(reader, key->path, wn_words_metric, node);
    if (!word)
        return;
    reader->job->compress.metric_by_task = false;
    reader->job->compress.metric = (wn_metric)word->value;
}

static void write_metric(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    (void)key;
    const char *name = wn_key_word_name(wn_words_metric, (int)job->compress.metric);
    wn_text_add(text, "%s", job->compress.metric_by_task ? "auto" : name);
}

static void allow_metric(const wn_key *key, wn_text_buffer *text)
{
    (void)key;
    wn_text_add(text, "auto or ");
    wn_key_words_allow(wn_words_metric, text);
}

/* The steps, in the only order that is built. */
typedef enum { STEP_PRUNE, STEP_QUANTIZE, STEP_ENTROPY, STEP_UNBUILT } step;

static const wn_key_word step_words[] = {{"prune", STEP_PRUNE, false},     {"quantize", STEP_QUANTIZE, false},
                                         {"entropy", STEP_ENTROPY, false}, {"low_rank", STEP_UNBUILT, true},
                                         {"share", STEP_UNBUILT, true},    {NULL, 0, false}};

/* An optional word of a step's map. */
static void check_word(wn_job_reader *reader, const wn_key *key, const wn_yaml *map, const char *name,
                       const wn_key_word *words)
{
    const wn_yaml *node = wn_yaml_find(map, name);
    if (node)
        wn_key_word_read(reader, key->path, words, node);
}

static void read_prune(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    static const char *const names[] = {"method", "sparsity"};
    static const wn_key_word methods[] = {{"magnitude", 0, false}, {NULL, 0, false}};
    double sparsity = -1;
    if (!wn_key_map_check(reader, key->path, node, names, 2))
        return;
    check_word(reader, key, node, "method", methods);
    const wn_yaml *value = wn_yaml_find(node, "sparsity");
    bool is_number = value && value->kind == WN_YAML_SCALAR && wn_value_number(value->text, &sparsity);
    if (!is_number || sparsity < 0 || sparsity >= 1)
        wn_job_fault_add(reader, value ? value : node, key->path, "prune needs a sparsity from 0 to below 1");
    else
        reader->job->compress.sparsity = sparsity;
}

static void read_step(wn_job_reader *reader, const wn_key *key, int kind, const wn_yaml *node)
{
    static const char *const type_names[] = {"type"}, *const coder_names[] = {"coder"};
    static const wn_key_word types[] = {{"int8", 0, false}, {NULL, 0, false}};
    static const wn_key_word coders[] = {{"best", 0, false}, {"huffman", 0, false}, {NULL, 0, false}};
    if (kind == STEP_PRUNE) {
        read_prune(reader, key, node);
    } else if (kind == STEP_QUANTIZE && wn_key_map_check(reader, key->path, node, type_names, 1)) {
        check_word(reader, key, node, "type", types);
        reader->job->compress.int8 = true;
    } else if (kind == STEP_ENTROPY && wn_key_map_check(reader, key->path, node, coder_names, 1)) {
        check_word(reader, key, node, "coder", coders);
    }
}

/* The word of a list's item {STEP: {...}}; NULL after something was told. */
static const wn_key_word *step_of(wn_job_reader *reader, const wn_key *key, const wn_yaml *item)
{
    if (item->kind != WN_YAML_MAP || item->n != 1) {
        wn_job_fault_add(reader, item, key->path, "has an item that is no step as in {quantize: {type: int8}}");
        return NULL;
    }
    wn_yaml name = *item->key_nodes[0];
    name.kind = WN_YAML_SCALAR;
    name.is_plain = true;
    name.text = item->keys[0];
    return wn_key_word_read(reader, key->path, step_words, &name);
}

static void read_plan(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    int last = -1;
    if (node->kind == WN_YAML_SCALAR && strcmp(node->text, "auto") == 0) {
        reader->job->compress.is_auto = true;
        return;
    }
    if (node->kind != WN_YAML_LIST) {
        wn_key_wrong(reader, key, node);
        return;
    }
    reader->job->compress.is_auto = false;
    for (size_t i = 0; i < node->n; i++) {
        const wn_key_word *word = step_of(reader, key, node->items[i]);
        if (!word)
            continue;
        if (word->value <= last)
            wn_key_unbuilt(reader, key->path, node->items[i],
                           "another order than prune, quantize, entropy, once each,");
        last = word->value;
        read_step(reader, key, word->value, node->items[i]->items[0]);
    }
}

static void write_plan(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    (void)key;
    if (job->compress.is_auto) {
        wn_text_add(text, "auto");
        return;
    }
    wn_text_add(text, "[");
    if (job->compress.sparsity > 0) {
        wn_text_add(text, "{prune: {method: magnitude, sparsity: ");
        wn_text_add_number(text, job->compress.sparsity);
        wn_text_add(text, "}}, ");
    }
    wn_text_add(text, "%s{entropy: {coder: best}}]", job->compress.int8 ? "{quantize: {type: int8}}, " : "");
}

static void allow_plan(const wn_key *key, wn_text_buffer *text)
{
    (void)key;
    wn_text_add(text, "auto or a list of steps, ");
    wn_key_words_allow(step_words, text);
}

const wn_key_kind wn_kind_metric = {"word", read_metric, write_metric, allow_metric, NULL};
const wn_key_kind wn_kind_plan = {"word or list", read_plan, write_plan, allow_plan, NULL};
