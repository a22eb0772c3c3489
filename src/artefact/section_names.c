#include "sections.h"

#include "winnow/memory.h"

#include <string.h>

enum { MAX_TEXT = 1 << 27, NAMED_CLASSES = WN_TASK_REGRESSION + 1 /* in place of the task: classes have names */ };

/* A recipe of named columns, the last n_texts of them strings, the cells of the others selected; labels are a copy. */
static wn_status new_recipe(wn_recipe **recipe, char *const *names, size_t n, size_t n_texts, const char *label_name,
                            const wn_labels *labels)
{
    wn_status status = WN_OK;
    wn_recipe *made = NULL;
    wn_column *columns = NULL;
    TRY(wn_new(&columns, n));
    for (size_t i = 0; i < n; i++)
        columns[i] = (wn_column){.name = names[i], .is_text = i >= n - n_texts};
    wn_catalog catalog = {.n_columns = n, .columns = columns};
    TRY(wn_recipe_new(&made, &catalog));
    char *label = NULL;
    TRY(wn_string_copy(&label, label_name));
    wn_free(made->label_name);
    made->label_name = label;
    TRY(wn_labels_copy(&made->labels, labels));
    *recipe = made;
    made = NULL;
done:
    wn_recipe_free(made);
    wn_free(columns);
    return status;
}

static wn_status pack_name(wn_bytes *out, const char *name)
{
    wn_status status = WN_OK;
    TRY(wn_pack_count(out, strlen(name)));
    TRY(wn_bytes_append(out, name, strlen(name)));
done:
    return status;
}

static wn_status pack_text(wn_bytes *out, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    char **names = NULL;
    TRY(wn_new(&names, recipe->n_columns));
    for (size_t i = 0; i < recipe->n_columns; i++)
        names[i] = recipe->columns[i].name;
    TRY(pack_name(out, recipe->label_name));
    TRY(wn_names_pack(out, names, recipe->n_columns));
done:
    wn_free(names);
    return status;
}

wn_status wn_section_pack_names(wn_bytes *out, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_bytes text = {0};
    const wn_labels *labels = &recipe->labels;
    TRY(wn_pack_count(out, labels->names != NULL ? NAMED_CLASSES : (uint64_t)labels->task));
    TRY(wn_pack_count(out, labels->n_classes));
    for (size_t k = 0; labels->names != NULL && k < labels->n_classes; k++)
        TRY(pack_name(out, labels->names[k]));
    if (labels->n_classes > 0 && labels->names == NULL)
        TRY(wn_pack_doubles(out, labels->classes, labels->n_classes, 0, NULL));
    TRY(wn_pack_count(out, recipe->n_columns));
    TRY(wn_pack_count(out, recipe->n_columns - recipe->n_cells));
    TRY(pack_text(&text, recipe));
    TRY(wn_pack_count(out, text.n));
    TRY(wn_pack_bytes(out, text.data, text.n));
    TRY(wn_section_pack_input(out, &recipe->input));
done:
    wn_bytes_clear(&text);
    return status;
}

static wn_status unpack_name(wn_cursor *text, char **name)
{
    wn_status status = WN_OK;
    char *made = NULL;
    uint64_t n = 0;
    TRY(wn_unpack_count(text, text->n, &n));
    TRY(wn_new(&made, n + 1));
    TRY(wn_unpack_raw(text, made, n));
    if (strlen(made) != n)
        TRY(wn_unpack_damaged());
    *name = made;
    made = NULL;
done:
    wn_free(made);
    return status;
}

static wn_status unpack_class_names(wn_cursor *cursor, wn_labels *labels, size_t n)
{
    wn_status status = WN_OK;
    char **names = NULL;
    TRY(wn_new(&names, n));
    for (size_t k = 0; k < n; k++) {
        TRY(unpack_name(cursor, &names[k]));
        if (k > 0 && strcmp(names[k - 1], names[k]) >= 0)
            TRY(wn_unpack_damaged());
    }
    TRY(wn_labels_set_names(labels, names, n));
done:
    for (size_t k = 0; names != NULL && k < n; k++)
        wn_free(names[k]);
    wn_free(names);
    return status;
}

static wn_status unpack_labels(wn_cursor *cursor, wn_labels *labels)
{
    wn_status status = WN_OK;
    uint64_t task = 0, n_classes = 0;
    TRY(wn_unpack_count(cursor, NAMED_CLASSES, &task));
    TRY(wn_unpack_count(cursor, WN_MAX_CLASSES, &n_classes));
    if (task == WN_TASK_AUTO || (task != WN_TASK_REGRESSION) != (n_classes > 0))
        TRY(wn_unpack_damaged());
    if (task == NAMED_CLASSES)
        return unpack_class_names(cursor, labels, n_classes);
    TRY(wn_new(&labels->classes, n_classes));
    labels->task = (wn_task)task;
    labels->n_classes = n_classes;
    if (n_classes > 0)
        TRY(wn_unpack_doubles(cursor, labels->classes, n_classes, 0, NULL));
done:
    return status;
}

/* The text's bytes; *text is new, owned by the caller. */
static wn_status unpack_text(wn_cursor *cursor, unsigned char **text, size_t *n_text)
{
    wn_status status = WN_OK;
    uint64_t n = 0;
    TRY(wn_unpack_count(cursor, MAX_TEXT, &n));
    TRY(wn_new(text, n));
    TRY(wn_unpack_bytes(cursor, *text, n));
    *n_text = n;
done:
    return status;
}

wn_status wn_section_unpack_names(wn_cursor *cursor, wn_recipe **recipe)
{
    wn_status status = WN_OK;
    wn_labels labels = {0};
    wn_input_rules input = {0};
    unsigned char *text = NULL;
    char **names = NULL, *label_name = NULL;
    uint64_t n = 0, n_texts = 0;
    wn_cursor inside = {0};
    TRY(unpack_labels(cursor, &labels));
    TRY(wn_unpack_count(cursor, WN_MAX_COLUMNS, &n));
    TRY(wn_unpack_count(cursor, n, &n_texts));
    TRY(unpack_text(cursor, &text, &inside.n));
    inside.data = text;
    TRY(unpack_name(&inside, &label_name));
    TRY(wn_new(&names, n));
    TRY(wn_names_unpack(&inside, names, n));
    TRY(wn_section_unpack_input(cursor, &input));
    if (n == 0 || inside.n != 0 || cursor->n != 0)
        TRY(wn_unpack_damaged());
    TRY(new_recipe(recipe, names, n, n_texts, label_name, &labels));
    (*recipe)->input = input;
    input = (wn_input_rules){0};
done:
    wn_input_rules_clear(&input);
    for (size_t i = 0; names != NULL && i < n; i++)
        wn_free(names[i]);
    wn_free(names);
    wn_free(label_name);
    wn_free(text);
    wn_labels_clear(&labels);
    return status;
}
