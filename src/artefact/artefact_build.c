/* From a network over all selected features to what a file keeps: the inputs that a stored weight sees, in the order of
 * the recipe's features. */
#include "sections.h"

#include "winnow/encoder_facts.h"
#include "winnow/memory.h"

#include <stdlib.h>
#include <string.h>

/* A used input: its place in the network, and the feature that it is. */
typedef struct {
    size_t feature, input;
} used_input;

static int compare_inputs(const void *a, const void *b)
{
    const used_input *x = a, *y = b;
    return x->feature < y->feature ? -1 : x->feature > y->feature;
}

static bool is_used(const wn_coding *coding, const wn_layer *first, size_t input)
{
    for (size_t o = 0; o < first->n_out; o++)
        if (coding->layers[0].mask[o * first->n_in + input] != 0)
            return true;
    return false;
}

/* used (n_inputs): the used inputs by feature, at least one. */
static wn_status find_used(const wn_network *network, const wn_coding *coding, const wn_recipe *recipe,
                           used_input *used, size_t *n_used)
{
    size_t n = 0;
    if (recipe->n_selected != network->n_inputs)
        return wn_fail(WN_INTERNAL, "the network has %zu inputs, the recipe %zu features", network->n_inputs,
                       recipe->n_selected);
    for (size_t j = 0; j < network->n_inputs; j++)
        if (is_used(coding, &network->layers[0], j))
            used[n++] = (used_input){recipe->selected[j], j};
    if (n == 0)
        used[n++] = (used_input){recipe->selected[0], 0};
    qsort(used, n, sizeof *used, compare_inputs);
    *n_used = n;
    return WN_OK;
}

static wn_status build_recipe(wn_recipe **made, const wn_recipe *recipe, const used_input *used, size_t n)
{
    wn_status status = WN_OK;
    bool *is_feature_used = NULL;
    TRY(wn_new(&is_feature_used, recipe->n_features));
    for (size_t i = 0; i < n; i++)
        is_feature_used[used[i].feature] = true;
    TRY(wn_recipe_narrow(made, recipe, is_feature_used));
done:
    wn_free(is_feature_used);
    return status;
}

/* A network of the same layers over n inputs, all but the first layer's weights copied. */
static wn_status narrow_network(wn_network **made, const wn_network *network, size_t n)
{
    wn_status status = WN_OK;
    size_t *widths = NULL;
    TRY(wn_new(&widths, network->n_layers + 1));
    widths[0] = n;
    for (size_t l = 0; l < network->n_layers; l++)
        widths[l + 1] = network->layers[l].n_out;
    TRY(wn_network_new(made, network->task, widths, network->n_layers));
    for (size_t l = 0; l < network->n_layers; l++) {
        (*made)->layers[l].activation = network->layers[l].activation;
        memcpy((*made)->layers[l].name, network->layers[l].name, sizeof network->layers[l].name);
    }
    size_t n_rest = network->n_parameters - network->layers[0].bias;
    memcpy((*made)->parameters + (*made)->layers[0].bias, network->parameters + network->layers[0].bias,
           n_rest * sizeof(float));
done:
    wn_free(widths);
    return status;
}

static wn_status copy_scales(wn_coded_layer *to, const wn_coded_layer *from, const wn_layer *layer)
{
    wn_status status = WN_OK;
    to->code = from->code;
    if (from->code != WN_CODE_INT8)
        return WN_OK;
    TRY(wn_new(&to->scale, layer->n_out));
    TRY(wn_new(&to->bias, layer->n_out));
    TRY(wn_new(&to->symbol, layer->n_in * layer->n_out));
    memcpy(to->scale, from->scale, layer->n_out * sizeof *to->scale);
    memcpy(to->bias, from->bias, layer->n_out * sizeof *to->bias);
done:
    return status;
}

/* Weight `to` of the new layer is weight `from` of the old one. */
static void copy_weight(wn_coded_layer *to_coded, size_t to, const wn_coded_layer *from_coded, size_t from)
{
    to_coded->mask[to] = from_coded->mask[from];
    if (from_coded->code == WN_CODE_INT8)
        to_coded->symbol[to] = from_coded->symbol[from];
}

static wn_status build_coding(wn_coding **made, const wn_network *narrow, const wn_network *network,
                              const wn_coding *coding, const used_input *used)
{
    wn_status status = wn_coding_new(made, narrow, NULL);
    for (size_t l = 0; status == WN_OK && l < narrow->n_layers; l++) {
        const wn_layer *to = &narrow->layers[l], *from = &network->layers[l];
        status = copy_scales(&(*made)->layers[l], &coding->layers[l], to);
        for (size_t o = 0; status == WN_OK && o < to->n_out; o++)
            for (size_t i = 0; i < to->n_in; i++)
                copy_weight(&(*made)->layers[l], o * to->n_in + i, &coding->layers[l],
                            o * from->n_in + (l == 0 ? used[i].input : i));
    }
    return status;
}

static void copy_first_weights(wn_network *narrow, const wn_network *network, const used_input *used)
{
    const wn_layer *to = &narrow->layers[0], *from = &network->layers[0];
    for (size_t o = 0; o < to->n_out; o++)
        for (size_t i = 0; i < to->n_in; i++)
            narrow->parameters[to->weight + o * to->n_in + i] =
                network->parameters[from->weight + o * from->n_in + used[i].input];
}

wn_status wn_artefact_build(wn_artefact **artefact, const wn_network *network, const wn_coding *coding,
                            const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    used_input *used = NULL;
    wn_artefact *made = NULL;
    size_t n = 0;
    TRY(wn_new(&used, network->n_inputs));
    TRY(find_used(network, coding, recipe, used, &n));
    TRY(wn_new(&made, 1));
    TRY(build_recipe(&made->recipe, recipe, used, n));
    if (coding->layers[0].code == WN_CODE_INT8)
        TRY(wn_recipe_round(made->recipe));
    TRY(narrow_network(&made->network, network, n));
    copy_first_weights(made->network, network, used);
    TRY(build_coding(&made->coding, made->network, network, coding, used));
    TRY(wn_artefact_complete(made));
    *artefact = made;
    made = NULL;
done:
    wn_artefact_free(made);
    wn_free(used);
    return status;
}
