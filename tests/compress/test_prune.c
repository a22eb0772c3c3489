/* Masks against sorting, the schedule against its formula, and what is protected. */
#include "testing.h"

#include "winnow/memory.h"
#include "winnow/prune.h"
#include "winnow/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    double magnitude;
    size_t place;
} entry;

static int compare(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->magnitude != y->magnitude)
        return x->magnitude > y->magnitude ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

/* Weights of few distinct magnitudes, so that there are ties. */
static wn_status make_network(wn_network **network, uint64_t seed)
{
    const size_t widths[] = {13, 9, 4};
    wn_status status = wn_network_new(network, WN_TASK_CLASSIFICATION, widths, 2);
    for (size_t i = 0; status == WN_OK && i < (*network)->n_parameters; i++)
        (*network)->parameters[i] =
            (float)round(8 * wn_random_normal((wn_random){seed, WN_RANDOM_TEST, 0}, i)) * 0.125f;
    return status;
}

/* The definition: sort by magnitude and position; protected ones first, pruned ones never. */
static void naive(const wn_network *network, size_t l, double sparsity, const unsigned char *previous,
                  const unsigned char *protect, unsigned char *mask)
{
    const wn_layer *layer = &network->layers[l];
    size_t n = wn_layer_n_weights(layer), n_entries = 0, n_protected = 0;
    entry entries[200];
    for (size_t i = 0; i < n; i++) {
        mask[layer->weight + i] = 0;
        if (previous != NULL && previous[layer->weight + i] == 0)
            continue;
        bool is_protected = protect != NULL && protect[layer->weight + i] != 0;
        n_protected += is_protected;
        double magnitude = is_protected ? HUGE_VAL : fabs((double)network->parameters[layer->weight + i]);
        entries[n_entries++] = (entry){magnitude, i};
    }
    qsort(entries, n_entries, sizeof *entries, compare);
    size_t wanted = (size_t)round((1 - sparsity) * (double)n);
    wanted = wanted < n_protected ? n_protected : wanted;
    for (size_t i = 0; i < wanted && i < n_entries; i++)
        mask[layer->weight + entries[i].place] = 1;
    memset(mask + layer->bias, 1, layer->n_out);
}

static void test_layer(void)
{
    wn_network *network = NULL;
    unsigned char previous[400], protect[400], mask[400], expected[400];
    for (uint64_t seed = 0; seed < 40; seed++) {
        if (!CHECK_OK(make_network(&network, seed)))
            return;
        for (size_t i = 0; i < network->n_parameters; i++) {
            previous[i] = wn_random_uniform((wn_random){seed, WN_RANDOM_TEST, 1}, i) < 0.7;
            protect[i] = wn_random_uniform((wn_random){seed, WN_RANDOM_TEST, 2}, i) < 0.1;
        }
        for (int k = 0; k <= 20; k++) {
            const unsigned char *before = seed % 2 ? previous : NULL, *held = seed % 3 ? protect : NULL;
            memset(mask, 7, sizeof mask);
            memset(expected, 7, sizeof expected);
            CHECK_OK(wn_prune_layer(network, seed % 2, k / 20.0, before, held, mask));
            naive(network, seed % 2, k / 20.0, before, held, expected);
            CU_ASSERT_EQUAL(memcmp(mask, expected, sizeof mask), 0);
        }
        wn_network_free(network);
        network = NULL;
    }
}

/* Two of three weights: 0.6667 leaves one. */
static void test_three_weights(void)
{
    const size_t widths[] = {3, 1};
    wn_network *network = NULL;
    unsigned char mask[4];
    if (!CHECK_OK(wn_network_new(&network, WN_TASK_REGRESSION, widths, 1)))
        return;
    network->parameters[0] = -0.2f;
    network->parameters[1] = 0.2f;
    network->parameters[2] = 0.1f;
    CHECK_OK(wn_prune_layer(network, 0, 0.6667, NULL, NULL, mask));
    CU_ASSERT_EQUAL(memcmp(mask, "\1\0\0\1", 4), 0);
    CU_ASSERT_EQUAL(wn_prune_count(network, mask), 1);
    wn_prune_apply(network, mask);
    CU_ASSERT_EQUAL(network->parameters[0], -0.2f);
    CU_ASSERT_EQUAL(network->parameters[1], 0.0f);
    wn_network_free(network);
}

static void test_schedule(void)
{
    for (int64_t t = 0; t <= 10; t++)
        CHECK_CLOSE(wn_prune_schedule(0.9, t, 10), 0.9 * (1 - pow(1 - (double)t / 10, 3)), 1e-15);
    CU_ASSERT_EQUAL(wn_prune_schedule(0.9, 0, 0), 0);
    CU_ASSERT_EQUAL(wn_prune_schedule(0.9, 1, 0), 0.9);
}

static wn_status make_recipe(wn_recipe **recipe)
{
    static char a[] = "age", b[] = "income_a", c[] = "income_b";
    static wn_column columns[] = {{.name = a}, {.name = b}, {.name = c}};
    const size_t selected[] = {2, 0, 1};
    wn_catalog catalog = {.n_columns = 3, .columns = columns};
    wn_status status = wn_recipe_new(recipe, &catalog);
    return status == WN_OK ? wn_recipe_select(*recipe, selected, 3) : status;
}

static void test_protect(void)
{
    const size_t widths[] = {3, 2, 2};
    wn_network *network = NULL;
    wn_recipe *recipe = NULL;
    unsigned char protect[32];
    const char *input[] = {"input/age"}, *globs[] = {"input/income_*"}, *layer[] = {"layer2"},
               *wrong[] = {"input/agee"}, *none[] = {"layer9"};
    if (CHECK_OK(wn_network_new(&network, WN_TASK_CLASSIFICATION, widths, 2)) && CHECK_OK(make_recipe(&recipe))) {
        CHECK_OK(wn_prune_protect(network, recipe, input, 1, protect));
        CU_ASSERT_EQUAL(memcmp(protect, "\0\1\0\0\1\0\0\0\0\0\0\0\0\0", network->n_parameters), 0);
        CHECK_OK(wn_prune_protect(network, recipe, globs, 1, protect));
        CU_ASSERT_EQUAL(memcmp(protect, "\1\0\1\1\0\1\0\0\0\0\0\0\0\0", network->n_parameters), 0);
        CHECK_OK(wn_prune_protect(network, recipe, layer, 1, protect));
        CU_ASSERT_EQUAL(memcmp(protect, "\0\0\0\0\0\0\0\0\1\1\1\1\0\0", network->n_parameters), 0);
        CU_ASSERT_EQUAL(wn_prune_protect(network, recipe, wrong, 1, protect), WN_BAD_JOB);
        CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "input/agee is no selected feature"));
        CU_ASSERT_EQUAL(wn_prune_protect(network, recipe, none, 1, protect), WN_BAD_JOB);
    }
    wn_recipe_free(recipe);
    wn_network_free(network);
}

static const wn_test tests[] = {{"layer", test_layer},
                                {"three_weights", test_three_weights},
                                {"schedule", test_schedule},
                                {"protect", test_protect}};

TEST_MAIN("prune", tests)
