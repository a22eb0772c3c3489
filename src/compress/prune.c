#include "winnow/prune.h"

#include "winnow/memory.h"

#include <fnmatch.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { BINS = 1 << 16 };

size_t wn_layer_n_weights(const wn_layer *layer)
{
    return layer->n_in * layer->n_out;
}

size_t wn_network_n_weights(const wn_network *network)
{
    size_t n = 0;
    for (size_t l = 0; l < network->n_layers; l++)
        n += wn_layer_n_weights(&network->layers[l]);
    return n;
}

/* What a layer's weights are ordered by: the bits of |w|, which order as the numbers do; protected ones above all. */
typedef struct {
    const float *weight;
    const unsigned char *previous, *protect; /* of the same weights; NULL as in wn_prune_layer */
    size_t n;
} candidates;

static bool is_candidate(const candidates *c, size_t i)
{
    return c->previous == NULL || c->previous[i] != 0;
}

static uint32_t key_of(const candidates *c, size_t i)
{
    uint32_t bits;
    if (c->protect != NULL && c->protect[i] != 0)
        return UINT32_MAX;
    memcpy(&bits, &c->weight[i], sizeof bits);
    return bits & 0x7fffffffu;
}

/* Counts keys by their high half, or the low halves of those whose high half is `high`. */
static void count_keys(const candidates *c, int high, size_t *bins)
{
    memset(bins, 0, BINS * sizeof *bins);
    for (size_t i = 0; i < c->n; i++) {
        if (!is_candidate(c, i))
            continue;
        uint32_t key = key_of(c, i);
        if (high < 0)
            bins[key >> 16]++;
        else if (key >> 16 == (uint32_t)high)
            bins[key & 0xffffu]++;
    }
}

/* The bin in which the n-th largest lies; *n becomes its place within. */
static uint32_t find_bin(const size_t *bins, size_t *n)
{
    uint32_t bin = BINS - 1;
    while (*n > bins[bin])
        *n -= bins[bin--];
    return bin;
}

/* Protected weights count as wanted. */
static size_t n_wanted(const candidates *c, double sparsity)
{
    size_t n_candidates = 0, n_protected = 0;
    for (size_t i = 0; i < c->n; i++) {
        n_candidates += is_candidate(c, i);
        n_protected += is_candidate(c, i) && key_of(c, i) == UINT32_MAX;
    }
    double share = sparsity < 0 ? 1 : sparsity > 1 ? 0 : 1 - sparsity;
    size_t n = (size_t)round(share * (double)c->n);
    n = n < n_protected ? n_protected : n;
    return n > n_candidates ? n_candidates : n;
}

/* mask (n): 1 for keys above the threshold, and for the first n_ties of those equal to it. */
static void keep_above(const candidates *c, uint32_t threshold, size_t n_ties, unsigned char *mask)
{
    for (size_t i = 0; i < c->n; i++) {
        uint32_t key = key_of(c, i);
        bool keep = is_candidate(c, i) && key >= threshold;
        if (keep && key == threshold) {
            keep = n_ties > 0;
            n_ties -= keep;
        }
        mask[i] = keep;
    }
}

wn_status wn_prune_layer(const wn_network *network, size_t layer, double sparsity, const unsigned char *previous,
                         const unsigned char *protect, unsigned char *mask)
{
    wn_status status = WN_OK;
    const wn_layer *shape = &network->layers[layer];
    size_t *bins = NULL;
    candidates c = {network->parameters + shape->weight, previous != NULL ? previous + shape->weight : NULL,
                    protect != NULL ? protect + shape->weight : NULL, wn_layer_n_weights(shape)};
    TRY(wn_new(&bins, BINS));
    memset(mask + shape->bias, 1, shape->n_out);
    size_t n = n_wanted(&c, sparsity);
    if (n == 0) {
        memset(mask + shape->weight, 0, c.n);
        goto done;
    }
    count_keys(&c, -1, bins);
    uint32_t high = find_bin(bins, &n);
    count_keys(&c, (int)high, bins);
    uint32_t low = find_bin(bins, &n);
    keep_above(&c, high << 16 | low, n, mask + shape->weight);
done:
    wn_free(bins);
    return status;
}

void wn_prune_apply(wn_network *network, const unsigned char *mask)
{
    for (size_t i = 0; i < network->n_parameters; i++)
        if (mask[i] == 0)
            network->parameters[i] = 0.0f;
}

size_t wn_prune_count(const wn_network *network, const unsigned char *mask)
{
    size_t n = 0;
    for (size_t l = 0; l < network->n_layers; l++) {
        const wn_layer *layer = &network->layers[l];
        for (size_t i = 0; i < wn_layer_n_weights(layer); i++)
            n += mask[layer->weight + i] != 0;
    }
    return n;
}

double wn_prune_schedule(double final, int64_t t, int64_t n)
{
    if (t <= 0)
        return 0;
    if (t >= n)
        return final;
    double left = 1 - (double)t / (double)n;
    return final * (1 - left * left * left);
}

/* Protects the inputs whose column's name matches; returns whether any does. */
static bool protect_inputs(const wn_network *network, const wn_recipe *recipe, const char *glob, unsigned char *protect)
{
    const wn_layer *first = &network->layers[0];
    bool found = false;
    for (size_t j = 0; j < recipe->n_selected && j < first->n_in; j++) {
        size_t feature = recipe->selected[j];
        const char *column = recipe->columns[recipe->feature_source[feature]].name;
        if (fnmatch(glob, recipe->feature_names[feature], 0) != 0 && fnmatch(glob, column, 0) != 0)
            continue;
        found = true;
        for (size_t o = 0; o < first->n_out; o++)
            protect[first->weight + o * first->n_in + j] = 1;
    }
    return found;
}

static bool protect_layer(const wn_network *network, const char *name, unsigned char *protect)
{
    bool found = false;
    for (size_t l = 0; l < network->n_layers; l++) {
        const wn_layer *layer = &network->layers[l];
        if (strcmp(layer->name, name) != 0)
            continue;
        found = true;
        memset(protect + layer->weight, 1, wn_layer_n_weights(layer));
    }
    return found;
}

wn_status wn_prune_protect(const wn_network *network, const wn_recipe *recipe, const char *const *names, size_t n_names,
                           unsigned char *protect)
{
    static const char prefix[] = "input/";
    memset(protect, 0, network->n_parameters);
    for (size_t i = 0; i < n_names; i++) {
        bool is_input = strncmp(names[i], prefix, sizeof prefix - 1) == 0;
        bool found = is_input ? protect_inputs(network, recipe, names[i] + sizeof prefix - 1, protect)
                              : protect_layer(network, names[i], protect);
        if (!found)
            return wn_fail(WN_BAD_JOB, "compress.protect: %s is no %s; allowed: input/NAME of a selected feature, %s",
                           names[i], is_input ? "selected feature" : "layer",
                           recipe->projection != NULL ? "projection, layer1, layer2, ..." : "layer1, layer2, ...");
    }
    return WN_OK;
}
