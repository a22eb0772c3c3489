/* clean.duplicates: keep, drop, or {columns: [...]}, which drops rows that are equal in these. */
#include "key_kinds.h"

#include "winnow/memory.h"

static void clear_duplicates(const wn_key *key, wn_job *job)
{
    (void)key;
    wn_text_list *columns = &job->clean.duplicate_columns;
    for (size_t i = 0; i < columns->n; i++)
        wn_free(columns->text[i]);
    wn_free(columns->text);
    *columns = (wn_text_list){0};
}

static void read_columns(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    wn_text_list *columns = &reader->job->clean.duplicate_columns;
    if (node->kind != WN_YAML_LIST || node->n == 0) {
        wn_job_fault_add(reader, node, key->path, "columns must be a list of names or globs, at least one");
        return;
    }
    if (!wn_job_reader_keep(reader, wn_new(&columns->text, node->n)))
        return;
    for (size_t i = 0; i < node->n; i++) {
        const wn_yaml *item = node->items[i];
        if (item->kind != WN_YAML_SCALAR || !*item->text || wn_yaml_is_null(item))
            wn_job_fault_add(reader, item, key->path, "has an item that is no text");
        else if (wn_job_reader_keep(reader, wn_string_copy(&columns->text[columns->n], item->text)))
            columns->n++;
    }
}

static void read_duplicates(wn_job_reader *reader, const wn_key *key, const wn_yaml *node)
{
    static const char *const names[] = {"columns"};
    clear_duplicates(key, reader->job);
    if (node->kind != WN_YAML_MAP) {
        wn_kind_choice.read(reader, key, node);
        return;
    }
    const wn_yaml *columns = wn_yaml_find(node, "columns");
    if (!wn_key_map_check(reader, key->path, node, names, 1))
        return;
    if (!columns) {
        wn_key_wrong(reader, key, node);
        return;
    }
    reader->job->clean.drop_duplicates = true;
    read_columns(reader, key, columns);
}

static void write_duplicates(const wn_key *key, const wn_job *job, wn_text_buffer *text)
{
    const wn_text_list *columns = &job->clean.duplicate_columns;
    if (columns->n == 0) {
        wn_kind_choice.write(key, job, text);
        return;
    }
    wn_text_add(text, "{columns: [");
    for (size_t i = 0; i < columns->n; i++) {
        wn_text_add(text, i ? ", " : "");
        wn_text_add_quoted(text, columns->text[i], false);
    }
    wn_text_add(text, "]}");
}

static void allow_duplicates(const wn_key *key, wn_text_buffer *text)
{
    wn_key_words_allow(key->words, text);
    wn_text_add(text, ", or {columns: [names or globs]}");
}

const wn_key_kind wn_kind_duplicates = {"word or map", read_duplicates, write_duplicates, allow_duplicates,
                                        clear_duplicates};
