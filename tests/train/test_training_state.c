/* A training that goes on from a checkpoint, on any number of ranks, is the training that was never interrupted. */
#include "problem.h"
#include "testing.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include <math.h>
#include <string.h>

/* A sink that takes the state of one step, or of every step. */
typedef struct {
    int64_t n_asked, wanted; /* wanted: -1 for every step */
    int64_t n_written;
    wn_checkpoint *taken; /* a file's worth, through the file */
} keeper;

static bool is_due(void *context)
{
    keeper *k = context;
    return k->n_asked++ == k->wanted || k->wanted < 0;
}

static wn_status keep(void *context, wn_checkpoint *checkpoint)
{
    wn_status status = WN_OK;
    keeper *k = context;
    k->n_written++;
    wn_checkpoint_free(k->taken);
    k->taken = NULL;
    TRY(wn_checkpoint_write(checkpoint, test_path("state")));
    TRY(wn_checkpoint_read(&k->taken, test_path("state")));
done:
    return status;
}

/* Going on from step `step`, on these ranks and on one, gives the undisturbed training's parameters and losses. */
static void check_resume(const problem *plan, int64_t step)
{
    problem p = *plan;
    keeper k = {.wanted = step};
    wn_checkpoint_sink sink = {is_due, keep, &k};
    wn_ranks alone = wn_ranks_of(MPI_COMM_SELF);
    const wn_ranks *on[] = {&test_ranks, &alone};
    wn_network *whole = NULL;
    wn_epoch *epochs = NULL;
    p.checkpoints = &sink;
    bool trained = CHECK_OK(problem_train(&test_ranks, &p, &whole, &epochs));
    CU_ASSERT_EQUAL(k.n_written, test_ranks.rank == 0);
    trained = CHECK_OK(wn_checkpoint_share(&test_ranks, &k.taken)) && trained;
    p.checkpoints = NULL;
    p.resume = &k.taken;
    for (size_t i = 0; trained && k.taken != NULL && i < 2; i++) {
        wn_network *resumed = NULL;
        wn_epoch *rest = NULL;
        if (CHECK_OK(problem_train(on[i], &p, &resumed, &rest))) {
            CU_ASSERT_EQUAL(memcmp(resumed->parameters, whole->parameters, whole->n_parameters * sizeof(float)), 0);
            for (int64_t e = step / 11; e < p.n_epochs; e++) {
                CU_ASSERT_EQUAL(memcmp(&rest[e].loss, &epochs[e].loss, sizeof(double)), 0);
                CU_ASSERT_EQUAL(rest[e].epoch, e + 1);
            }
        }
        CU_ASSERT_PTR_NULL(k.taken); /* training does not carry what it went on from */
        if (i == 0 && test_ranks.rank == 0)
            CHECK_OK(wn_checkpoint_read(&k.taken, test_path("state")));
        if (i == 0)
            CHECK_OK(wn_checkpoint_share(&test_ranks, &k.taken));
        wn_free(rest);
        wn_network_free(resumed);
    }
    wn_checkpoint_free(k.taken);
    wn_free(epochs);
    wn_network_free(whole);
}

static void test_resume(void)
{
    static const wn_optimizer_type types[] = {WN_OPTIMIZER_ADAM, WN_OPTIMIZER_SGD, WN_OPTIMIZER_ADAGRAD};
    static const int64_t steps[] = {0, 5, 11, 32}; /* the first, within, an epoch's first, the last */
    problem p = problem_plain;
    problem_fill();
    p.dropout = 0.3f;
    for (size_t i = 0; i < 3; i++) {
        p.optimizer = types[i];
        for (size_t s = 0; s < 4; s++)
            check_resume(&p, steps[s]);
    }
}

static wn_status stop_at_seven(void *context, int64_t step, wn_network *network)
{
    (void)context, (void)network;
    if (step == 7 && test_ranks.rank == test_ranks.size - 1)
        wn_stop_request(0);
    return WN_OK;
}

/* Stopped before step 7 and gone on with: the same as never stopped. */
static void test_stop_and_resume(void)
{
    problem p = problem_plain;
    keeper k = {.wanted = INT64_MAX};
    wn_checkpoint_sink sink = {is_due, keep, &k};
    wn_network *whole = NULL, *stopped = NULL, *resumed = NULL;
    problem_fill();
    CHECK_OK(problem_train(&test_ranks, &p, &whole, NULL));
    p.hooks = (wn_trainer_hooks){.before_step = stop_at_seven};
    p.checkpoints = &sink;
    CU_ASSERT_EQUAL(problem_train(&test_ranks, &p, &stopped, NULL), WN_STOPPED);
    wn_stop_clear();
    CHECK_OK(wn_checkpoint_share(&test_ranks, &k.taken));
    p.hooks = (wn_trainer_hooks){0};
    p.checkpoints = NULL;
    p.resume = &k.taken;
    CU_ASSERT_PTR_NOT_NULL(k.taken);
    if (k.taken != NULL && CHECK_OK(problem_train(&test_ranks, &p, &resumed, NULL)) && whole != NULL)
        CU_ASSERT_EQUAL(memcmp(resumed->parameters, whole->parameters, whole->n_parameters * sizeof(float)), 0);
    wn_checkpoint_free(k.taken);
    wn_network_free(resumed);
    wn_network_free(stopped);
    wn_network_free(whole);
}

/* A write that fails on rank 0 ends all with its status. */
static wn_status refuse(void *context, wn_checkpoint *checkpoint)
{
    (void)context, (void)checkpoint;
    return wn_fail(WN_IO, "no space is left");
}

static void test_full_disk(void)
{
    problem p = problem_plain;
    keeper k = {.wanted = 4};
    wn_checkpoint_sink sink = {is_due, refuse, &k};
    wn_network *network = NULL;
    problem_fill();
    p.checkpoints = &sink;
    CU_ASSERT_EQUAL(problem_train(&test_ranks, &p, &network, NULL), WN_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "no space is left"));
    wn_network_free(network);
}

/* What is not finite never reaches a checkpoint. */
static void test_nothing_infinite_is_kept(void)
{
    problem p = problem_plain;
    keeper k = {.wanted = -1};
    wn_checkpoint_sink sink = {is_due, keep, &k};
    wn_network *network = NULL;
    problem_fill();
    p.task = WN_TASK_REGRESSION;
    p.optimizer = WN_OPTIMIZER_SGD;
    p.learning_rate = 1e30;
    p.checkpoints = &sink;
    CU_ASSERT_EQUAL(problem_train(&test_ranks, &p, &network, NULL), WN_BAD_DATA);
    if (test_ranks.rank == 0) {
        size_t n = 0;
        const float *kept = k.taken != NULL ? wn_checkpoint_find(k.taken, "training/parameters", &n) : NULL;
        CU_ASSERT(n > 0);
        for (size_t i = 0; i < n / sizeof *kept; i++)
            CU_ASSERT(isfinite(kept[i]));
    }
    wn_checkpoint_free(k.taken);
    wn_network_free(network);
}

static const wn_test tests[] = {{"goes on from a checkpoint", test_resume},
                                {"stopped and gone on with", test_stop_and_resume},
                                {"full disk", test_full_disk},
                                {"nothing infinite is kept", test_nothing_infinite_is_kept}};

TEST_MAIN("train/training_state", tests)
