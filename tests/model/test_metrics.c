#include "testing.h"

#include "winnow/evaluation.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

enum { INPUTS = 6, CLASSES = 4, PIECES = 3, ROWS = 2500 };

static const size_t piece_first[PIECES + 1] = {0, 1300, 1301, ROWS};
static float features[ROWS * INPUTS], targets[ROWS];
static double class_values[CLASSES] = {0.0, 1.0, 2.0, 3.0};
static const wn_labels classification = {WN_TASK_CLASSIFICATION, CLASSES, class_values, NULL};
static const wn_labels regression = {WN_TASK_REGRESSION, 0, NULL, NULL};

static void fill_table(wn_task task)
{
    wn_random stream = {3, WN_RANDOM_TEST, 0};
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        features[i] = (float)wn_random_normal(stream, i);
    for (size_t r = 0; r < ROWS; r++)
        targets[r] = task == WN_TASK_REGRESSION ? 1000.0f + features[r * INPUTS] * 2.0f
                                                : (float)(wn_random_bits(stream, ROWS * INPUTS + r) % (CLASSES - 1));
}

/* A view of the pieces [range.first, range.last) of the table. */
typedef struct {
    wn_dataset dataset;
    size_t first[PIECES + 1];
} view;

static const wn_dataset *view_of(view *part, wn_range range)
{
    size_t begin = piece_first[range.first];
    for (int64_t p = range.first; p <= range.last; p++)
        part->first[p - range.first] = piece_first[p] - begin;
    part->dataset = (wn_dataset){.n_rows = piece_first[range.last] - begin,
                                 .n_features = INPUTS,
                                 .features = features + begin * INPUTS,
                                 .targets = targets + begin,
                                 .n_pieces = (size_t)(range.last - range.first),
                                 .piece_first = part->first};
    return &part->dataset;
}

static wn_network *made_network(wn_task task)
{
    const size_t widths[] = {INPUTS, 11, task == WN_TASK_REGRESSION ? 1 : CLASSES};
    wn_network *network = NULL;
    if (CHECK_OK(wn_network_new(&network, task, widths, 2)))
        wn_network_initialize(network, 8);
    if (network != NULL && task == WN_TASK_REGRESSION)
        network->parameters[network->n_parameters - 1] = 1000.0f;
    return network;
}

/* Same bits on these ranks as on one. */
static void check_ranks(wn_task task, const wn_labels *labels)
{
    wn_ranks alone = wn_ranks_of(MPI_COMM_SELF);
    wn_network *network = made_network(task);
    wn_metrics here = {0}, there = {0};
    view part, whole;
    fill_table(task);
    const wn_dataset *mine = view_of(&part, wn_range_part(PIECES, test_ranks.size, test_ranks.rank));
    CHECK_OK(wn_metrics_of(&test_ranks, network, labels, mine, &here));
    CHECK_OK(wn_metrics_of(&alone, network, labels, view_of(&whole, (wn_range){0, PIECES}), &there));
    CU_ASSERT_EQUAL(here.n_rows, ROWS);
    CU_ASSERT_EQUAL(memcmp(&here.loss, &there.loss, sizeof here.loss), 0);
    if (task == WN_TASK_CLASSIFICATION) {
        CU_ASSERT_EQUAL(memcmp(here.confusion, there.confusion, CLASSES * CLASSES * sizeof *here.confusion), 0);
        CU_ASSERT_EQUAL(memcmp(&here.accuracy, &there.accuracy, 4 * sizeof(double)), 0);
    } else {
        CU_ASSERT_EQUAL(memcmp(&here.mse, &there.mse, 4 * sizeof(double)), 0);
    }
    wn_metrics_clear(&here);
    wn_metrics_clear(&there);
    wn_network_free(network);
}

static void test_ranks_agree(void)
{
    check_ranks(WN_TASK_CLASSIFICATION, &classification);
    check_ranks(WN_TASK_REGRESSION, &regression);
}

/* Against one forward by hand and plain counting. */
static void test_classification(void)
{
    wn_ranks alone = wn_ranks_of(MPI_COMM_SELF);
    wn_network *network = made_network(WN_TASK_CLASSIFICATION);
    wn_workspace *workspace = NULL;
    wn_metrics metrics = {0};
    view whole;
    int64_t hits = 0, n_labelled[CLASSES] = {0}, n_predicted[CLASSES] = {0}, n_hits[CLASSES] = {0};
    double loss = 0.0, recall = 0.0;
    fill_table(WN_TASK_CLASSIFICATION);
    CHECK_OK(wn_metrics_of(&alone, network, &classification, view_of(&whole, (wn_range){0, PIECES}), &metrics));
    if (network == NULL || !CHECK_OK(wn_workspace_new(&workspace, network, ROWS)))
        return;
    const float *outputs = wn_network_forward(network, workspace, features, ROWS);
    for (size_t r = 0; r < ROWS; r++) {
        const float *row = outputs + r * CLASSES;
        size_t best = 0, label = (size_t)targets[r];
        double sum = 0.0;
        for (size_t j = 0; j < CLASSES; j++) {
            best = row[j] > row[best] ? j : best;
            sum += exp((double)row[j]);
        }
        loss += log(sum) - (double)row[label];
        hits += best == label;
        n_labelled[label]++;
        n_predicted[best]++;
        n_hits[label] += best == label;
    }
    for (size_t c = 0; c < CLASSES; c++) {
        double expected = n_labelled[c] > 0 ? (double)n_hits[c] / (double)n_labelled[c] : 0.0;
        CHECK_CLOSE(metrics.class_recall[c], expected, 1e-15);
        recall += expected;
    }
    CHECK_CLOSE(metrics.loss, loss / ROWS, 1e-6);
    CHECK_CLOSE(metrics.accuracy, (double)hits / ROWS, 1e-15);
    CHECK_CLOSE(metrics.recall, recall / (CLASSES - (n_predicted[CLASSES - 1] == 0)), 1e-15);
    CU_ASSERT_EQUAL(wn_metrics_value(&metrics, WN_METRIC_ACCURACY), metrics.accuracy);
    CU_ASSERT_EQUAL(wn_metrics_value(&metrics, WN_METRIC_RECALL), metrics.recall);
    CU_ASSERT_EQUAL(wn_metrics_value(&metrics, WN_METRIC_F1), metrics.f1);
    wn_metrics_clear(&metrics);
    wn_workspace_free(workspace);
    wn_network_free(network);
}

static void test_regression(void)
{
    const float labels[5] = {1e6f, 1e6f + 1.0f, 1e6f + 2.0f, 1e6f + 3.0f, 1e6f + 4.0f};
    const float outputs[5] = {1e6f, 1e6f + 2.0f, 1e6f + 2.0f, 1e6f + 3.0f, 1e6f + 3.0f};
    wn_evaluation *evaluation = NULL;
    wn_metrics metrics = {0};
    if (!CHECK_OK(wn_evaluation_new(&evaluation, &regression)))
        return;
    wn_evaluation_add(evaluation, outputs, labels, 2);
    wn_evaluation_add(evaluation, outputs + 2, labels + 2, 3);
    CHECK_OK(wn_evaluation_finish(evaluation, &metrics));
    CU_ASSERT_EQUAL(metrics.mse, 0.4);
    CU_ASSERT_EQUAL(metrics.rmse, sqrt(0.4));
    CU_ASSERT_EQUAL(metrics.mae, 0.4);
    CHECK_CLOSE(metrics.r2, 0.8, 1e-15);
    CU_ASSERT_EQUAL(wn_metrics_value(&metrics, WN_METRIC_R2), metrics.r2);
    wn_metrics_clear(&metrics);
    wn_evaluation_free(evaluation);
}

/* Equal logits choose the first class; labels that do not vary have no r2; no rows, no mean; broken sums say so. */
static void test_edges(void)
{
    wn_evaluation *evaluation = NULL, *constant = NULL;
    wn_metrics metrics = {0};
    const float equal[CLASSES] = {1.0f, 1.0f, 1.0f, 1.0f}, broken[CLASSES] = {0.0f, NAN, 0.0f, 0.0f}, zero[2] = {0};
    if (!CHECK_OK(wn_evaluation_new(&evaluation, &classification)) ||
        !CHECK_OK(wn_evaluation_new(&constant, &regression)))
        return;
    CHECK_OK(wn_evaluation_finish(evaluation, &metrics));
    CU_ASSERT_TRUE(isnan(metrics.loss));
    wn_metrics_clear(&metrics);
    CHECK_OK(wn_evaluation_finish(constant, &metrics));
    CU_ASSERT_TRUE(isnan(metrics.r2) && isnan(metrics.mse));
    wn_metrics_clear(&metrics);
    wn_evaluation_add(evaluation, equal, zero, 1);
    CHECK_OK(wn_evaluation_finish(evaluation, &metrics));
    CU_ASSERT_EQUAL(metrics.confusion[0], 1);
    CHECK_CLOSE(metrics.loss, log(4.0), 1e-15);
    CU_ASSERT_EQUAL(metrics.f1, 1.0);
    wn_metrics_clear(&metrics);
    wn_evaluation_add(evaluation, broken, zero, 1);
    CHECK_OK(wn_evaluation_finish(evaluation, &metrics));
    CU_ASSERT_FALSE(isfinite(metrics.loss));
    wn_metrics_clear(&metrics);
    wn_evaluation_add(constant, equal, zero, 2);
    CHECK_OK(wn_evaluation_finish(constant, &metrics));
    CU_ASSERT_TRUE(isnan(metrics.r2));
    CU_ASSERT_EQUAL(metrics.mse, 1.0);
    wn_metrics_clear(&metrics);
    wn_evaluation_free(constant);
    wn_evaluation_free(evaluation);
}

/* An allocation that fails on one rank gives all of them the same status and leaks nothing. */
static void test_failing_allocations(void)
{
    wn_network *network = made_network(WN_TASK_CLASSIFICATION);
    view part;
    fill_table(WN_TASK_CLASSIFICATION);
    const wn_dataset *mine = view_of(&part, wn_range_part(PIECES, test_ranks.size, test_ranks.rank));
    size_t used = wn_memory_used();
    for (int64_t nth = 1; nth < 12; nth++) {
        wn_metrics metrics = {0};
        if (test_ranks.rank == test_ranks.size - 1)
            wn_memory_fail_at(nth);
        int status = (int)wn_metrics_of(&test_ranks, network, &classification, mine, &metrics);
        wn_memory_fail_at(0);
        CU_ASSERT_TRUE(status == WN_OK || status == WN_NO_MEMORY);
        int least = status, most = status;
        MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPI_INT, MPI_MIN, test_ranks.comm);
        MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPI_INT, MPI_MAX, test_ranks.comm);
        CU_ASSERT_EQUAL(least, most);
        wn_metrics_clear(&metrics);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
    }
    wn_network_free(network);
}

static const wn_test tests[] = {
    {"same bits at any rank count", test_ranks_agree}, {"classification against counting", test_classification},
    {"regression by hand", test_regression},           {"edges", test_edges},
    {"failing allocations", test_failing_allocations},
};

TEST_MAIN("model/metrics", tests)
