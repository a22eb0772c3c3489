/* Codes against the definition and the error bound, and no leak when memory runs out. */
#include "testing.h"

#include "winnow/memory.h"
#include "winnow/quantize.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

static wn_status make_network(wn_network **network)
{
    const size_t widths[] = {50, 20, 3};
    wn_status status = wn_network_new(network, WN_TASK_CLASSIFICATION, widths, 2);
    for (size_t i = 0; status == WN_OK && i < (*network)->n_parameters; i++) {
        double u = wn_random_normal((wn_random){1, WN_RANDOM_TEST, 0}, i);
        (*network)->parameters[i] = (float)(u * exp(3 * sin((double)(i / 50))));
    }
    if (status == WN_OK)
        memset((*network)->parameters, 0, 50 * sizeof(float)); /* one output without weights */
    return status;
}

static bool has_bits(double value, int bits)
{
    return value == 0 || fmod(fabs(value), ldexp(1, ilogb(value) - bits + 1)) == 0;
}

static void check_row(const wn_network *network, const wn_layer *layer, const wn_coded_layer *coded,
                      const unsigned char *mask, size_t o)
{
    double most = 0, scale = (double)coded->scale[o];
    for (size_t i = 0; i < layer->n_in; i++)
        if (mask[layer->weight + o * layer->n_in + i] != 0)
            most = fmax(most, fabs((double)network->parameters[layer->weight + o * layer->n_in + i]));
    CU_ASSERT_TRUE(has_bits(scale, 8));
    CU_ASSERT_TRUE(most == 0 ? scale == 1 : scale >= most / 127 && scale <= most / 127 * (1 + 1.0 / 128));
    for (size_t i = 0; i < layer->n_in; i++) {
        size_t place = o * layer->n_in + i;
        double weight = (double)network->parameters[layer->weight + place];
        bool is_stored = mask[layer->weight + place] != 0;
        CU_ASSERT_TRUE(is_stored || coded->symbol[place] == 0);
        CU_ASSERT_TRUE(!is_stored || fabs(weight - scale * coded->symbol[place]) <= scale / 2 * (1 + 1e-6));
        CU_ASSERT_EQUAL(coded->mask[place], mask[layer->weight + place]);
    }
    double bias = (double)network->parameters[layer->bias + o];
    CU_ASSERT_TRUE(fabs((double)coded->bias[o] - bias) <= fabs(bias) / 4096 && has_bits((double)coded->bias[o], 12));
}

static void test_int8(void)
{
    wn_network *network = NULL, *decoded = NULL;
    wn_coding *coding = NULL;
    unsigned char mask[2000];
    for (size_t i = 0; i < sizeof mask; i++)
        mask[i] = wn_random_uniform((wn_random){2, WN_RANDOM_TEST, 0}, i) < 0.4;
    if (CHECK_OK(make_network(&network)) && CHECK_OK(wn_quantize_int8(network, mask, &coding)) &&
        CHECK_OK(wn_network_copy(&decoded, network))) {
        wn_coding_decode(coding, decoded);
        for (size_t l = 0; l < 2; l++) {
            const wn_layer *layer = &network->layers[l];
            const wn_coded_layer *coded = &coding->layers[l];
            CU_ASSERT_EQUAL(coded->code, WN_CODE_INT8);
            for (size_t o = 0; o < layer->n_out; o++)
                check_row(network, layer, coded, mask, o);
            for (size_t i = 0; i < layer->n_in * layer->n_out; i++)
                CU_ASSERT_EQUAL(decoded->parameters[layer->weight + i],
                                coded->scale[i / layer->n_in] * (float)coded->symbol[i]);
            CU_ASSERT_EQUAL(memcmp(decoded->parameters + layer->bias, coded->bias, layer->n_out * sizeof(float)), 0);
        }
    }
    wn_coding_free(coding);
    wn_network_free(decoded);
    wn_network_free(network);
}

/* Without a mask what is not 0 is stored. */
static void test_without_mask(void)
{
    wn_network *network = NULL;
    wn_coding *coding = NULL;
    if (CHECK_OK(make_network(&network)) && CHECK_OK(wn_quantize_int8(network, NULL, &coding)))
        for (size_t i = 0; i < 1000; i++)
            CU_ASSERT_EQUAL(coding->layers[0].mask[i], network->parameters[i] != 0.0f);
    wn_coding_free(coding);
    wn_network_free(network);
}

static void test_extremes(void)
{
    const size_t widths[] = {4, 1};
    wn_network *network = NULL;
    wn_coding *coding = NULL;
    const float numbers[] = {3e38f, -3e38f, 1e-45f, 0.0f, -1e38f};
    if (CHECK_OK(wn_network_new(&network, WN_TASK_REGRESSION, widths, 1))) {
        memcpy(network->parameters, numbers, sizeof numbers);
        CHECK_OK(wn_quantize_int8(network, NULL, &coding));
        wn_coding_decode(coding, network);
        for (size_t i = 0; i < 5; i++)
            CU_ASSERT_TRUE(fabs((double)network->parameters[i] - (double)numbers[i]) <= 3e38 / 127);
    }
    wn_coding_free(coding);
    wn_network_free(network);
}

static void test_no_memory(void)
{
    wn_network *network = NULL;
    if (!CHECK_OK(make_network(&network)))
        return;
    size_t before = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1; status != WN_OK && nth < 100; nth++) {
        wn_coding *coding = NULL;
        wn_memory_fail_at(nth);
        status = wn_quantize_int8(network, NULL, &coding);
        wn_memory_fail_at(0);
        CU_ASSERT_TRUE(status == WN_OK || status == WN_NO_MEMORY);
        wn_coding_free(coding);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    wn_network_free(network);
}

static const wn_test tests[] = {{"int8", test_int8},
                                {"without_mask", test_without_mask},
                                {"extremes", test_extremes},
                                {"no_memory", test_no_memory}};

TEST_MAIN("quantize", tests)
