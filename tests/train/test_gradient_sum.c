#include "testing.h"

#include "winnow/gradient_sum.h"
#include "winnow/memory.h"
#include "winnow/random.h"
#include "winnow/stop.h"

#include <math.h>
#include <string.h>

enum { LANES = 3, SHARE = 4, MOST = 512 };

static const size_t widths[] = {7, 11, 13, 3};

/* Lane l's gradient: each tensor of its own magnitude, and lanes of different ones. */
static void fill_lane(const wn_network *network, int64_t lane, float *gradient)
{
    wn_random stream = {17, WN_RANDOM_TEST, (uint64_t)lane};
    for (size_t i = 0; i < network->n_parameters; i++)
        gradient[i] = (float)wn_random_normal(stream, i);
    for (size_t l = 0; l < network->n_layers; l++) {
        const wn_layer *layer = &network->layers[l];
        for (size_t i = layer->weight; i < layer->bias + layer->n_out; i++)
            gradient[i] *= ldexpf(1.0f, (int)(20 * l) - 30 + (i >= layer->bias ? 5 : 0) + (int)lane);
    }
    memset(gradient + network->layers[1].bias, 0, 13 * sizeof *gradient);
}

static double lane_loss(int64_t lane)
{
    return lane == 1 ? 0.0 : 3.7 * (double)(lane + 1);
}

/* The sum over `ranks` of the lanes that are dealt to them. */
static wn_status reduce(const wn_ranks *ranks, const wn_network *network, wn_status brings, float *mean, double *loss,
                        int64_t *n_rows)
{
    wn_status status = WN_OK;
    wn_lanes lanes;
    wn_gradient_sum *sum = NULL;
    TRY(wn_lanes_deal(ranks, 11, LANES * SHARE, LANES, 0.5, &lanes));
    TRY(wn_gradient_sum_new(&sum, network, &lanes, false));
    for (int64_t lane = lanes.mine.first; lane < lanes.mine.last; lane++) {
        size_t i = (size_t)(lane - lanes.mine.first);
        fill_lane(network, lane, wn_gradient_sum_lane(sum, i));
        wn_gradient_sum_set(sum, i, lane == 2 ? 3 : SHARE, lane_loss(lane), NULL);
    }
    TRY(wn_gradient_sum_reduce(ranks, sum, brings, mean, loss, n_rows));
done:
    wn_gradient_sum_free(sum);
    return status;
}

static wn_network *made_network(void)
{
    wn_network *network = NULL;
    CHECK_OK(wn_network_new(&network, WN_TASK_CLASSIFICATION, widths, 3));
    return network;
}

static void test_same_bits(void)
{
    wn_ranks alone = wn_ranks_of(MPI_COMM_SELF);
    wn_network *network = made_network();
    float here[MOST], there[MOST], lane[MOST];
    double loss_here = 0.0, loss_there = 1.0, naive[MOST] = {0}, largest[MOST] = {0};
    int64_t rows_here = 0, rows_there = 1;
    CHECK_OK(reduce(&test_ranks, network, WN_OK, here, &loss_here, &rows_here));
    CHECK_OK(reduce(&alone, network, WN_OK, there, &loss_there, &rows_there));
    CU_ASSERT_EQUAL(memcmp(here, there, network->n_parameters * sizeof *here), 0);
    CU_ASSERT_EQUAL(memcmp(&loss_here, &loss_there, sizeof loss_here), 0);
    CU_ASSERT_EQUAL(rows_here, 11);
    CU_ASSERT_EQUAL(rows_there, 11);
    CHECK_CLOSE(loss_here, lane_loss(0) + lane_loss(1) + lane_loss(2), 1e-15);
    for (int64_t l = 0; l < LANES; l++) {
        fill_lane(network, l, lane);
        for (size_t i = 0; i < network->n_parameters; i++)
            naive[i] += (double)lane[i];
        for (size_t l2 = 0; l2 < network->n_layers; l2++) {
            const wn_layer *layer = &network->layers[l2];
            for (size_t i = layer->weight; i < layer->bias + layer->n_out; i++) {
                size_t tensor = 2 * l2 + (i >= layer->bias);
                largest[tensor] = fmax(largest[tensor], fabs((double)lane[i]));
            }
        }
    }
    for (size_t l = 0; l < network->n_layers; l++) {
        const wn_layer *layer = &network->layers[l];
        for (size_t i = layer->weight; i < layer->bias + layer->n_out; i++) {
            double unit = largest[2 * l + (i >= layer->bias)] * 0x1p-27, expected = naive[i] / 11.0;
            CU_ASSERT_TRUE(fabs((double)here[i] - expected) <= LANES * unit / 11.0 + 1e-7 * fabs(expected));
        }
    }
    wn_network_free(network);
}

/* Lane l's rows have these inputs; the third lane's have none. */
static bool has_input(int64_t lane, size_t input)
{
    return lane != 2 && (input + (size_t)lane) % 3 == 0;
}

/* The sum of lanes that have gradients for some inputs only; the others' are 0. */
static wn_status reduce_some(const wn_ranks *ranks, const wn_network *network, bool is_sparse, float *mean)
{
    wn_status status = WN_OK;
    const wn_layer *layer = &network->layers[0];
    wn_lanes lanes;
    wn_gradient_sum *sum = NULL;
    wn_column_set set = {0};
    float whole[MOST];
    double loss;
    int64_t n_rows;
    TRY(wn_lanes_deal(ranks, 11, LANES * SHARE, LANES, 0.5, &lanes));
    TRY(wn_column_set_init(&set, layer->n_in));
    TRY(wn_gradient_sum_new(&sum, network, &lanes, is_sparse));
    for (int64_t lane = lanes.mine.first; lane < lanes.mine.last; lane++) {
        size_t i = (size_t)(lane - lanes.mine.first);
        float *gradient = wn_gradient_sum_lane(sum, i);
        fill_lane(network, lane, whole);
        wn_column_set_empty(&set);
        for (size_t j = 0; j < layer->n_in; j++)
            if (has_input(lane, j))
                wn_column_set_add(&set, (uint32_t)j);
        for (size_t k = 0; k < layer->n_in * layer->n_out; k++)
            whole[k] = has_input(lane, k % layer->n_in) ? whole[k] : 0.0f;
        wn_column_set_list(&set);
        memcpy(gradient, whole, network->n_parameters * sizeof *whole);
        if (is_sparse) {
            memset(gradient, 0x7f, layer->n_in * layer->n_out * sizeof *whole); /* what is not written is not read */
            wn_column_set_gather(&set, whole, layer->n_out, gradient);
        }
        wn_gradient_sum_set(sum, i, SHARE, 1.0, is_sparse ? &set : NULL);
    }
    TRY(wn_gradient_sum_reduce(ranks, sum, WN_OK, mean, &loss, &n_rows));
done:
    wn_column_set_clear(&set);
    wn_gradient_sum_free(sum);
    return status;
}

static void test_sparse(void)
{
    wn_ranks alone = wn_ranks_of(MPI_COMM_SELF);
    wn_network *network = made_network();
    float dense[MOST], sparse[MOST], here[MOST];
    memset(sparse, 0x7f, sizeof sparse);
    memset(here, 0x7f, sizeof here);
    CHECK_OK(reduce_some(&alone, network, false, dense));
    CHECK_OK(reduce_some(&alone, network, true, here));
    CHECK_OK(reduce_some(&test_ranks, network, true, sparse));
    CU_ASSERT_EQUAL(memcmp(dense, here, network->n_parameters * sizeof *dense), 0);
    CU_ASSERT_EQUAL(memcmp(dense, sparse, network->n_parameters * sizeof *dense), 0);
    wn_network_free(network);
}

/* One rank's failure, with its message, is every rank's. */
static void test_failing_rank(void)
{
    wn_network *network = made_network();
    float mean[MOST];
    double loss = -1.0;
    int64_t n_rows = -1;
    bool fails = test_ranks.rank == test_ranks.size - 1;
    wn_status brings = fails ? wn_fail(WN_IO, "the disk is gone") : WN_OK;
    CU_ASSERT_EQUAL(reduce(&test_ranks, network, brings, mean, &loss, &n_rows), WN_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "the disk is gone"));
    CU_ASSERT_EQUAL(loss, -1.0);
    CU_ASSERT_EQUAL(n_rows, -1);
    wn_network_free(network);
}

static void test_stop(void)
{
    wn_network *network = made_network();
    float mean[MOST];
    double loss;
    int64_t n_rows;
    if (test_ranks.rank == test_ranks.size / 2)
        wn_stop_request(0);
    CU_ASSERT_EQUAL(reduce(&test_ranks, network, WN_OK, mean, &loss, &n_rows), WN_STOPPED);
    wn_stop_clear();
    CHECK_OK(reduce(&test_ranks, network, WN_OK, mean, &loss, &n_rows));
    wn_network_free(network);
}

/* A lane with a broken gradient or loss, wherever it lies, is named by every rank. */
enum { BLAMES_NONE, BLAMES_SUM, BLAMES_ROW };

static void check_not_finite(bool gradient_is, bool loss_is, int blames, const char *message)
{
    wn_network *network = made_network();
    wn_gradient_sum *sum = NULL;
    wn_lanes lanes;
    float mean[MOST];
    double loss;
    int64_t n_rows;
    CHECK_OK(wn_lanes_deal(&test_ranks, 12, LANES * SHARE, LANES, 1.0, &lanes));
    CHECK_OK(wn_gradient_sum_new(&sum, network, &lanes, false));
    for (int64_t lane = lanes.mine.first; lane < lanes.mine.last; lane++) {
        size_t i = (size_t)(lane - lanes.mine.first);
        fill_lane(network, lane, wn_gradient_sum_lane(sum, i));
        if (lane == LANES - 1 && gradient_is)
            wn_gradient_sum_lane(sum, i)[network->layers[1].weight + 5] = NAN;
        bool is_finite =
            wn_gradient_sum_set(sum, i, SHARE, lane == LANES - 1 && loss_is ? (double)INFINITY : 1.0, NULL);
        CU_ASSERT_EQUAL(is_finite, lane != LANES - 1);
        if (lane == LANES - 1 && blames == BLAMES_ROW)
            wn_gradient_sum_blame(sum, 0, 41 + lane, true);
        if (blames != BLAMES_NONE)
            wn_gradient_sum_blame(sum, 1, 20 + lane, false);
    }
    wn_gradient_sum_locate(sum, 3, 17);
    CU_ASSERT_EQUAL(wn_gradient_sum_reduce(&test_ranks, sum, WN_OK, mean, &loss, &n_rows), WN_BAD_DATA);
    CU_ASSERT_STRING_EQUAL(wn_status_message(), message);
    wn_gradient_sum_free(sum);
    wn_network_free(network);
}

static void test_not_finite(void)
{
    check_not_finite(true, false, BLAMES_NONE, "gradient is not finite in epoch 3, batch 17, layer layer2");
    check_not_finite(true, true, BLAMES_NONE, "loss is not finite in epoch 3, batch 17, layer layer2");
    check_not_finite(false, true, BLAMES_NONE, "loss is not finite in epoch 3, batch 17, layer layer3");
    check_not_finite(true, true, BLAMES_ROW,
                     "loss is not finite in epoch 3, batch 17, layer layer1, row 43 of the table");
    check_not_finite(
        true, true, BLAMES_SUM,
        "loss is not finite in epoch 3, batch 17, layer layer2, in the sum over row 20 of the table and others");
}

/* All lanes at the largest magnitude there is: the integers must not overflow. */
static void test_extremes(void)
{
    const float extremes[] = {3.4028235e38f, -3.4028235e38f, 1e-45f, -1e-45f, 0.0f};
    wn_network *network = made_network();
    for (size_t e = 0; e < sizeof extremes / sizeof *extremes; e++)
        for (int64_t n_lanes = 1; n_lanes <= 64; n_lanes += 9) {
            wn_gradient_sum *sum = NULL;
            wn_lanes lanes;
            float mean[MOST];
            double loss = -1.0;
            int64_t n_rows = -1;
            CHECK_OK(wn_lanes_deal(&test_ranks, 1000, n_lanes, n_lanes, 1.0, &lanes));
            CHECK_OK(wn_gradient_sum_new(&sum, network, &lanes, false));
            for (int64_t lane = 0; lane < lanes.mine.last - lanes.mine.first; lane++) {
                for (size_t i = 0; i < network->n_parameters; i++)
                    wn_gradient_sum_lane(sum, (size_t)lane)[i] = extremes[e];
                wn_gradient_sum_set(sum, (size_t)lane, 1, 1e300, NULL);
            }
            CHECK_OK(wn_gradient_sum_reduce(&test_ranks, sum, WN_OK, mean, &loss, &n_rows));
            CU_ASSERT_EQUAL(n_rows, n_lanes);
            CHECK_CLOSE(loss, 1e300 * (double)n_lanes, 1e-15);
            for (size_t i = 0; i < network->n_parameters && fabsf(extremes[e]) != 1e-45f; i++)
                CHECK_CLOSE((double)mean[i], (double)extremes[e], 1e-6);
            wn_gradient_sum_free(sum);
        }
    wn_network_free(network);
}

/* No lane has a row: nothing to divide by, and nothing to step on. */
static void test_no_rows(void)
{
    wn_network *network = made_network();
    wn_gradient_sum *sum = NULL;
    wn_lanes lanes;
    float mean[MOST];
    double loss = -1.0;
    int64_t n_rows = -1;
    CHECK_OK(wn_lanes_deal(&test_ranks, 0, 8, 8, 1.0, &lanes));
    CHECK_OK(wn_gradient_sum_new(&sum, network, &lanes, false));
    CHECK_OK(wn_gradient_sum_reduce(&test_ranks, sum, WN_OK, mean, &loss, &n_rows));
    CU_ASSERT_EQUAL(n_rows, 0);
    CU_ASSERT_EQUAL(loss, 0.0);
    for (size_t i = 0; i < network->n_parameters; i++)
        CU_ASSERT_EQUAL(mean[i], 0.0f);
    wn_gradient_sum_free(sum);
    wn_network_free(network);
}

static void test_failing_allocations(void)
{
    wn_network *network = made_network();
    wn_gradient_sum *sum = NULL;
    wn_lanes lanes;
    CHECK_OK(wn_lanes_deal(&test_ranks, 12, LANES * SHARE, LANES, 1.0, &lanes));
    size_t used = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1; status != WN_OK && nth < 30; nth++) {
        wn_memory_fail_at(nth);
        status = wn_gradient_sum_new(&sum, network, &lanes, true);
        wn_memory_fail_at(0);
        CU_ASSERT_TRUE(status == WN_OK || (status == WN_NO_MEMORY && sum == NULL && wn_memory_used() == used));
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    wn_gradient_sum_free(sum);
    CU_ASSERT_EQUAL(wn_memory_used(), used);
    wn_network_free(network);
}

static const wn_test tests[] = {
    {"same bits at any rank count", test_same_bits},   {"a rank that fails", test_failing_rank},
    {"a rank that wants to stop", test_stop},          {"not finite", test_not_finite},
    {"largest and least magnitudes", test_extremes},   {"no rows", test_no_rows},
    {"failing allocations", test_failing_allocations}, {"gradients of some inputs", test_sparse},
};

TEST_MAIN("train/gradient_sum", tests)
