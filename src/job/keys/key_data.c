/* output.data: true, false, or a map that says how the prepared table is compressed. */
#include "key_kinds.h"

#include "values.h"

#include <string.h>

static const wn_key_word compressions[] = {{"none", WN_COMPRESSION_NONE, false},
                                           {"gzip", WN_COMPRESSION_GZIP, false},
                                           {"zstd", WN_COMPRESSION_ZSTD, false},
                                           {NULL, 0, false}};
/* Of each compression: the level where none is given, and the highest. */
static const struct {
    int usual, most;
} levels[] = {[WN_COMPRESSION_NONE] = {0, 0}, [WN_COMPRESSION_GZIP] = {4, 9}, [WN_COMPRESSION_ZSTD] = {3, 22}};

static void read_level(wn_job_reader *reader, const wn_key *key, const wn_yaml *node, wn_prepared_storage *storage)
{
    int64_t level = 0;
    int most = levels[storage->compression].most;
    bool is_integer = node->kind == WN_YAML_SCALAR && node->is_plain && wn_value_integer(node->text, &level);
    if (most == 0)
        wn_job_fault_add(reader, node, key->path, "has a level without a compression, gzip or zstd");
    else if (!is_integer || level < 1 || level > most)
        wn_job_fault_add(reader, node, key->path, "must have a level that is an integer from 1 to %d", most);
    else
        storage->level = (int)level;
}

static void read_data(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    static const char *const names[] = {"compression", "level"};
    wn_prepared_storage storage = {WN_COMPRESSION_NONE, 0};
    bool *has_data = wn_key_place(key, reader->job);
    if (node->kind != WN_YAML_MAP) {
        if (node->kind != WN_YAML_SCALAR || !node->is_plain || !wn_value_boolean(node->text, has_data))
            wn_key_wrong(reader, key, node);
        reader->job->output.storage = storage;
        return;
    }
    if (!wn_key_map_check(reader, key->path, node, names, 2))
        return;
    *has_data = true;
    const wn_yaml *compression = wn_yaml_find(node, "compression"), *level = wn_yaml_find(node, "level");
    const wn_key_word *word =
        compression ? wn_key_word_read(reader, key->path, compressions, compression) : &compressions[0];
    if (!word)
        return;
    storage.compression = (wn_compression)word->value;
    storage.level = levels[storage.compression].usual;
    if (level)
        read_level(reader, key, level, &storage);
    reader->job->output.storage = storage;
}

static void write_data(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    const wn_prepared_storage *storage = &job->output.storage;
    bool has_data = *(const bool *)wn_key_value(key, job);
    if (!has_data || storage->compression == WN_COMPRESSION_NONE)
        wn_text_add(text, "%s", has_data ? "true" : "false");
    else
        wn_text_add(text, "{compression: %s, level: %d}", wn_key_word_name(compressions, (int)storage->compression),
                    storage->level);
}

static void allow_data(const wn_key *key, wn_text_buffer *text)
{
    (void)key;
    wn_text_add(text, "true, false, or {compression: gzip, level: 4}; compression is ");
    wn_key_words_allow(compressions, text);
}

const wn_key_kind wn_kind_data = {"true, false or map", read_data, write_data, allow_data, NULL};
