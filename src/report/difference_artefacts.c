#include "difference.h"

#include "winnow/artefact.h"

#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 128 };

static void compare_sizes(wn_difference *difference, const char *what, size_t first, size_t second)
{
    if (first != second)
        wn_difference_set(difference, "%s: %zu against %zu", what, first, second);
}

static void compare_column(wn_difference *difference, size_t i, const wn_recipe_column *first,
                           const wn_recipe_column *second)
{
    const struct {
        const char *name;
        double first, second;
    } numbers[] = {{"center", first->center, second->center},
                   {"scale", first->scale, second->scale},
                   {"fill", first->fill, second->fill},
                   {"lower", first->lower, second->lower},
                   {"upper", first->upper, second->upper}};
    char name[NAME_SIZE];
    if (strcmp(first->name, second->name) != 0)
        wn_difference_set(difference, "name of column %zu: %s against %s", i, first->name, second->name);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        snprintf(name, sizeof name, "%s[%zu]", numbers[k].name, i);
        wn_difference_numbers(difference, name, numbers[k].first, numbers[k].second);
    }
}

static void compare_input(wn_difference *difference, size_t j, const char *first, const char *second)
{
    if (strcmp(first, second) != 0)
        wn_difference_set(difference, "input %zu: %s against %s", j, first, second);
}

static void compare_names(wn_difference *difference, size_t k, const wn_labels *first, const wn_labels *second)
{
    char names[2][WN_CLASS_TEXT_SIZE];
    wn_labels_text(first, k, names[0]);
    wn_labels_text(second, k, names[1]);
    if (first->names == NULL || second->names == NULL || strcmp(first->names[k], second->names[k]) != 0)
        wn_difference_set(difference, "class %zu: %s against %s", k, names[0], names[1]);
}

static void compare_values(wn_difference *difference, const char *what, const double *first, size_t n_first,
                           const double *second, size_t n_second)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "number of %s", what);
    compare_sizes(difference, name, n_first, n_second);
    for (size_t i = 0; i < n_first && !difference->is_found; i++) {
        snprintf(name, sizeof name, "%s[%zu]", what, i);
        wn_difference_numbers(difference, name, first[i], second[i]);
    }
}

static void compare_inputs(wn_difference *difference, const wn_input_rules *first, const wn_input_rules *second)
{
    const char *a = first->table != NULL ? first->table : "", *b = second->table != NULL ? second->table : "";
    if (strcmp(a, b) != 0)
        wn_difference_set(difference, "table: '%s' against '%s'", a, b);
    compare_sizes(difference, "infinite cells that are missing", first->infinite_is_missing,
                  second->infinite_is_missing);
    compare_values(difference, "missing_values", first->missing_values, first->n_missing_values, second->missing_values,
                   second->n_missing_values);
    compare_values(difference, "label_missing", first->label_missing, first->n_label_missing, second->label_missing,
                   second->n_label_missing);
}

static void compare_recipes(wn_difference *difference, const wn_recipe *first, const wn_recipe *second)
{
    char name[NAME_SIZE];
    compare_sizes(difference, "number of columns", first->n_columns, second->n_columns);
    for (size_t i = 0; i < first->n_columns && !difference->is_found; i++)
        compare_column(difference, i, &first->columns[i], &second->columns[i]);
    compare_sizes(difference, "number of inputs", first->n_selected, second->n_selected);
    for (size_t j = 0; j < first->n_selected && !difference->is_found; j++)
        compare_input(difference, j, first->feature_names[first->selected[j]],
                      second->feature_names[second->selected[j]]);
    compare_sizes(difference, "number of classes", first->labels.n_classes, second->labels.n_classes);
    for (size_t k = 0; k < first->labels.n_classes && !difference->is_found; k++) {
        snprintf(name, sizeof name, "classes[%zu]", k);
        if (first->labels.names == NULL && second->labels.names == NULL)
            wn_difference_numbers(difference, name, first->labels.classes[k], second->labels.classes[k]);
        else
            compare_names(difference, k, &first->labels, &second->labels);
    }
}

static void compare_layer(wn_difference *difference, size_t l, const wn_network *first, const wn_network *second)
{
    const wn_layer *a = &first->layers[l], *b = &second->layers[l];
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "outputs of layer %zu", l);
    compare_sizes(difference, name, a->n_out, b->n_out);
    snprintf(name, sizeof name, "inputs of layer %zu", l);
    compare_sizes(difference, name, a->n_in, b->n_in);
    for (size_t i = 0; i < a->n_out * a->n_in && !difference->is_found; i++) {
        snprintf(name, sizeof name, "layer %zu weight[%zu,%zu]", l, i / a->n_in, i % a->n_in);
        wn_difference_numbers(difference, name, (double)first->parameters[a->weight + i],
                              (double)second->parameters[b->weight + i]);
    }
    for (size_t i = 0; i < a->n_out && !difference->is_found; i++) {
        snprintf(name, sizeof name, "layer %zu bias[%zu]", l, i);
        wn_difference_numbers(difference, name, (double)first->parameters[a->bias + i],
                              (double)second->parameters[b->bias + i]);
    }
}

wn_status wn_difference_artefacts(wn_difference *difference, const char *const paths[2])
{
    wn_status status = WN_OK;
    wn_artefact *first = NULL, *second = NULL;
    TRY(wn_artefact_read(&first, paths[0]));
    TRY(wn_artefact_read(&second, paths[1]));
    compare_recipes(difference, first->recipe, second->recipe);
    if (!difference->is_found)
        compare_inputs(difference, &first->recipe->input, &second->recipe->input);
    compare_sizes(difference, "number of layers", first->network->n_layers, second->network->n_layers);
    for (size_t l = 0; l < first->network->n_layers && !difference->is_found; l++)
        compare_layer(difference, l, first->network, second->network);
done:
    wn_artefact_free(second);
    wn_artefact_free(first);
    return status;
}
