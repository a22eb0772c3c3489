#include "testing.h"

#include "winnow/log.h"
#include "winnow/memory.h"
#include "winnow/random.h"
#include "winnow/stop.h"
#include "winnow/trainer.h"

#include "lane_dataset.h"
#include "problem.h"

#include <math.h>

/* The same parameters, losses and metrics, bit by bit, on these ranks as on one. */
static void check_same_bits(const problem *p)
{
    wn_ranks alone = wn_ranks_of(MPI_COMM_SELF);
    wn_network *here = NULL, *there = NULL;
    wn_epoch *epochs_here = NULL, *epochs_there = NULL;
    bool trained = CHECK_OK(problem_train(&test_ranks, p, &here, &epochs_here));
    trained = CHECK_OK(problem_train(&alone, p, &there, &epochs_there)) && trained;
    if (trained) {
        CU_ASSERT_EQUAL(memcmp(here->parameters, there->parameters, here->n_parameters * sizeof(float)), 0);
        for (int64_t e = 0; e < p->n_epochs; e++) {
            CU_ASSERT_EQUAL(memcmp(&epochs_here[e].loss, &epochs_there[e].loss, sizeof(double)), 0);
            CU_ASSERT_EQUAL(epochs_here[e].epoch, e + 1);
            CU_ASSERT_EQUAL(epochs_here[e].has_validation, p->has_validation);
            CU_ASSERT_EQUAL(epochs_here[e].validation.n_rows, p->has_validation ? 160 : 0);
            CU_ASSERT_EQUAL(memcmp(&epochs_here[e].validation.loss, &epochs_there[e].validation.loss, sizeof(double)),
                            0);
        }
    }
    wn_free(epochs_there);
    wn_free(epochs_here);
    wn_network_free(there);
    wn_network_free(here);
}

static void test_same_bits(void)
{
    problem p = problem_plain;
    problem_fill();
    check_same_bits(&p);
    p.dropout = 0.3f;
    p.rank0_share = 1.0;
    check_same_bits(&p);
    p.task = WN_TASK_REGRESSION;
    p.optimizer = WN_OPTIMIZER_SGD;
    p.learning_rate = 0.001;
    p.n_lanes = 16;
    check_same_bits(&p);
    p.optimizer = WN_OPTIMIZER_ADAGRAD;
    p.has_validation = false;
    p.n_lanes = 1;
    check_same_bits(&p);
}

/* Four rows in eight lanes of 64. */
static void test_empty_lanes(void)
{
    problem p = problem_plain;
    problem_fill();
    p.n_rows = 4;
    p.batch = 512;
    p.n_lanes = 8;
    p.n_epochs = 10;
    check_same_bits(&p);
    p.task = WN_TASK_REGRESSION;
    p.has_hidden = false;
    check_same_bits(&p);
}

/* Sparse rows train as the same dense ones do, to rounding; many steps of a linear model, for a unit of a hidden layer
 * may fall silent by a rounding. */
static void check_like_dense(const problem *sparse)
{
    problem dense = *sparse;
    wn_network *a = NULL, *b = NULL;
    wn_epoch *of_a = NULL, *of_b = NULL;
    dense.is_sparse = false;
    bool is_trained = CHECK_OK(problem_train(&test_ranks, sparse, &a, &of_a)) &&
                      CHECK_OK(problem_train(&test_ranks, &dense, &b, &of_b));
    for (size_t i = 0; is_trained && i < a->n_parameters; i++)
        CHECK_CLOSE((double)a->parameters[i], (double)b->parameters[i], 1e-4);
    for (int64_t e = 0; is_trained && e < sparse->n_epochs; e++) {
        CHECK_CLOSE(of_a[e].loss, of_b[e].loss, 1e-5);
        CHECK_CLOSE(of_a[e].validation.loss, of_b[e].validation.loss, 1e-5);
    }
    wn_free(of_b);
    wn_free(of_a);
    wn_network_free(b);
    wn_network_free(a);
}

static void test_sparse(void)
{
    problem p = problem_plain;
    problem_fill_thin();
    p.is_sparse = true;
    check_same_bits(&p);
    p.n_epochs = 1;
    check_like_dense(&p);
    p.dropout = 0.3f;
    p.rank0_share = 1.0;
    p.n_lanes = 16;
    p.optimizer = WN_OPTIMIZER_ADAGRAD;
    check_same_bits(&p);
    p.has_hidden = false;
    p.n_epochs = 3;
    check_same_bits(&p);
    check_like_dense(&p);
    p.task = WN_TASK_REGRESSION;
    p.optimizer = WN_OPTIMIZER_SGD;
    p.learning_rate = 0.001;
    check_like_dense(&p);
    p.n_rows = 4; /* lanes without rows */
    p.batch = 512;
    check_same_bits(&p);
}

/* A model without hidden layer on a linear table finds its coefficients. */
static void test_reaches_solution(void)
{
    problem p = problem_plain;
    wn_network *network = NULL;
    wn_epoch *epochs = NULL;
    problem_fill();
    p.task = WN_TASK_REGRESSION;
    p.has_hidden = false;
    p.optimizer = WN_OPTIMIZER_SGD;
    p.learning_rate = 0.01;
    p.n_epochs = 40;
    if (CHECK_OK(problem_train(&test_ranks, &p, &network, &epochs))) {
        for (size_t j = 0; j < INPUTS; j++)
            CHECK_CLOSE((double)network->parameters[j], (double)(j + 1), 1e-3);
        CHECK_CLOSE((double)network->parameters[INPUTS], 1.5, 1e-3);
        CU_ASSERT_TRUE(epochs[39].validation.r2 > 0.9999);
        CU_ASSERT_TRUE(epochs[39].loss < epochs[0].loss);
    }
    wn_free(epochs);
    wn_network_free(network);
}

static void test_learns_classes(void)
{
    problem p = problem_plain;
    wn_network *network = NULL;
    wn_epoch *epochs = NULL;
    problem_fill();
    p.n_epochs = 10;
    if (CHECK_OK(problem_train(&test_ranks, &p, &network, &epochs)))
        CU_ASSERT_TRUE(epochs[9].validation.accuracy > 0.97);
    wn_free(epochs);
    wn_network_free(network);
}

/* One step of SGD at batch = all rows is a step along the mean gradient of all of them, as made by hand. */
static void test_one_step(void)
{
    problem p = problem_plain;
    wn_network *network = NULL;
    double gradient[INPUTS + 1] = {0};
    problem_fill();
    p.task = WN_TASK_REGRESSION;
    p.has_hidden = p.has_validation = false;
    p.optimizer = WN_OPTIMIZER_SGD;
    p.learning_rate = 0.01;
    p.batch = 704;
    p.n_lanes = 4;
    p.n_epochs = 1;
    if (CHECK_OK(problem_train(&test_ranks, &p, &network, NULL))) {
        for (size_t r = 0; r < ROWS; r++) {
            for (size_t j = 0; j < INPUTS; j++)
                gradient[j] -= 2.0 * (double)problem_values[r] * (double)problem_features[r * INPUTS + j];
            gradient[INPUTS] -= 2.0 * (double)problem_values[r];
        }
        for (size_t j = 0; j <= INPUTS; j++)
            CHECK_CLOSE((double)network->parameters[j], -0.01 * gradient[j] / ROWS, 1e-6);
    }
    wn_network_free(network);
}

/* What the hooks saw. */
typedef struct {
    int64_t n_steps, n_epochs, fail_step, fail_epoch, stop_step;
    wn_status fails_with;
    unsigned char *mask;
    int n_violations;
} witness;

static wn_status watch_step(void *context, int64_t step, wn_network *network)
{
    witness *seen = context;
    seen->n_violations += step != seen->n_steps;
    seen->n_steps++;
    for (size_t i = 0; seen->mask != NULL && step > 0 && i < network->n_parameters; i++)
        seen->n_violations += seen->mask[i] == 0 && network->parameters[i] != 0.0f;
    if (seen->mask != NULL && step == 5)
        memset(seen->mask + 7, 0, 11);
    if (step == seen->stop_step && test_ranks.rank == test_ranks.size - 1)
        wn_stop_request(0);
    if (step == seen->fail_step && test_ranks.rank == test_ranks.size - 1)
        return wn_fail(seen->fails_with, "the hook failed");
    return WN_OK;
}

static wn_status watch_epoch(void *context, const wn_epoch *epoch)
{
    witness *seen = context;
    seen->n_epochs++;
    seen->n_violations += epoch->epoch != seen->n_epochs || !(epoch->loss > 0.0) || !epoch->has_validation;
    if (epoch->epoch == seen->fail_epoch && test_ranks.rank == 0)
        return wn_fail(WN_CANT_CREATE, "the epoch's hook failed");
    return WN_OK;
}

static wn_status train_watched(witness *seen, wn_network **network)
{
    problem p = problem_plain;
    wn_epoch *epochs = NULL;
    problem_fill();
    p.mask = seen->mask;
    p.hooks = (wn_trainer_hooks){.before_step = watch_step, .after_epoch = watch_epoch, .context = seen};
    wn_status status = problem_train(&test_ranks, &p, network, &epochs);
    CU_ASSERT_EQUAL(epochs != NULL, status == WN_OK);
    wn_free(epochs);
    return status;
}

static void test_mask(void)
{
    unsigned char mask[MOST];
    wn_network *network = NULL;
    memset(mask, 1, sizeof mask);
    mask[2] = mask[60] = 0;
    witness seen = {.fail_step = -1, .stop_step = -1, .mask = mask};
    CHECK_OK(train_watched(&seen, &network));
    CU_ASSERT_EQUAL(seen.n_violations, 0);
    CU_ASSERT_EQUAL(seen.n_steps, 3 * 11);
    CU_ASSERT_EQUAL(seen.n_epochs, 3);
    for (size_t i = 0; network != NULL && i < network->n_parameters; i++)
        CU_ASSERT_EQUAL(network->parameters[i] == 0.0f, mask[i] == 0);
    wn_network_free(network);
}

/* A hook that fails on one rank ends all with its status and message. */
static void test_failing_hooks(void)
{
    wn_network *network = NULL;
    witness step = {.fail_step = 13, .stop_step = -1, .fails_with = WN_IO};
    CU_ASSERT_EQUAL(train_watched(&step, &network), WN_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "the hook failed"));
    CU_ASSERT_EQUAL(step.n_steps, 14);
    wn_network_free(network);
    network = NULL;
    witness epoch = {.fail_step = -1, .stop_step = -1, .fail_epoch = 2};
    CU_ASSERT_EQUAL(train_watched(&epoch, &network), WN_CANT_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "the epoch's hook failed"));
    CU_ASSERT_EQUAL(epoch.n_epochs, 2);
    wn_network_free(network);
}

static void test_stop(void)
{
    wn_network *network = NULL;
    witness seen = {.fail_step = -1, .stop_step = 7};
    CU_ASSERT_EQUAL(train_watched(&seen, &network), WN_STOPPED);
    CU_ASSERT_EQUAL(seen.n_steps, 8);
    wn_stop_clear();
    wn_network_free(network);
}

static void test_not_finite(void)
{
    problem p = problem_plain;
    wn_network *network = NULL;
    problem_fill();
    p.task = WN_TASK_REGRESSION;
    p.optimizer = WN_OPTIMIZER_SGD;
    p.learning_rate = 1e30;
    CU_ASSERT_EQUAL(problem_train(&test_ranks, &p, &network, NULL), WN_BAD_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "is not finite in epoch 1, batch "));
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), ", layer layer"));
    wn_network_free(network);
}

/* The one row whose products pass the range of float is named, wherever it lies in its lane and whichever hidden units
 * dropout silences there: tried at another place it can be finite. */
static void test_bad_row_under_dropout(void)
{
    int n_told = 0;
    for (int64_t row = 3; row < ROWS; row += 101) {
        problem p = problem_plain;
        wn_network *network = NULL;
        char expected[64];
        problem_fill();
        p.is_sparse = row % 2 == 0;
        p.task = WN_TASK_REGRESSION;
        p.has_validation = false;
        p.optimizer = WN_OPTIMIZER_SGD;
        p.learning_rate = 1e-6;
        p.dropout = 0.8f;
        for (size_t j = 0; j < INPUTS; j++)
            problem_features[(size_t)row * INPUTS + j] = j % 2 == 0 ? 1e25f : -1e25f;
        wn_status status = problem_train(&test_ranks, &p, &network, NULL);
        CU_ASSERT_TRUE(status == WN_OK || status == WN_BAD_DATA);
        snprintf(expected, sizeof expected, ", row %lld of the table", (long long)row);
        if (status == WN_BAD_DATA)
            CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), expected));
        n_told += status == WN_BAD_DATA;
        wn_network_free(network);
    }
    CU_ASSERT_TRUE(n_told >= 4);
}

/* One step that leaves weights beyond a float: no later loss tells. */
static void test_last_step(void)
{
    problem p = problem_plain;
    wn_network *network = NULL;
    problem_fill();
    p.task = WN_TASK_REGRESSION;
    p.optimizer = WN_OPTIMIZER_SGD;
    p.has_validation = false;
    p.learning_rate = 1e38;
    p.n_epochs = 1;
    p.batch = 1024;
    CU_ASSERT_EQUAL(problem_train(&test_ranks, &p, &network, NULL), WN_BAD_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "a weight is not finite after epoch 1, batch 1, layer layer"));
    wn_network_free(network);
}

static void test_no_rows(void)
{
    problem p = problem_plain;
    wn_network *network = NULL;
    p.n_rows = 0;
    CU_ASSERT_EQUAL(problem_train(&test_ranks, &p, &network, NULL), WN_BAD_DATA);
    wn_network_free(network);
}

/* The same status on every rank when an allocation fails on one, and nothing is left. */
static void test_failing_allocations(void)
{
    wn_lanes lanes;
    wn_dataset *dataset = NULL;
    wn_network *network = NULL;
    const lane_table table = {ROWS, INPUTS, problem_features, problem_classes, 23};
    wn_trainer_options options = {.optimizer = {.type = WN_OPTIMIZER_ADAM, .learning_rate = 0.01}, .n_epochs = 1};
    options.stage = "train";
    problem_fill();
    CHECK_OK(wn_lanes_deal(&test_ranks, ROWS, 352, 4, 1.0, &lanes));
    CHECK_OK(lane_dataset_new(&dataset, &table, 4, lanes.mine));
    CHECK_OK(problem_network(&network, &problem_plain));
    size_t used = wn_memory_used();
    int status = WN_NO_MEMORY, n_failed = 0;
    for (int64_t nth = 1; nth < 40; nth++) {
        if (test_ranks.rank == test_ranks.size - 1)
            wn_memory_fail_at(nth);
        status = (int)wn_trainer_run(&test_ranks, &lanes, dataset, NULL, &problem_classification, &options, network);
        wn_memory_fail_at(0);
        int most = status, least = status;
        MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPI_INT, MPI_MAX, test_ranks.comm);
        MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPI_INT, MPI_MIN, test_ranks.comm);
        CU_ASSERT_EQUAL(most, least);
        CU_ASSERT_TRUE(status == WN_OK || status == WN_NO_MEMORY);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
        n_failed += status != WN_OK;
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    CU_ASSERT_TRUE(n_failed > 8);
    wn_network_free(network);
    lane_dataset_free(dataset);
}

static const wn_test tests[] = {
    {"same bits at any rank count", test_same_bits},
    {"lanes without rows", test_empty_lanes},
    {"sparse rows", test_sparse},
    {"least squares", test_reaches_solution},
    {"three clouds", test_learns_classes},
    {"one step by hand", test_one_step},
    {"mask", test_mask},
    {"failing hooks", test_failing_hooks},
    {"stop", test_stop},
    {"loss that is not finite", test_not_finite},
    {"bad row under dropout", test_bad_row_under_dropout},
    {"weights that are not finite after the last step", test_last_step},
    {"no rows", test_no_rows},
    {"failing allocations", test_failing_allocations},
};

TEST_MAIN("train/trainer", tests)
