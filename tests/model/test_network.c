#include "testing.h"

#include "winnow/memory.h"
#include "winnow/random.h"

#include "workspace.h"

#include <math.h>
#include <string.h>

enum { ROWS = 12, VALID = 9, WIDEST = 32, DEPTH = 4, MOST_PARAMETERS = 2048 };

static void fill(float *out, size_t n, uint64_t which)
{
    wn_random stream = {11, WN_RANDOM_TEST, which};
    for (size_t i = 0; i < n; i++)
        out[i] = (float)(2.0 * wn_random_uniform(stream, i) - 1.0);
}

/* A network with random weights and biases; NULL where it failed. */
static wn_network *made_network(wn_task task, const size_t *widths, size_t n_layers)
{
    wn_network *network = NULL;
    CHECK_OK(wn_network_new(&network, task, widths, n_layers));
    if (network != NULL)
        fill(network->parameters, network->n_parameters, n_layers);
    return network;
}

/* One row's outputs of every layer in double; units that `alive` (a workspace after dropout) shows as 0 are silent. */
static void naive_forward(const wn_network *network, const float *x, const wn_workspace *alive, size_t row,
                          double scale, double output[DEPTH][WIDEST])
{
    for (size_t l = 0; l < network->n_layers; l++) {
        const wn_layer *layer = &network->layers[l];
        for (size_t o = 0; o < layer->n_out; o++) {
            double z = (double)network->parameters[layer->bias + o];
            for (size_t i = 0; i < layer->n_in; i++)
                z += (double)network->parameters[layer->weight + o * layer->n_in + i] *
                     (l == 0 ? (double)x[i] : output[l - 1][i]);
            if (layer->activation == WN_ACTIVATION_RELU)
                z = z > 0.0 && (alive == NULL || alive->output[l][row * layer->n_out + o] > 0.0f) ? z * scale : 0.0;
            output[l][o] = z;
        }
    }
}

/* The loss of one row; output becomes its gradient. */
static double naive_loss(wn_task task, double *output, size_t n, float target)
{
    if (task == WN_TASK_REGRESSION) {
        double error = output[0] - (double)target;
        output[0] = 2.0 * error;
        return error * error;
    }
    double sum = 0.0, at_target = output[(size_t)target];
    for (size_t j = 0; j < n; j++)
        sum += exp(output[j]);
    for (size_t j = 0; j < n; j++)
        output[j] = exp(output[j]) / sum - (j == (size_t)target ? 1.0 : 0.0);
    return log(sum) - at_target;
}

static double naive_gradient(const wn_network *network, const float *x, const float *targets, const wn_workspace *alive,
                             double scale, double *gradient)
{
    double loss = 0.0, output[DEPTH][WIDEST], delta[WIDEST], below[WIDEST];
    memset(gradient, 0, network->n_parameters * sizeof *gradient);
    for (size_t r = 0; r < VALID; r++) {
        const float *row = x + r * network->n_inputs;
        size_t last = network->n_layers - 1;
        naive_forward(network, row, alive, r, scale, output);
        loss += naive_loss(network->task, output[last], network->n_outputs, targets[r]);
        memcpy(delta, output[last], sizeof delta);
        for (size_t l = network->n_layers; l-- > 0;) {
            const wn_layer *layer = &network->layers[l];
            memset(below, 0, sizeof below);
            for (size_t o = 0; o < layer->n_out; o++) {
                gradient[layer->bias + o] += delta[o];
                for (size_t i = 0; i < layer->n_in; i++) {
                    double in = l == 0 ? (double)row[i] : output[l - 1][i];
                    gradient[layer->weight + o * layer->n_in + i] += delta[o] * in;
                    below[i] += delta[o] * (double)network->parameters[layer->weight + o * layer->n_in + i];
                }
            }
            for (size_t i = 0; l > 0 && i < layer->n_in; i++) {
                bool is_relu = network->layers[l - 1].activation == WN_ACTIVATION_RELU;
                delta[i] = !is_relu ? below[i] : output[l - 1][i] > 0.0 ? below[i] * scale : 0.0;
            }
        }
    }
    return loss;
}

/* The gradient of a network against the naive one; rows from VALID on are padding. */
static void check_gradient(wn_network *network, float dropout)
{
    wn_workspace *workspace = NULL;
    static float x[ROWS * WIDEST], targets[ROWS], gradient[MOST_PARAMETERS];
    static double naive[MOST_PARAMETERS];
    if (network == NULL || !CHECK_OK(wn_workspace_new(&workspace, network, ROWS)))
        return;
    fill(x, ROWS * network->n_inputs, 77);
    memset(x + VALID * network->n_inputs, 0, (ROWS - VALID) * network->n_inputs * sizeof *x);
    for (size_t r = 0; r < ROWS; r++)
        targets[r] = network->task == WN_TASK_REGRESSION ? 0.3f * (float)r : (float)(r % network->n_outputs);
    network->dropout = dropout;
    double loss =
        wn_network_gradient(network, workspace, x, targets, ROWS, VALID, (wn_dropout_draw){3, 4, 5}, gradient);
    double naive_sum =
        naive_gradient(network, x, targets, dropout > 0.0f ? workspace : NULL, 1.0 / (1.0 - (double)dropout), naive);
    CHECK_CLOSE(loss, naive_sum, 1e-5);
    for (size_t i = 0; i < network->n_parameters; i++)
        CHECK_CLOSE((double)gradient[i], naive[i], 1e-5);
    wn_workspace_free(workspace);
}

static void test_gradients(void)
{
    const size_t linear[] = {5, 1}, logistic[] = {7, 4}, mlp[] = {19, 32, 17, 6}, deep[] = {6, 8, 9, 10, 1};
    const struct {
        wn_task task;
        const size_t *widths;
        size_t n_layers;
    } cases[] = {{WN_TASK_REGRESSION, linear, 1},
                 {WN_TASK_CLASSIFICATION, logistic, 1},
                 {WN_TASK_CLASSIFICATION, mlp, 3},
                 {WN_TASK_REGRESSION, deep, 4}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int with_dropout = 0; with_dropout < 2; with_dropout++) {
            wn_network *network = made_network(cases[c].task, cases[c].widths, cases[c].n_layers);
            check_gradient(network, with_dropout ? 0.25f : 0.0f);
            wn_network_free(network);
        }
}

/* Dropout belongs to the gradient alone and changes with each part of its draw. */
static void test_dropout_draws(void)
{
    const size_t widths[] = {6, 32, 3};
    wn_network *network = made_network(WN_TASK_CLASSIFICATION, widths, 2);
    wn_workspace *workspace = NULL;
    float x[ROWS * 6], targets[ROWS] = {0}, first[MOST_PARAMETERS], second[MOST_PARAMETERS], plain[ROWS * 3];
    const wn_dropout_draw draws[] = {{1, 0, 0}, {1, 0, 0}, {2, 0, 0}, {1, 1, 0}, {1, 0, 1}};
    if (network == NULL || !CHECK_OK(wn_workspace_new(&workspace, network, ROWS)))
        return;
    size_t n_bytes = network->n_parameters * sizeof *first;
    fill(x, ROWS * 6, 1);
    memcpy(plain, wn_network_forward(network, workspace, x, ROWS), sizeof plain);
    network->dropout = 0.5f;
    CU_ASSERT_EQUAL(memcmp(plain, wn_network_forward(network, workspace, x, ROWS), sizeof plain), 0);
    wn_network_gradient(network, workspace, x, targets, ROWS, ROWS, draws[0], first);
    for (size_t i = 1; i < sizeof draws / sizeof *draws; i++) {
        wn_network_gradient(network, workspace, x, targets, ROWS, ROWS, draws[i], second);
        CU_ASSERT_EQUAL(memcmp(first, second, n_bytes) == 0, i == 1);
    }
    wn_workspace_free(workspace);
    wn_network_free(network);
}

static void test_no_valid_rows(void)
{
    const size_t widths[] = {3, 4, 2};
    wn_network *network = made_network(WN_TASK_CLASSIFICATION, widths, 2);
    wn_workspace *workspace = NULL;
    float x[6] = {0}, targets[2] = {-7.0f, -7.0f}, gradient[64];
    if (network == NULL || !CHECK_OK(wn_workspace_new(&workspace, network, 2)))
        return;
    memset(gradient, 1, sizeof gradient);
    CU_ASSERT_EQUAL(wn_network_gradient(network, workspace, x, targets, 2, 0, (wn_dropout_draw){0, 0, 0}, gradient),
                    0.0);
    for (size_t i = 0; i < network->n_parameters; i++)
        CU_ASSERT_EQUAL(gradient[i], 0.0f);
    wn_workspace_free(workspace);
    wn_network_free(network);
}

static void test_initial_weights(void)
{
    const size_t widths[] = {40, 30, 5}, single[] = {40, 5};
    wn_network *network = made_network(WN_TASK_CLASSIFICATION, widths, 2), *same = NULL;
    wn_network *logistic = made_network(WN_TASK_CLASSIFICATION, single, 1);
    if (network == NULL || logistic == NULL || !CHECK_OK(wn_network_copy(&same, network)))
        return;
    wn_network_initialize(network, 5);
    wn_network_initialize(same, 5);
    wn_network_initialize(logistic, 5);
    CU_ASSERT_EQUAL(memcmp(network->parameters, same->parameters, network->n_parameters * sizeof(float)), 0);
    for (size_t l = 0; l < 2; l++) {
        const wn_layer *layer = &network->layers[l];
        double bound = 1.0 / sqrt((double)layer->n_in), largest = 0.0, sum = 0.0;
        for (size_t i = 0; i < layer->n_in * layer->n_out; i++) {
            double w = (double)network->parameters[layer->weight + i];
            largest = fabs(w) > largest ? fabs(w) : largest;
            sum += w;
        }
        CU_ASSERT_TRUE(largest <= bound && largest > 0.9 * bound);
        double n = (double)(layer->n_in * layer->n_out);
        CU_ASSERT_TRUE(fabs(sum) < 5.0 * bound * sqrt(n / 3.0));
        for (size_t o = 0; o < layer->n_out; o++)
            CU_ASSERT_TRUE(fabs((double)network->parameters[layer->bias + o]) <= bound);
    }
    for (size_t i = 0; i < logistic->n_parameters; i++)
        CU_ASSERT_EQUAL(logistic->parameters[i], 0.0f);
    wn_network_initialize(same, 6);
    CU_ASSERT_NOT_EQUAL(wn_hash_compare(wn_network_hash(network), wn_network_hash(same)), 0);
    wn_network_free(logistic);
    wn_network_free(same);
    wn_network_free(network);
}

/* The wide network of features gives what the narrow one gives of their components. */
static void test_projection(void)
{
    double mean[3] = {1.0, -2.0, 0.5}, components[6] = {0.6, 0.8, 0.0, -0.8, 0.6, 0.1};
    wn_projection projection = {.n_components = 2, .n_features = 3, .mean = mean, .components = components};
    wn_recipe recipe = {.projection = &projection};
    const size_t widths[] = {2, 4, 3};
    wn_network *network = made_network(WN_TASK_CLASSIFICATION, widths, 2), *wide = NULL, *plain = NULL;
    wn_workspace *narrow_space = NULL, *wide_space = NULL;
    float x[6] = {1.0f, 2.0f, 3.0f, -1.0f, 0.25f, 4.0f}, z[4];
    if (network == NULL || !CHECK_OK(wn_network_with_projection(&wide, network, &recipe)) ||
        !CHECK_OK(wn_workspace_new(&narrow_space, network, 2)) || !CHECK_OK(wn_workspace_new(&wide_space, wide, 2)))
        return;
    for (size_t r = 0; r < 2; r++)
        for (size_t k = 0; k < 2; k++) {
            double sum = 0.0;
            for (size_t j = 0; j < 3; j++)
                sum += components[3 * k + j] * ((double)x[3 * r + j] - mean[j]);
            z[2 * r + k] = (float)sum;
        }
    const float *narrow = wn_network_forward(network, narrow_space, z, 2);
    const float *outputs = wn_network_forward(wide, wide_space, x, 2);
    for (size_t i = 0; i < 6; i++)
        CHECK_CLOSE((double)outputs[i], (double)narrow[i], 1e-5);
    CU_ASSERT_STRING_EQUAL(wide->layers[0].name, "projection");
    CU_ASSERT_STRING_EQUAL(wide->layers[1].name, "layer1");
    CU_ASSERT_EQUAL(wide->layers[0].activation, WN_ACTIVATION_NONE);
    CU_ASSERT_EQUAL(wide->layers[1].activation, WN_ACTIVATION_RELU);
    check_gradient(wide, 0.25f);

    recipe.projection = NULL;
    CHECK_OK(wn_network_with_projection(&plain, network, &recipe));
    if (plain != NULL)
        CU_ASSERT_EQUAL(wn_hash_compare(wn_network_hash(plain), wn_network_hash(network)), 0);
    recipe.projection = &projection;
    wn_network *wrong = NULL;
    CU_ASSERT_EQUAL(wn_network_with_projection(&wrong, wide, &recipe), WN_INTERNAL);
    wn_network_free(plain);
    wn_network_free(wide);
    wn_network_free(network);
    wn_workspace_free(narrow_space);
    wn_workspace_free(wide_space);
}

/* Appended features come out of the projection as they are, behind the components. */
static void test_append(void)
{
    double mean[2] = {1.0, -2.0}, components[2] = {0.6, 0.8};
    wn_projection projection = {
        .appends = true, .n_components = 1, .n_features = 2, .mean = mean, .components = components};
    wn_recipe recipe = {.projection = &projection};
    const size_t widths[] = {3, 4, 3};
    wn_network *network = made_network(WN_TASK_CLASSIFICATION, widths, 2), *wide = NULL;
    wn_workspace *narrow_space = NULL, *wide_space = NULL;
    const float x[2] = {3.0f, 0.25f};
    float seen[3] = {(float)(0.6 * 2.0 + 0.8 * 2.25), x[0], x[1]};
    if (network != NULL && CHECK_OK(wn_network_with_projection(&wide, network, &recipe)) &&
        CHECK_OK(wn_workspace_new(&narrow_space, network, 1)) && CHECK_OK(wn_workspace_new(&wide_space, wide, 1))) {
        const float *narrow = wn_network_forward(network, narrow_space, seen, 1);
        const float *outputs = wn_network_forward(wide, wide_space, x, 1);
        for (size_t i = 0; i < 3; i++)
            CHECK_CLOSE((double)outputs[i], (double)narrow[i], 1e-5);
    }
    wn_workspace_free(wide_space);
    wn_workspace_free(narrow_space);
    wn_network_free(wide);
    wn_network_free(network);
}

static void test_bad_shapes(void)
{
    const size_t none[] = {3, 0}, two[] = {3, 2};
    wn_network *network = NULL;
    CU_ASSERT_EQUAL(wn_network_new(&network, WN_TASK_CLASSIFICATION, none, 1), WN_INTERNAL);
    CU_ASSERT_EQUAL(wn_network_new(&network, WN_TASK_REGRESSION, two, 1), WN_INTERNAL);
    CU_ASSERT_EQUAL(wn_network_new(&network, WN_TASK_REGRESSION, two, 0), WN_INTERNAL);
    CU_ASSERT_PTR_NULL(network);
}

static void test_not_finite(void)
{
    const size_t widths[] = {3, 4, 4, 2};
    wn_network *network = made_network(WN_TASK_CLASSIFICATION, widths, 3);
    wn_workspace *workspace = NULL;
    float x[3] = {1.0f, 1.0f, 1.0f}, targets[1] = {0.0f}, gradient[128];
    if (network == NULL || !CHECK_OK(wn_workspace_new(&workspace, network, 1)))
        return;
    network->parameters[network->layers[1].bias + 2] = NAN;
    double loss = wn_network_gradient(network, workspace, x, targets, 1, 1, (wn_dropout_draw){0, 0, 0}, gradient);
    CU_ASSERT_FALSE(isfinite(loss));
    CU_ASSERT_EQUAL(wn_network_not_finite(network, workspace, 1), 1);
    wn_workspace_free(workspace);
    wn_network_free(network);
}

static wn_status make_everything(void)
{
    wn_status status = WN_OK;
    const size_t widths[] = {2, 4, 3};
    double mean[3] = {0}, components[6] = {0};
    wn_projection projection = {.n_components = 2, .n_features = 3, .mean = mean, .components = components};
    wn_recipe recipe = {.projection = &projection};
    wn_network *network = NULL, *copy = NULL, *wide = NULL;
    wn_workspace *workspace = NULL;
    TRY(wn_network_new(&network, WN_TASK_CLASSIFICATION, widths, 2));
    TRY(wn_network_copy(&copy, network));
    TRY(wn_network_with_projection(&wide, network, &recipe));
    TRY(wn_workspace_new(&workspace, network, 5));
done:
    wn_workspace_free(workspace);
    wn_network_free(wide);
    wn_network_free(copy);
    wn_network_free(network);
    return status;
}

static void test_failing_allocations(void)
{
    size_t used = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1; status != WN_OK && nth < 100; nth++) {
        wn_memory_fail_at(nth);
        status = make_everything();
        wn_memory_fail_at(0);
        CU_ASSERT_TRUE(status == WN_OK || status == WN_NO_MEMORY);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
    }
    CU_ASSERT_EQUAL(status, WN_OK);
}

static const wn_test tests[] = {
    {"gradients against naive ones", test_gradients},
    {"dropout's draws", test_dropout_draws},
    {"a lane without rows", test_no_valid_rows},
    {"initial weights", test_initial_weights},
    {"projection as first layer", test_projection},
    {"appended features", test_append},
    {"impossible shapes", test_bad_shapes},
    {"where it stops being finite", test_not_finite},
    {"failing allocations", test_failing_allocations},
};

TEST_MAIN("model/network", tests)
