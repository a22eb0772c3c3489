#include "key_kinds.h"

#include "values.h"
#include "winnow/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

double wn_outlier_limit(wn_outlier_rule rule)
{
    switch (rule) {
    case WN_OUTLIERS_IQR:
        return 1.5;
    case WN_OUTLIERS_MAD:
        return 3.5; /* Iglewicz and Hoaglin 1993 */
    case WN_OUTLIERS_QUANTILE:
        return 0.01;
    default:
        return 3;
    }
}

double wn_outlier_limit_end(wn_outlier_rule rule)
{
    return rule == WN_OUTLIERS_QUANTILE ? 0.5 : (double)INFINITY;
}

/* A word, or {constant: X}. */
static bool read_missing_node(wn_job_reader *reader, const char *path, const wn_yaml *node, wn_missing_method *method,
                              double *constant)
{
    static const char *const names[] = {"constant"};
    if (node->kind != WN_YAML_MAP) {
        const wn_key_word *word = wn_key_word_read(reader, path, wn_words_missing, node);
        if (word)
            *method = (wn_missing_method)word->value;
        return word != NULL;
    }
    wn_key_map_check(reader, path, node, names, 1);
    const wn_yaml *value = wn_yaml_find(node, "constant");
    if (!value || value->kind != WN_YAML_SCALAR || !value->is_plain || !wn_value_number(value->text, constant)) {
        wn_job_fault_add(reader, value ? value : node, path, "must be a word or {constant: a number}");
        return false;
    }
    *method = WN_MISSING_CONSTANT;
    return true;
}

static void write_missing_value(wn_missing_method method, double constant, wn_text_buffer *text)
{
    if (method != WN_MISSING_CONSTANT) {
        wn_text_add(text, "%s", wn_key_word_name(wn_words_missing, (int)method));
        return;
    }
    wn_text_add(text, "{constant: ");
    wn_text_add_number(text, constant);
    wn_text_add(text, "}");
}

static void read_missing(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    read_missing_node(reader, key->path, node, &reader->job->clean.missing, &reader->job->clean.constant);
}

static void write_missing(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    (void)key;
    write_missing_value(job->clean.missing, job->clean.constant, text);
}

static void allow_missing(const wn_key *key, wn_text_buffer *text)
{
    (void)key;
    wn_key_words_allow(wn_words_missing, text);
    wn_text_add(text, ", or {constant: a number}");
}

static void clear_clean_overrides(const wn_key *key, wn_job *job)
{
    (void)key;
    for (size_t i = 0; i < job->clean.n_overrides; i++)
        wn_free(job->clean.overrides[i].glob);
    wn_free(job->clean.overrides);
    job->clean.overrides = NULL;
    job->clean.n_overrides = 0;
}

static void read_override_outliers(wn_job_reader *reader, const char *path, const wn_yaml *node,
                                   wn_clean_override *override)
{
    static const char *const names[] = {"rule", "limit", "action"};
    if (!wn_key_map_check(reader, path, node, names, 3))
        return;
    const wn_yaml *rule = wn_yaml_find(node, "rule"), *limit = wn_yaml_find(node, "limit"),
                  *action = wn_yaml_find(node, "action");
    if (!rule)
        wn_job_fault_add(reader, node, path, "needs a rule");
    const wn_key_word *word = rule ? wn_key_word_read(reader, path, wn_words_outlier_rule, rule) : NULL;
    if (word)
        override->rule = (wn_outlier_rule)word->value;
    override->limit = wn_outlier_limit(override->rule);
    double end = wn_outlier_limit_end(override->rule);
    if (limit && (limit->kind != WN_YAML_SCALAR || !wn_value_number(limit->text, &override->limit) ||
                  override->limit <= 0 || override->limit >= end))
        wn_job_fault_add(reader, limit, path, "limit must be a number above 0%s",
                         isinf(end) ? "" : " and below 0.5, each tail's share");
    override->action = WN_OUTLIER_CLIP;
    word = action ? wn_key_word_read(reader, path, wn_words_outlier_action, action) : NULL;
    if (word)
        override->action = (wn_outlier_action)word->value;
    override->has_outliers = true;
}

static void read_clean_override(wn_job_reader *reader, const char *path, const wn_yaml *node,
                                wn_clean_override *override)
{
    static const char *const names[] = {"missing", "outliers"};
    if (!wn_key_map_check(reader, path, node, names, 2))
        return;
    const wn_yaml *missing = wn_yaml_find(node, "missing"), *outliers = wn_yaml_find(node, "outliers");
    if (missing)
        override->has_missing = read_missing_node(reader, path, missing, &override->missing, &override->constant);
    if (outliers)
        read_override_outliers(reader, path, outliers, override);
}

static void read_clean_overrides(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    if (node->kind != WN_YAML_MAP) {
        wn_key_wrong(reader, key, node);
        return;
    }
    clear_clean_overrides(key, reader->job);
    if (!wn_job_reader_keep(reader, wn_new(&reader->job->clean.overrides, node->n)))
        return;
    for (size_t i = 0; i < node->n; i++) {
        wn_clean_override *override = &reader->job->clean.overrides[i];
        char path[WN_YAML_PATH_SIZE];
        snprintf(path, sizeof path, "%s.%s", key->path, node->keys[i]);
        if (!wn_job_reader_keep(reader, wn_string_copy(&override->glob, node->keys[i])))
            return;
        reader->job->clean.n_overrides = i + 1;
        read_clean_override(reader, path, node->items[i], override);
    }
}

static void write_clean_override(const wn_clean_override *override, wn_text_buffer *text)
{
    wn_text_add_quoted(text, override->glob, false);
    wn_text_add(text, ": {");
    if (override->has_missing) {
        wn_text_add(text, "missing: ");
        write_missing_value(override->missing, override->constant, text);
    }
    if (override->has_outliers) {
        wn_text_add(text, "%soutliers: {rule: %s, limit: ", override->has_missing ? ", " : "",
                    wn_key_word_name(wn_words_outlier_rule, (int) override->rule));
        wn_text_add_number(text, override->limit);
        wn_text_add(text, ", action: %s}", wn_key_word_name(wn_words_outlier_action, (int) override->action));
    }
    wn_text_add(text, "}");
}

static void write_clean_overrides(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    (void)key;
    wn_text_add(text, "{");
    for (size_t i = 0; i < job->clean.n_overrides; i++) {
        wn_text_add(text, i ? ", " : "");
        write_clean_override(&job->clean.overrides[i], text);
    }
    wn_text_add(text, "}");
}

static void allow_clean_overrides(const wn_key *key, wn_text_buffer *text)
{
    (void)key;
    wn_text_add(text, "a map of names or globs of columns to {missing, outliers}");
}

const wn_key_kind wn_kind_missing = {"word or map", read_missing, write_missing, allow_missing, NULL};
const wn_key_kind wn_kind_clean_overrides = {"map", read_clean_overrides, write_clean_overrides, allow_clean_overrides,
                                             clear_clean_overrides};
