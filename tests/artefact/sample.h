/* sample.h - a recipe, a network and codings of it, made by numbers, for the tests of this room. */
#ifndef WINNOW_TESTS_ARTEFACT_SAMPLE_H
#define WINNOW_TESTS_ARTEFACT_SAMPLE_H

#include "winnow/artefact.h"
#include "winnow/encoder_facts.h"
#include "winnow/levels.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    wn_recipe *recipe;
    wn_network *network; /* with projection */
    wn_coding *coding;
} sample;

static inline double sample_number(uint64_t identity, uint64_t i)
{
    return wn_random_normal((wn_random){11, WN_RANDOM_TEST, identity}, i);
}

/* Half of the columns are selected, from the last to the first. */
static inline wn_status sample_recipe(wn_recipe **recipe, size_t n_columns, size_t n_components)
{
    static double classes[3] = {-1, 0.5, 7};
    wn_status status = WN_OK;
    wn_column *columns = NULL;
    wn_recipe *made = NULL;
    size_t *selected = NULL, n = n_columns / 2;
    char(*names)[32] = NULL;
    TRY(wn_new(&columns, n_columns));
    TRY(wn_new(&names, n_columns));
    TRY(wn_new(&selected, n));
    for (size_t c = 0; c < n_columns; c++) {
        snprintf(names[c], sizeof names[c], c % 7 == 3 ? "other name %zu x" : c % 7 == 4 ? "z%05zu" : "px%zu", c);
        columns[c].name = names[c];
    }
    wn_catalog catalog = {.n_columns = n_columns, .columns = columns, .has_label = true, .label.name = names[0]};
    TRY(wn_recipe_new(&made, &catalog));
    for (size_t c = 0; c < n_columns; c++) {
        wn_recipe_column *column = &made->columns[c];
        column->rule = (wn_column_rule){
            WN_MISSING_MEDIAN, 0, WN_OUTLIERS_ZSCORE, 8, WN_OUTLIER_CLIP, WN_NORMALIZE_STANDARD, WN_TRANSFORM_NONE};
        column->center = 100 * sample_number(1, c);
        column->scale = exp(3 * sample_number(2, c));
        column->lower = column->center - 8 * column->scale * (c % 5 == 0 ? 1.3 : 1);
        column->upper = column->center + 8 * column->scale;
        column->fill = c % 2 ? column->center : floor(column->center);
    }
    for (size_t j = 0; j < n; j++)
        selected[j] = n_columns - 1 - 2 * j;
    TRY(wn_recipe_select(made, selected, n));
    TRY(wn_new(&made->labels.classes, 3));
    memcpy(made->labels.classes, classes, sizeof classes);
    made->labels.task = WN_TASK_CLASSIFICATION;
    made->labels.n_classes = 3;
    TRY(wn_projection_new(&made->projection, "pca", n_components, n));
    for (size_t i = 0; i < n; i++)
        made->projection->mean[i] = sample_number(3, i);
    for (size_t i = 0; i < n * n_components; i++)
        made->projection->components[i] = sample_number(4, i);
    *recipe = made;
    made = NULL;
done:
    wn_recipe_free(made);
    wn_free(selected);
    wn_free(names);
    wn_free(columns);
    return status;
}

/* INT8 by hand, symbols with zeros inside the mask; one column of the first layer and one output are without weights.
 */
static inline wn_status sample_quantize(wn_coding *coding, const wn_network *network)
{
    wn_status status = WN_OK;
    for (size_t l = 0; l < network->n_layers; l++) {
        const wn_layer *layer = &network->layers[l];
        wn_coded_layer *coded = &coding->layers[l];
        TRY(wn_new(&coded->scale, layer->n_out));
        TRY(wn_new(&coded->bias, layer->n_out));
        TRY(wn_new(&coded->symbol, layer->n_in * layer->n_out));
        coded->code = WN_CODE_INT8;
        for (size_t o = 0; o < layer->n_out; o++) {
            coded->scale[o] = (float)(0.01 * exp(sample_number(20 + l, o)));
            coded->bias[o] = (float)sample_number(30 + l, o);
        }
        for (size_t i = 0; i < layer->n_in * layer->n_out; i++) {
            double symbol = round(30 * sample_number(40 + l, i));
            coded->symbol[i] = (int8_t)fmax(-127, fmin(127, symbol));
        }
    }
done:
    return status;
}

static inline void sample_clear(sample *s)
{
    wn_coding_free(s->coding);
    wn_network_free(s->network);
    wn_recipe_free(s->recipe);
    *s = (sample){0};
}

/* A sparse (share kept) network of n_columns / 2 features, a projection and two layers, coded as INT8 or FLOAT32. */
static inline wn_status sample_fill(sample *s, size_t n_columns, double kept, bool int8)
{
    wn_status status = WN_OK;
    wn_network *narrow = NULL;
    unsigned char *mask = NULL;
    const size_t widths[] = {4, 6, 3};
    TRY(sample_recipe(&s->recipe, n_columns, widths[0]));
    TRY(wn_network_new(&narrow, WN_TASK_CLASSIFICATION, widths, 2));
    wn_network_initialize(narrow, 5);
    TRY(wn_network_with_projection(&s->network, narrow, s->recipe));
    for (size_t l = 0; l < s->network->n_layers; l++)
        for (size_t o = 0; o < s->network->layers[l].n_out; o++)
            s->network->parameters[s->network->layers[l].bias + o] = (float)sample_number(8 + l, o);
    TRY(wn_new(&mask, s->network->n_parameters));
    for (size_t i = 0; i < s->network->n_parameters; i++)
        mask[i] = wn_random_uniform((wn_random){3, WN_RANDOM_TEST, 50}, i) < kept;
    for (size_t o = 0; o < s->network->layers[0].n_out; o++)
        mask[s->network->layers[0].weight + o * s->network->n_inputs + 1] = 0;
    memset(mask + s->network->layers[1].weight, 0, s->network->layers[1].n_in);
    TRY(wn_coding_new(&s->coding, s->network, mask));
    if (int8)
        TRY(sample_quantize(s->coding, s->network));
done:
    wn_free(mask);
    wn_network_free(narrow);
    if (status != WN_OK)
        sample_clear(s);
    return status;
}

static char *const sample_class_names[] = {"B\303\266den", "broken", "intact"};

/* Columns of numbers a, code (a category), b (with an indicator), and of strings line, plant, with encoders. */
static inline wn_status sample_mixed_recipe(wn_recipe **recipe)
{
    static const char *const names[] = {"a", "code", "b", "line", "plant"};
    wn_status status = WN_OK;
    wn_column columns[5] = {{0}};
    wn_recipe *made = NULL;
    wn_level_bytes numbers[] = {wn_level_number(-1.5), wn_level_number(0.1), wn_level_number(7)};
    wn_text codes[3], lines[] = {{"A1", 2}, {"B1", 2}, {"B22", 3}, {"gr\303\266\303\237e", 7}};
    wn_text plants[] = {{"north", 5}, {"south", 5}};
    for (size_t i = 0; i < 3; i++)
        codes[i] = (wn_text){numbers[i].bytes, sizeof numbers[i].bytes};
    for (size_t c = 0; c < 5; c++)
        columns[c] = (wn_column){.name = (char *)(uintptr_t)names[c], .is_text = c > 2};
    const wn_encoder_facts facts[] = {{"one_hot", 1, true, false, -1, 3, codes},
                                      {"one_hot", 3, false, true, 2, 4, lines},
                                      {"one_hot", 4, false, false, 1, 2, plants},
                                      {"indicator", 2, false, false, -1, 0, NULL}};
    wn_catalog catalog = {.n_columns = 5, .columns = columns, .has_label = true, .label.name = columns[0].name};
    TRY(wn_recipe_new(&made, &catalog));
    for (size_t c = 0; c < 3; c++) {
        wn_recipe_column *column = &made->columns[c];
        column->rule = (wn_column_rule){
            WN_MISSING_MEDIAN, 0, WN_OUTLIERS_ZSCORE, 3, WN_OUTLIER_MISSING, WN_NORMALIZE_STANDARD, WN_TRANSFORM_NONE};
        column->scale = c == 1 ? 1 : 1.23456789;
        column->lower = c == 1 ? (double)-INFINITY : -3 * column->scale;
        column->upper = c == 1 ? (double)INFINITY : 3 * column->scale;
        column->fill = 0.1;
    }
    TRY(wn_recipe_set_encoders(made, facts, 4));
    TRY(wn_labels_set_names(&made->labels, sample_class_names, 3));
    *recipe = made;
    made = NULL;
done:
    wn_recipe_free(made);
    return status;
}

/* A network that sees the mixed recipe's features but one, the last first. Bit f of `used`: feature f has stored
 * weights. Features are a, code=-1.5 0.1 7, b, line=A1 B1 B22 groesse (other), plant=north south, b?missing. */
static inline wn_status sample_fill_mixed(sample *s, unsigned used, bool int8)
{
    wn_status status = WN_OK;
    unsigned char *mask = NULL;
    size_t widths[] = {0, 5, 3}, selected[16], n = 0;
    TRY(sample_mixed_recipe(&s->recipe));
    for (size_t f = s->recipe->n_features; f-- > 0;)
        if (f != 6)
            selected[n++] = f;
    TRY(wn_recipe_select(s->recipe, selected, n));
    widths[0] = n;
    TRY(wn_network_new(&s->network, WN_TASK_CLASSIFICATION, widths, 2));
    wn_network_initialize(s->network, 7);
    TRY(wn_new(&mask, s->network->n_parameters));
    memset(mask, 1, s->network->n_parameters);
    for (size_t j = 0; j < n; j++)
        for (size_t o = 0; o < widths[1]; o++)
            mask[s->network->layers[0].weight + o * n + j] = (used >> selected[j] & 1) != 0;
    TRY(wn_coding_new(&s->coding, s->network, mask));
    if (int8)
        TRY(sample_quantize(s->coding, s->network));
done:
    wn_free(mask);
    if (status != WN_OK)
        sample_clear(s);
    return status;
}

#endif
