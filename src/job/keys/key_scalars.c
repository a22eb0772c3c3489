#include "key_kinds.h"

#include "values.h"

#include <math.h>
#include <string.h>

static bool is_plain(const wn_yaml *node)
{
    return node->kind == WN_YAML_SCALAR && node->is_plain;
}

static bool is_within(const wn_key *key, double value)
{
    if (key->min == 0 && key->max == 0 && !key->above_min)
        return true;
    bool is_high_enough = key->above_min ? value > key->min : value >= key->min;
    bool is_low_enough = key->below_max ? value < key->max : value <= key->max;
    return is_high_enough && is_low_enough;
}

static void allow_range(const wn_key *key, wn_text_buffer *text)
{
    if (key->min == 0 && key->max == 0 && !key->above_min)
        return;
    if (isinf(key->max) && key->min == -key->max)
        return;
    wn_text_add(text,
                key->above_min    ? " above %.10g"
                : isinf(key->max) ? " of at least %.10g"
                                  : " from %.10g",
                key->min);
    if (!isinf(key->max))
        wn_text_add(text, key->below_max ? " to below %.10g" : " to %.10g", key->max);
}

static void read_boolean(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    if (!is_plain(node) || !wn_value_boolean(node->text, wn_key_place(key, reader->job)))
        wn_key_wrong(reader, key, node);
}

static void write_boolean(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    wn_text_add(text, "%s", *(const bool *)wn_key_value(key, job) ? "true" : "false");
}

static void allow_boolean(const wn_key *key, wn_text_buffer *text)
{
    (void)key;
    wn_text_add(text, "true or false");
}

static void read_integer(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    int64_t value = 0;
    if (is_plain(node) && wn_value_integer(node->text, &value) && is_within(key, (double)value))
        *(int64_t *)wn_key_place(key, reader->job) = value;
    else
        wn_key_wrong(reader, key, node);
}

static void write_integer(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    wn_text_add(text, "%lld", (long long)*(const int64_t *)wn_key_value(key, job));
}

static void allow_integer(const wn_key *key, wn_text_buffer *text)
{
    wn_text_add(text, "an integer");
    allow_range(key, text);
}

static void read_number(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    double value = 0;
    if (key->words && node->kind == WN_YAML_SCALAR && strcmp(node->text, key->words->name) == 0)
        wn_key_unbuilt(reader, key->path, node, node->text);
    else if (is_plain(node) && wn_value_number(node->text, &value) && is_within(key, value))
        *(double *)wn_key_place(key, reader->job) = value;
    else
        wn_key_wrong(reader, key, node);
}

static void write_number(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    wn_text_add_number(text, *(const double *)wn_key_value(key, job));
}

static void allow_number(const wn_key *key, wn_text_buffer *text)
{
    wn_text_add(text, "a number");
    allow_range(key, text);
}

static void read_size(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    int64_t value = 0;
    bool is_auto = node->kind == WN_YAML_SCALAR && strcmp(node->text, "auto") == 0;
    bool is_size = node->kind == WN_YAML_SCALAR && wn_value_size(node->text, &value) && is_within(key, (double)value);
    if (is_auto || is_size)
        *(int64_t *)wn_key_place(key, reader->job) = value;
    else
        wn_key_wrong(reader, key, node);
}

static void write_size(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    int64_t bytes = *(const int64_t *)wn_key_value(key, job);
    if (bytes == 0)
        wn_text_add(text, "auto");
    else
        wn_text_add(text, "%lld", (long long)bytes);
}

static void allow_size(const wn_key *key, wn_text_buffer *text)
{
    (void)key;
    wn_text_add(text, "auto or a size as in 2GiB, at least 1MiB");
}

static void read_duration(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    double seconds = 0;
    if (node->kind == WN_YAML_SCALAR && wn_value_duration(node->text, &seconds))
        *(double *)wn_key_place(key, reader->job) = seconds;
    else
        wn_key_wrong(reader, key, node);
}

/* No seconds are no duration at all where there is no default. */
static void write_duration(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    double seconds = *(const double *)wn_key_value(key, job);
    if (key->value == NULL && seconds == 0)
        return;
    wn_text_add_number(text, seconds);
    wn_text_add(text, "s");
}

static void allow_duration(const wn_key *key, wn_text_buffer *text)
{
    (void)key;
    wn_text_add(text, "a duration as in 30min");
}

static void read_amount(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    int64_t count = 0;
    double share = 0;
    wn_amount *amount = wn_key_place(key, reader->job);
    if (is_plain(node) && wn_value_integer(node->text, &count) && count >= 1)
        *amount = (wn_amount){.count = (size_t)count};
    else if (is_plain(node) && count == 0 && wn_value_number(node->text, &share) && share > 0 && share <= 1)
        *amount = (wn_amount){.share = share};
    else
        wn_key_wrong(reader, key, node);
}

static void write_amount(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    const wn_amount *amount = wn_key_value(key, job);
    if (amount->count > 0)
        wn_text_add(text, "%zu", amount->count);
    else
        wn_text_add_number(text, amount->share);
}

static void allow_amount(const wn_key *key, wn_text_buffer *text)
{
    (void)key;
    wn_text_add(text, "a count (an integer of at least 1) or a share (a decimal above 0.0 to 1.0)");
}

static void read_word(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    const wn_key_word *word = wn_key_word_read(reader, key->path, key->words, node);
    if (word)
        memcpy(wn_key_place(key, reader->job), &word->value, sizeof word->value);
}

static void write_word(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    int value = 0;
    memcpy(&value, wn_key_value(key, job), sizeof value);
    wn_text_add(text, "%s", wn_key_word_name(key->words, value));
}

static void allow_word(const wn_key *key, wn_text_buffer *text)
{
    wn_key_words_allow(key->words, text);
}

static void read_choice(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    const wn_key_word *word = wn_key_word_read(reader, key->path, key->words, node);
    if (word)
        *(bool *)wn_key_place(key, reader->job) = word->value != 0;
}

static void write_choice(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    wn_text_add(text, "%s", wn_key_word_name(key->words, *(const bool *)wn_key_value(key, job)));
}

const wn_key_kind wn_kind_boolean = {"true or false", read_boolean, write_boolean, allow_boolean, NULL};
const wn_key_kind wn_kind_integer = {"integer", read_integer, write_integer, allow_integer, NULL};
const wn_key_kind wn_kind_number = {"number", read_number, write_number, allow_number, NULL};
const wn_key_kind wn_kind_size = {"size", read_size, write_size, allow_size, NULL};
const wn_key_kind wn_kind_duration = {"duration", read_duration, write_duration, allow_duration, NULL};
const wn_key_kind wn_kind_amount = {"amount", read_amount, write_amount, allow_amount, NULL};
const wn_key_kind wn_kind_word = {"word", read_word, write_word, allow_word, NULL};
const wn_key_kind wn_kind_choice = {"word", read_choice, write_choice, allow_word, NULL};
