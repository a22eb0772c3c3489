#include "json_row.h"

#include <string.h>

/* Where in the line a field is: the name so far. */
typedef struct {
    char name[WN_JSON_NAME_SIZE];
    wn_json_sink sink;
} walk;

static wn_status visit(walk *w, size_t n, json_t *object);

/* Puts ".key" behind n bytes of the name; *n_bytes is its new length. */
static wn_status extend(walk *w, size_t n, const char *key, size_t *n_bytes)
{
    size_t n_key = strlen(key), begin = n > 0 ? n + 1 : 0;
    if (begin + n_key >= WN_JSON_NAME_SIZE)
        return wn_fail(WN_BAD_DATA, "a field's name is longer than %d bytes", (int)WN_JSON_NAME_SIZE - 1);
    if (n > 0)
        w->name[n] = '.';
    for (size_t i = 0; i <= n_key; i++)
        w->name[begin + i] = key[i] == '/' ? '_' : key[i];
    if (n_key == 0)
        return wn_fail(WN_BAD_DATA, "field '%s': a name is empty", w->name);
    if (strcmp(w->name, ".") == 0)
        return wn_fail(WN_BAD_DATA, "field '.': HDF5 has no such name");
    *n_bytes = begin + n_key;
    return WN_OK;
}

static wn_status visit_field(walk *w, size_t n, const char *key, json_t *value)
{
    wn_status status = WN_OK;
    size_t n_bytes = 0;
    TRY(extend(w, n, key, &n_bytes));
    if (json_is_array(value))
        TRY(wn_fail(WN_BAD_DATA, "field '%s' is an array, which no column holds", w->name));
    if (json_is_object(value))
        TRY(visit(w, n_bytes, value));
    else
        TRY(w->sink.take(w->sink.context, w->name, value));
done:
    return status;
}

static wn_status visit(walk *w, size_t n, json_t *object)
{
    wn_status status = WN_OK;
    void *at = json_object_iter(object);
    for (; at != NULL; at = json_object_iter_next(object, at))
        TRY(visit_field(w, n, json_object_iter_key(at), json_object_iter_value(at)));
done:
    return status;
}

wn_status wn_json_row_read(const char *path, const wn_line *line, wn_json_sink sink)
{
    json_error_t error;
    walk w = {.sink = sink};
    json_t *root = json_loadb(line->text, line->n, JSON_REJECT_DUPLICATES, &error);
    wn_status status = WN_OK;
    if (root == NULL)
        status = wn_fail(WN_BAD_DATA, "%s", error.text);
    else if (!json_is_object(root))
        status = wn_fail(WN_BAD_DATA, "is no object: JSON lines have one {...} a line");
    else
        status = visit(&w, 0, root);
    json_decref(root);
    return status == WN_OK ? status : wn_fail_prefix(status, "%s:%lld", path, (long long)line->number);
}
