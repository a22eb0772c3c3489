#include "key_kinds.h"

#include "values.h"

#include <string.h>

/* The correlation from which a feature is another's copy: a number, or one of two words that are no correlation. */
static const struct {
    const char *word;
    double value;
} words[] = {{"auto", WN_CORRELATED_AUTO}, {"none", 0}};

static void read_correlated(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    double value = 0, *place = wn_key_place(key, reader->job);
    bool is_scalar = node->kind == WN_YAML_SCALAR;
    for (size_t i = 0; i < 2; i++)
        if (is_scalar && strcmp(node->text, words[i].word) == 0) {
            *place = words[i].value;
            return;
        }
    if (is_scalar && node->is_plain && wn_value_number(node->text, &value) && value > key->min && value <= key->max)
        *place = value;
    else
        wn_key_wrong(reader, key, node);
}

static void write_correlated(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    double value = *(const double *)wn_key_value(key, job);
    for (size_t i = 0; i < 2; i++)
        if (value == words[i].value) {
            wn_text_add(text, "%s", words[i].word);
            return;
        }
    wn_text_add_number(text, value);
}

static void allow_correlated(const wn_key *key, wn_text_buffer *text)
{
    wn_text_add(text, "auto, none or a number above %g to %g", key->min, key->max);
}

const wn_key_kind wn_kind_correlated = {"number or word", read_correlated, write_correlated, allow_correlated, NULL};
