#include "sections.h"

#include "winnow/durable.h"
#include "winnow/encoder_facts.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void wn_artefact_free(wn_artefact *artefact)
{
    if (artefact == NULL)
        return;
    wn_coding_free(artefact->coding);
    wn_network_free(artefact->network);
    wn_recipe_free(artefact->recipe);
    wn_free(artefact);
}

static void hash_recipe(wn_hasher *hasher, const wn_recipe *recipe)
{
    wn_hasher_add_text(hasher, recipe->label_name);
    int64_t head[2] = {(int64_t)recipe->labels.task, (int64_t)recipe->labels.n_classes};
    wn_hasher_add(hasher, head, sizeof head);
    wn_labels_hash(&recipe->labels, hasher);
    wn_input_rules_hash(&recipe->input, hasher);
    for (size_t c = 0; c < recipe->n_columns; c++) {
        const wn_recipe_column *column = &recipe->columns[c];
        const wn_column_rule *rule = &column->rule;
        int64_t choices[] = {(int64_t)rule->missing, (int64_t)rule->outliers, (int64_t)rule->action,
                             (int64_t)rule->normalize, (int64_t)rule->transform};
        double numbers[] = {rule->limit,   rule->constant, column->center, column->scale,
                            column->lower, column->upper,  column->fill};
        wn_hasher_add_text(hasher, column->name);
        wn_hasher_add(hasher, choices, sizeof choices);
        wn_hasher_add(hasher, numbers, sizeof numbers);
    }
    wn_recipe_hash_encoders(recipe, hasher);
    for (size_t j = 0; j < recipe->n_selected && recipe->n_encoders > 0; j++) {
        const uint64_t feature = recipe->selected[j];
        wn_hasher_add(hasher, &feature, sizeof feature);
    }
}

wn_status wn_artefact_complete(wn_artefact *artefact)
{
    wn_status status = WN_OK;
    wn_hasher *hasher = NULL;
    const wn_network *network = artefact->network;
    TRY(wn_hasher_new(&hasher, 0));
    wn_coding_decode(artefact->coding, artefact->network);
    hash_recipe(hasher, artefact->recipe);
    wn_hash numbers = wn_network_hash(network);
    wn_hasher_add(hasher, &numbers, sizeof numbers);
    artefact->n_nonzero = 0;
    for (size_t l = 0; l < network->n_layers; l++) {
        const wn_layer *layer = &network->layers[l];
        size_t n = layer->n_in * layer->n_out;
        int64_t code = (int64_t)artefact->coding->layers[l].code;
        wn_hasher_add_text(hasher, layer->name);
        wn_hasher_add(hasher, &code, sizeof code);
        wn_hasher_add(hasher, artefact->coding->layers[l].mask, n);
        for (size_t i = 0; i < n; i++)
            artefact->n_nonzero += network->parameters[layer->weight + i] != 0.0f;
    }
    artefact->hash = wn_hasher_finish(hasher);
done:
    wn_hasher_free(hasher);
    return status;
}

wn_status wn_artefact_size(const wn_network *network, const wn_coding *coding, const wn_recipe *recipe,
                           int64_t *n_bytes)
{
    wn_status status = WN_OK;
    wn_artefact *artefact = NULL;
    wn_bytes bytes = {0};
    TRY(wn_artefact_build(&artefact, network, coding, recipe));
    TRY(wn_artefact_encode(artefact, &bytes));
    *n_bytes = (int64_t)bytes.n;
done:
    wn_bytes_clear(&bytes);
    wn_artefact_free(artefact);
    return status;
}

/* What was written is believed when it reads back as what was meant. */
static wn_status verify_file(const wn_artefact *meant, const char *path)
{
    wn_artefact *found = NULL;
    wn_status status = wn_artefact_read(&found, path);
    if (status == WN_BAD_DATA || status == WN_NO_INPUT)
        return wn_fail_prefix(WN_IO, "reading back what was written");
    if (status == WN_OK && wn_hash_compare(found->hash, meant->hash) != 0)
        status = wn_fail(WN_IO, "%s: reads back other than it was written", path);
    wn_artefact_free(found);
    return status;
}

wn_status wn_artefact_write(const char *path, const wn_network *network, const wn_coding *coding,
                            const wn_recipe *recipe, int64_t *n_bytes)
{
    wn_status status = WN_OK;
    wn_artefact *artefact = NULL;
    wn_bytes bytes = {0};
    char *beside = NULL;
    TRY(wn_string_format(&beside, "%s.part", path));
    TRY(wn_artefact_build(&artefact, network, coding, recipe));
    TRY(wn_artefact_encode(artefact, &bytes));
    TRY(wn_durable_write(beside, bytes.data, bytes.n));
    TRY(verify_file(artefact, beside));
    TRY(wn_durable_rename(beside, path));
    if (n_bytes != NULL)
        *n_bytes = (int64_t)bytes.n;
done:
    if (status != WN_OK && beside != NULL)
        unlink(beside);
    wn_free(beside);
    wn_bytes_clear(&bytes);
    wn_artefact_free(artefact);
    return status;
}
