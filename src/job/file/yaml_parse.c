#include "yaml_tree.h"

#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>
#include <yaml.h>

typedef struct {
    yaml_parser_t parser;
    const char *setting;
    wn_yaml_listener listener;
    bool is_broken; /* a syntax error was told: nothing more can be read */
} yaml_builder;

static wn_yaml place_of(const yaml_builder *builder, yaml_mark_t mark)
{
    wn_yaml place = {.line = mark.line + 1, .column = mark.column + 1, .setting = builder->setting};
    return place;
}

static void tell(const yaml_builder *builder, yaml_mark_t mark, const char *path, const char *what)
{
    wn_yaml place = place_of(builder, mark);
    builder->listener.tell(builder->listener.context, &place, path, what);
}

static wn_status syntax_error(yaml_builder *builder)
{
    const yaml_parser_t *parser = &builder->parser;
    if (parser->error == YAML_MEMORY_ERROR)
        return wn_fail(WN_NO_MEMORY, "out of memory while reading YAML");
    char what[256];
    const char *context = parser->context ? parser->context : "";
    snprintf(what, sizeof what, "is not valid YAML: %s%s%s", parser->problem ? parser->problem : "unreadable",
             *context ? " " : "", context);
    yaml_mark_t mark = parser->problem_mark;
    if (parser->error == YAML_READER_ERROR)
        mark = parser->mark;
    tell(builder, mark, "", what);
    builder->is_broken = true;
    return WN_OK;
}

/* The next event; after a syntax error, which was told, is_broken is set and the event is empty. */
static wn_status next_event(yaml_builder *builder, yaml_event_t *event)
{
    memset(event, 0, sizeof *event);
    if (yaml_parser_parse(&builder->parser, event))
        return WN_OK;
    return syntax_error(builder);
}

static wn_status new_node(wn_yaml **node, const yaml_builder *builder, wn_yaml_kind kind, yaml_mark_t mark)
{
    wn_yaml *made = NULL;
    wn_status status = wn_new(&made, 1);
    if (status != WN_OK)
        return status;
    *made = place_of(builder, mark);
    made->kind = kind;
    *node = made;
    return WN_OK;
}

static void join_path(char *joined, size_t size, const char *path, const char *key)
{
    snprintf(joined, size, "%s%s%s", path, *path ? "." : "", key);
}

static void refuse_decoration(const yaml_builder *builder, const yaml_event_t *event, const char *path)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    if (event->type == YAML_SCALAR_EVENT)
        anchor = event->data.scalar.anchor, tag = event->data.scalar.tag;
    if (event->type == YAML_SEQUENCE_START_EVENT)
        anchor = event->data.sequence_start.anchor, tag = event->data.sequence_start.tag;
    if (event->type == YAML_MAPPING_START_EVENT)
        anchor = event->data.mapping_start.anchor, tag = event->data.mapping_start.tag;
    if (anchor)
        tell(builder, event->start_mark, path, "has an anchor (&), which a job may not have");
    if (tag)
        tell(builder, event->start_mark, path, "has a tag (!), which a job may not have");
}

static wn_status build_scalar(yaml_builder *builder, const yaml_event_t *event, const char *path, wn_yaml **node)
{
    wn_status status = WN_OK;
    wn_yaml *made = NULL;
    TRY(new_node(&made, builder, WN_YAML_SCALAR, event->start_mark));
    const char *value = (const char *)event->data.scalar.value;
    if (memchr(value, 0, event->data.scalar.length))
        tell(builder, event->start_mark, path, "has a zero byte");
    made->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    TRY(wn_string_copy(&made->text, value));
    *node = made;
    made = NULL;
done:
    wn_yaml_free(made);
    return status;
}

static wn_status build(yaml_builder *builder, const yaml_event_t *event, const char *path, int depth, wn_yaml **node);

static wn_status build_list(yaml_builder *builder, wn_yaml *list, const char *path, int depth)
{
    wn_status status = WN_OK;
    yaml_event_t event = {0};
    wn_yaml *item = NULL;
    for (;;) {
        yaml_event_delete(&event);
        TRY(next_event(builder, &event));
        if (builder->is_broken || event.type == YAML_SEQUENCE_END_EVENT)
            break;
        TRY(build(builder, &event, path, depth, &item));
        if (!item)
            continue;
        TRY(wn_yaml_append(list, NULL, NULL, item));
        item = NULL;
    }
done:
    yaml_event_delete(&event);
    wn_yaml_free(item);
    return status;
}

static size_t key_position(const wn_yaml *map, const char *key)
{
    for (size_t i = 0; i < map->n; i++)
        if (strcmp(map->keys[i], key) == 0)
            return i;
    return map->n;
}

/* Reads a key's value and hangs it into the map; a key given twice is told and its second value dropped. Takes the key
 * node. */
static wn_status build_pair(yaml_builder *builder, wn_yaml *map, wn_yaml *key_node, const char *path, int depth)
{
    wn_status status = WN_OK;
    yaml_event_t event = {0};
    wn_yaml *item = NULL;
    char *key = NULL, inner[WN_YAML_PATH_SIZE], what[96];
    join_path(inner, sizeof inner, path, key_node->text);
    size_t first = key_position(map, key_node->text);
    if (first < map->n) {
        snprintf(what, sizeof what, "is given twice, first in line %zu", map->key_nodes[first]->line);
        builder->listener.tell(builder->listener.context, key_node, inner, what);
    }
    TRY(next_event(builder, &event));
    if (builder->is_broken)
        goto done;
    TRY(build(builder, &event, inner, depth, &item));
    if (!item || first < map->n)
        goto done;
    TRY(wn_string_copy(&key, key_node->text));
    TRY(wn_yaml_append(map, key, key_node, item));
    key = NULL, key_node = NULL, item = NULL;
done:
    yaml_event_delete(&event);
    wn_yaml_free(item);
    wn_yaml_free(key_node);
    wn_free(key);
    return status;
}

/* A key that is no text is told, and its value read past. */
static wn_status skip_pair(yaml_builder *builder, yaml_mark_t mark, const char *path, int depth)
{
    wn_status status = WN_OK;
    yaml_event_t event = {0};
    wn_yaml *value = NULL;
    tell(builder, mark, path, "has a key that is not a text");
    TRY(next_event(builder, &event));
    if (!builder->is_broken)
        TRY(build(builder, &event, path, depth, &value));
done:
    yaml_event_delete(&event);
    wn_yaml_free(value);
    return status;
}

static wn_status build_map(yaml_builder *builder, wn_yaml *map, const char *path, int depth)
{
    wn_status status = WN_OK;
    yaml_event_t event = {0};
    wn_yaml *key = NULL;
    while (!builder->is_broken) {
        yaml_event_delete(&event);
        TRY(next_event(builder, &event));
        if (builder->is_broken || event.type == YAML_MAPPING_END_EVENT)
            break;
        TRY(build(builder, &event, path, depth, &key));
        if (builder->is_broken)
            break;
        if (key && key->kind == WN_YAML_SCALAR) {
            wn_yaml *taken = key;
            key = NULL;
            TRY(build_pair(builder, map, taken, path, depth));
            continue;
        }
        wn_yaml_free(key);
        key = NULL;
        TRY(skip_pair(builder, event.start_mark, path, depth));
    }
done:
    yaml_event_delete(&event);
    wn_yaml_free(key);
    return status;
}

/* Builds the node that begins with `event`; an alias is told and gives NULL. */
static wn_status build(yaml_builder *builder, const yaml_event_t *event, const char *path, int depth, wn_yaml **node)
{
    wn_status status = WN_OK;
    wn_yaml *made = NULL;
    refuse_decoration(builder, event, path);
    if (event->type == YAML_ALIAS_EVENT) {
        tell(builder, event->start_mark, path, "is an alias (*), which a job may not have");
        return WN_OK;
    }
    if (event->type == YAML_SCALAR_EVENT)
        return build_scalar(builder, event, path, node);
    if (depth == WN_YAML_DEPTH) {
        tell(builder, event->start_mark, path, "is nested too deeply");
        builder->is_broken = true;
        return WN_OK;
    }
    bool is_map = event->type == YAML_MAPPING_START_EVENT;
    TRY(new_node(&made, builder, is_map ? WN_YAML_MAP : WN_YAML_LIST, event->start_mark));
    if (is_map)
        TRY(build_map(builder, made, path, depth + 1));
    else
        TRY(build_list(builder, made, path, depth + 1));
    *node = made;
    made = NULL;
done:
    wn_yaml_free(made);
    return status;
}

/* Stream start, one document, stream end. */
static wn_status build_stream(yaml_builder *builder, const char *path, wn_yaml **root)
{
    wn_status status = WN_OK;
    int n_documents = 0;
    bool is_end = false;
    yaml_event_t event = {0};
    while (!is_end) {
        yaml_event_delete(&event);
        TRY(next_event(builder, &event));
        if (builder->is_broken)
            goto done;
        is_end = event.type == YAML_STREAM_END_EVENT;
        if (event.type == YAML_DOCUMENT_START_EVENT && ++n_documents == 2) {
            tell(builder, event.start_mark, path, "has a second document, must be one");
            goto done;
        }
        bool is_content = event.type == YAML_SCALAR_EVENT || event.type == YAML_SEQUENCE_START_EVENT ||
                          event.type == YAML_MAPPING_START_EVENT || event.type == YAML_ALIAS_EVENT;
        if (is_content)
            TRY(build(builder, &event, path, 0, root));
        if (builder->is_broken)
            goto done;
    }
done:
    yaml_event_delete(&event);
    return status;
}

wn_status wn_yaml_read(wn_yaml **root, const char *bytes, size_t n, const char *setting, const char *path,
                       wn_yaml_listener listener)
{
    yaml_builder builder = {.setting = setting, .listener = listener};
    wn_yaml *made = NULL;
    if (!yaml_parser_initialize(&builder.parser))
        return wn_fail(WN_NO_MEMORY, "out of memory while reading YAML");
    yaml_parser_set_input_string(&builder.parser, (const unsigned char *)bytes, n);
    wn_status status = build_stream(&builder, path, &made);
    yaml_parser_delete(&builder.parser);
    if (status != WN_OK || builder.is_broken) {
        wn_yaml_free(made);
        made = NULL;
    }
    if (status == WN_OK)
        *root = made;
    return status;
}
