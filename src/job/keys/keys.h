/* keys.h - the table of a job's keys, and the kinds of values they have. To add a key, add a line to keys.c (and a kind
 * to key_kinds.h, if no kind fits). */
#ifndef WINNOW_JOB_KEYS_H
#define WINNOW_JOB_KEYS_H

#include "job_reader.h"
#include "text.h"

typedef struct wn_key wn_key;

/* A kind of value. */
typedef struct {
    const char *name; /* "integer"; for the documentation */
    /* Reads a node into the job, or tells what is wrong. */
    void (*read)(wn_job_reader *reader, const wn_key *key, const wn_yaml *node);
    /* Adds the value as YAML in one line; nothing where the job has none. */
    void (*write)(const wn_key *key, const wn_job *job, wn_text_buffer *text);
    /* Adds what is allowed: "an integer of at least 1". */
    void (*allow)(const wn_key *key, wn_text_buffer *text);
    void (*clear)(const wn_key *key, wn_job *job); /* frees; NULL: nothing to free */
} wn_key_kind;

typedef struct {
    const char *name; /* NULL ends a list of words */
    int value;
    bool is_unbuilt; /* known, and refused until it is built */
} wn_key_word;

struct wn_key {
    const char *path; /* "train.optimizer.type" */
    const wn_key_kind *kind;
    size_t offset;             /* in wn_job */
    double min, max;           /* both 0: any */
    bool above_min, below_max; /* the bound itself is not allowed */
    bool is_budget;            /* changes no result: no part of a stage's key */
    const wn_key_word *words;
    const char *value;   /* the default as YAML; NULL: none, or made by wn_job_reader_fill */
    const char *note;    /* what the documentation says instead of a default */
    const char *neutral; /* of a key that is not built: the one value that is accepted; "" accepts none */
    const char *help;
};

extern const wn_key wn_keys[];
extern const size_t wn_n_keys;

/* A section, and where wn_job says whether it is there. */
typedef struct {
    const char *name;
    size_t offset;
} wn_job_section;

extern const wn_job_section wn_job_sections[];
extern const size_t wn_n_job_sections;

/* Local. The key of a path, NULL for none; whether any key's path begins with PATH and a point. */
const wn_key *wn_key_find(const char *path);
bool wn_key_is_group(const char *path);

/* Local. Where a key's value lies in a job. */
void *wn_key_place(const wn_key *key, wn_job *job);
const void *wn_key_value(const wn_key *key, const wn_job *job);

/* Local. Tells "is VALUE, must be ALLOWED" of a node. */
void wn_key_wrong(wn_job_reader *reader, const wn_key *key, const wn_yaml *node);

/* Local. Finds a plain word; tells what is wrong (with the nearest word) and returns NULL when it is none or not built.
 * `path` is the key's for messages. */
const wn_key_word *wn_key_word_read(wn_job_reader *reader, const char *path, const wn_key_word *words,
                                    const wn_yaml *node);

/* Local. "one of a, b, c" of the words that are built; the name of a value. */
void wn_key_words_allow(const wn_key_word *words, wn_text_buffer *text);
const char *wn_key_word_name(const wn_key_word *words, int value);

/* Local. Tells that a value is not built yet. */
void wn_key_unbuilt(wn_job_reader *reader, const char *path, const wn_yaml *node, const char *what);

/* Local. Tells the keys of a map that are none of `names` (n), and that `map` is no map; true when it is a map. */
bool wn_key_map_check(wn_job_reader *reader, const char *path, const wn_yaml *map, const char *const *names, size_t n);

#endif
