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

/* A recipe of named columns, those of numbers (n_cells) first, with encoders; of three classes. Cells beyond 3 scales
 * are gaps where nothing encodes them. */
static inline wn_status sample_encoded(wn_recipe **recipe, const char *const *names, size_t n_columns, size_t n_cells,
                                       const wn_encoder_facts *facts, size_t n_facts)
{
    wn_status status = WN_OK;
    wn_column *columns = NULL;
    bool *is_encoded = NULL;
    wn_recipe *made = NULL;
    TRY(wn_new(&columns, n_columns));
    TRY(wn_new(&is_encoded, n_columns));
    for (size_t c = 0; c < n_columns; c++)
        columns[c] = (wn_column){.name = (char *)(uintptr_t)names[c], .is_text = c >= n_cells};
    wn_catalog catalog = {.n_columns = n_columns, .columns = columns, .has_label = true, .label.name = columns[0].name};
    TRY(wn_recipe_new(&made, &catalog));
    TRY(wn_labels_set_names(&made->labels, sample_class_names, 3));
    TRY(wn_recipe_set_encoders(made, facts, n_facts));
    for (size_t e = 0; e < n_facts; e++)
        is_encoded[facts[e].column] |= strcmp(facts[e].kind, "indicator") != 0;
    for (size_t c = 0; c < n_cells; c++) {
        wn_recipe_column *column = &made->columns[c];
        column->rule = (wn_column_rule){
            WN_MISSING_MEDIAN, 0, WN_OUTLIERS_ZSCORE, 3, WN_OUTLIER_MISSING, WN_NORMALIZE_STANDARD, WN_TRANSFORM_NONE};
        column->scale = is_encoded[c] ? 1 : 1.23456789;
        column->lower = is_encoded[c] ? (double)-INFINITY : -3 * column->scale;
        column->upper = is_encoded[c] ? (double)INFINITY : 3 * column->scale;
        column->fill = 0.1;
    }
    *recipe = made;
    made = NULL;
done:
    wn_recipe_free(made);
    wn_free(is_encoded);
    wn_free(columns);
    return status;
}

/* Columns of numbers a, code (a category), b (with an indicator), and of strings line, plant, with encoders. */
static inline wn_status sample_mixed_recipe(wn_recipe **recipe)
{
    static const char *const names[] = {"a", "code", "b", "line", "plant"};
    wn_level_bytes numbers[] = {wn_level_number(-1.5), wn_level_number(0.1), wn_level_number(7)};
    wn_text codes[3], lines[] = {{"A1", 2}, {"B1", 2}, {"B22", 3}, {"gr\303\266\303\237e", 7}};
    wn_text plants[] = {{"north", 5}, {"south", 5}};
    for (size_t i = 0; i < 3; i++)
        codes[i] = (wn_text){numbers[i].bytes, sizeof numbers[i].bytes};
    const wn_encoder_facts facts[] = {
        {.kind = "one_hot", .column = 1, .are_numbers = true, .fill = -1, .n_levels = 3, .levels = codes},
        {.kind = "one_hot", .column = 3, .has_others = true, .fill = 2, .n_levels = 4, .levels = lines},
        {.kind = "one_hot", .column = 4, .fill = 1, .n_levels = 2, .levels = plants},
        {.kind = "indicator", .column = 2}};
    return sample_encoded(recipe, names, 5, 3, facts, 4);
}

/* Columns of numbers px0 to px5 (an image, its edges), qx0 to qx3 (another, its orientations), px2 with an indicator,
 * code (by codes of labels), b, and of strings line (ordinal), plant (by codes of three classes). */
static inline wn_status sample_kinds_recipe(wn_recipe **recipe)
{
    static const char *const names[] = {"px0", "px1", "px2", "px3",  "px4", "px5",  "qx0",
                                        "qx1", "qx2", "qx3", "code", "b",   "line", "plant"};
    static float codes[] = {0.25F, 0.5F, 0.125F, 0.3F},
                 plants[] = {0.1F, 0.2F, 0.7F, 0.3F, 0.3F, 0.4F, 0.2F, 0.3F, 0.5F};
    wn_level_bytes numbers[] = {wn_level_number(-1.5), wn_level_number(0.1), wn_level_number(7)};
    wn_text levels[3], lines[] = {{"A1", 2}, {"B1", 2}, {"gr\303\266\303\237e", 7}},
                       sites[] = {{"north", 5}, {"south", 5}};
    for (size_t i = 0; i < 3; i++)
        levels[i] = (wn_text){numbers[i].bytes, sizeof numbers[i].bytes};
    const wn_encoder_facts facts[] = {
        {.kind = "target",
         .column = 10,
         .are_numbers = true,
         .fill = -1,
         .n_levels = 3,
         .levels = levels,
         .n_code_features = 1,
         .codes = codes},
        {.kind = "ordinal", .column = 12, .has_others = true, .fill = 2, .n_levels = 3, .levels = lines},
        {.kind = "target",
         .column = 13,
         .fill = 1,
         .n_levels = 2,
         .levels = sites,
         .n_code_features = 3,
         .codes = plants},
        {.kind = "image", .column = 0, .image = {"px", {2, 3, 1}, 0, 0}},
        {.kind = "image", .column = 6, .image = {"qx", {2, 2, 1}, 2, 4}},
        {.kind = "indicator", .column = 2}};
    return sample_encoded(recipe, names, 14, 12, facts, 6);
}

/* A network that sees the recipe's features but one (number 6), the last first. Bit f of `used`: feature f has stored
 * weights. */
static inline wn_status sample_fill_network(sample *s, unsigned used, bool int8)
{
    wn_status status = WN_OK;
    unsigned char *mask = NULL;
    size_t widths[] = {0, 5, 3}, selected[32], n = 0;
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
    return status;
}

/* The recipe, and a network of its features. */
static inline wn_status sample_fill_by(sample *s, wn_status (*make)(wn_recipe **recipe), unsigned used, bool int8)
{
    wn_status status = WN_OK;
    TRY(make(&s->recipe));
    TRY(sample_fill_network(s, used, int8));
done:
    if (status != WN_OK)
        sample_clear(s);
    return status;
}

/* Features are a, code=-1.5 0.1 7, b, line=A1 B1 B22 groesse (other), plant=north south, b?missing. */
static inline wn_status sample_fill_mixed(sample *s, unsigned used, bool int8)
{
    return sample_fill_by(s, sample_mixed_recipe, used, int8);
}

/* Features are 0-5 edges of px, 6-9 orientations of qx, 10 code:target, 11 b, 12 line, 13-15 plant:target, 16
 * px2?missing. */
static inline wn_status sample_fill_kinds(sample *s, unsigned used, bool int8)
{
    return sample_fill_by(s, sample_kinds_recipe, used, int8);
}

/* A column of numbers, and one of texts whose terms are features. A term of two words, one that begins another, and
 * letters beyond ASCII are among them. */
static inline wn_status sample_text_recipe(wn_recipe **recipe, bool has_idf)
{
    static const char *const names[] = {"a", "note"};
    static wn_text terms[] = {{"le", 2},   {"leak", 4},  {"leak valve", 10},   {"leaks", 5},
                              {"pump", 4}, {"pumps", 5}, {"stra\303\237e", 7}, {"valve", 5}};
    static int64_t rows[] = {3, 200, 17, 1, 128, 5, 2, 99};
    wn_status status = WN_OK;
    wn_column columns[2] = {{.name = (char *)(uintptr_t)names[0]},
                            {.name = (char *)(uintptr_t)names[1], .is_text = true}};
    const wn_encoder_facts facts = {.kind = "terms",
                                    .column = 1,
                                    .n_levels = sizeof terms / sizeof *terms,
                                    .levels = terms,
                                    .ngrams = 2,
                                    .stem = "none",
                                    .has_idf = has_idf,
                                    .n_rows = 200,
                                    .term_rows = rows};
    wn_recipe *made = NULL;
    wn_catalog catalog = {.n_columns = 2, .columns = columns, .has_label = true, .label.name = columns[0].name};
    TRY(wn_recipe_new(&made, &catalog));
    made->columns[1].kind = WN_COLUMN_TEXT;
    made->columns[1].rule.missing = WN_MISSING_CONSTANT;
    TRY(wn_recipe_set_encoders(made, &facts, 1));
    made->labels.task = WN_TASK_CLASSIFICATION;
    made->labels.n_classes = 2;
    TRY(wn_new(&made->labels.classes, 2));
    made->labels.classes[1] = 1;
    *recipe = made;
    made = NULL;
done:
    wn_recipe_free(made);
    return status;
}

/* A network that sees its features but the last, the last of these first. Bit f of `used`: feature f, a or a term, has
 * stored weights. */
static inline wn_status sample_fill_text(sample *s, unsigned used, bool has_idf)
{
    wn_status status = WN_OK;
    unsigned char *mask = NULL;
    size_t widths[] = {0, 3, 2}, selected[16], n = 0;
    TRY(sample_text_recipe(&s->recipe, has_idf));
    for (size_t f = s->recipe->n_features - 1; f-- > 0;)
        selected[n++] = f;
    TRY(wn_recipe_select(s->recipe, selected, n));
    widths[0] = n;
    TRY(wn_network_new(&s->network, WN_TASK_CLASSIFICATION, widths, 2));
    wn_network_initialize(s->network, 5);
    TRY(wn_new(&mask, s->network->n_parameters));
    memset(mask, 1, s->network->n_parameters);
    for (size_t j = 0; j < n; j++)
        for (size_t o = 0; o < widths[1]; o++)
            mask[s->network->layers[0].weight + o * n + j] = (used >> selected[j] & 1) != 0;
    TRY(wn_coding_new(&s->coding, s->network, mask));
    TRY(sample_quantize(s->coding, s->network));
done:
    wn_free(mask);
    if (status != WN_OK)
        sample_clear(s);
    return status;
}

#endif
