#include "testing.h"

#include "winnow/log.h"
#include "winnow/memory.h"
#include "winnow/random.h"
#include "winnow/stop.h"
#include "winnow/trainer.h"

#include "lane_dataset.h"

#include <math.h>

enum { ROWS = 700, INPUTS = 5, CLASSES = 3, HIDDEN = 9, MOST = 256 };

static float features[ROWS * INPUTS], classes[ROWS], values[ROWS];
static double class_values[CLASSES] = {0.0, 1.0, 2.0};
static const wn_labels classification = {WN_TASK_CLASSIFICATION, CLASSES, class_values};
static const wn_labels regression = {WN_TASK_REGRESSION, 0, NULL};

/* Three clouds; the value is linear in the features. */
static void fill_table(void)
{
    wn_random stream = {2, WN_RANDOM_TEST, 0};
    for (size_t r = 0; r < ROWS; r++) {
        classes[r] = (float)(wn_random_bits(stream, 1000000 + r) % CLASSES);
        values[r] = 1.5f;
        for (size_t j = 0; j < INPUTS; j++) {
            float noise = (float)wn_random_normal(stream, r * INPUTS + j);
            features[r * INPUTS + j] = noise + (j < CLASSES && (float)j == classes[r] ? 4.0f : 0.0f);
            values[r] += features[r * INPUTS + j] * (float)(j + 1);
        }
    }
}

/* What a training is of. */
typedef struct {
    wn_task task;
    int64_t n_rows, batch, n_lanes, n_epochs;
    double rank0_share;
    float dropout;
    bool has_hidden, has_validation;
    wn_optimizer_type optimizer;
    double learning_rate;
    const unsigned char *mask;
    wn_trainer_hooks hooks;
    const wn_checkpoint_sink *checkpoints;
    const wn_checkpoint *resume;
} problem;

static const problem plain = {.task = WN_TASK_CLASSIFICATION,
                              .n_rows = ROWS,
                              .batch = 64,
                              .n_lanes = 4,
                              .n_epochs = 3,
                              .rank0_share = 0.5,
                              .has_hidden = true,
                              .has_validation = true,
                              .optimizer = WN_OPTIMIZER_ADAM,
                              .learning_rate = 0.01};

static wn_status make_network(wn_network **network, const problem *p)
{
    size_t n_outputs = p->task == WN_TASK_REGRESSION ? 1 : CLASSES;
    const size_t deep[] = {INPUTS, HIDDEN, n_outputs}, flat[] = {INPUTS, n_outputs};
    wn_status status = wn_network_new(network, p->task, p->has_hidden ? deep : flat, p->has_hidden ? 2 : 1);
    if (status == WN_OK) {
        wn_network_initialize(*network, 12);
        (*network)->dropout = p->dropout;
    }
    return status;
}

/* Keeps what the trainer tells of its epochs, plain numbers only, and passes on to the problem's own hooks. */
typedef struct {
    wn_trainer_hooks inner;
    wn_epoch *epochs;
} collector;

static wn_status pass_step(void *context, int64_t step, wn_network *network)
{
    const collector *c = context;
    return c->inner.before_step != NULL ? c->inner.before_step(c->inner.context, step, network) : WN_OK;
}

static wn_status collect_epoch(void *context, const wn_epoch *epoch)
{
    const collector *c = context;
    wn_metrics *kept = &c->epochs[epoch->epoch - 1].validation;
    c->epochs[epoch->epoch - 1] = *epoch;
    kept->class_precision = kept->class_recall = kept->class_f1 = NULL;
    kept->confusion = NULL;
    return c->inner.after_epoch != NULL ? c->inner.after_epoch(c->inner.context, epoch) : WN_OK;
}

/* Trains on some ranks; *network is the caller's, NULL where making it failed. Validation rows are a quarter of the
 * table's blocks. */
static wn_status train(const wn_ranks *ranks, const problem *p, wn_network **network, wn_epoch **epochs)
{
    wn_status status = WN_OK;
    const float *targets = p->task == WN_TASK_REGRESSION ? values : classes;
    const lane_table table = {p->n_rows, INPUTS, features, targets, 23}, sample = {160, INPUTS, features, targets, 40};
    wn_dataset *dataset = NULL, *validation = NULL;
    wn_lanes lanes;
    collector kept = {.inner = p->hooks};
    wn_trainer_options options = {.optimizer = {.type = p->optimizer,
                                                .learning_rate = p->learning_rate,
                                                .momentum = 0.9,
                                                .schedule = WN_SCHEDULE_COSINE},
                                  .n_epochs = p->n_epochs,
                                  .seed = 6,
                                  .stage = "train",
                                  .mask = p->mask,
                                  .hooks = {.before_step = pass_step, .after_epoch = collect_epoch, .context = &kept},
                                  .checkpoints = p->checkpoints,
                                  .resume = p->resume};
    TRY(wn_new(&kept.epochs, (size_t)p->n_epochs));
    TRY(wn_lanes_deal(ranks, p->n_rows, p->batch, p->n_lanes, p->rank0_share, &lanes));
    TRY(lane_dataset_new(&dataset, &table, lanes.n_lanes, lanes.mine));
    TRY(lane_dataset_new(&validation, &sample, 4, wn_range_part(4, ranks->size, ranks->rank)));
    TRY(make_network(network, p));
    TRY(wn_trainer_run(ranks, &lanes, dataset, p->has_validation ? validation : NULL,
                       p->task == WN_TASK_REGRESSION ? &regression : &classification, &options, *network));
    if (epochs != NULL) {
        *epochs = kept.epochs;
        kept.epochs = NULL;
    }
done:
    wn_free(kept.epochs);
    lane_dataset_free(validation);
    lane_dataset_free(dataset);
    return status;
}

/* The same parameters, losses and metrics, bit by bit, on these ranks as on one. */
static void check_same_bits(const problem *p)
{
    wn_ranks alone = wn_ranks_of(MPI_COMM_SELF);
    wn_network *here = NULL, *there = NULL;
    wn_epoch *epochs_here = NULL, *epochs_there = NULL;
    bool trained = CHECK_OK(train(&test_ranks, p, &here, &epochs_here));
    trained = CHECK_OK(train(&alone, p, &there, &epochs_there)) && trained;
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
    problem p = plain;
    fill_table();
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
    problem p = plain;
    fill_table();
    p.n_rows = 4;
    p.batch = 512;
    p.n_lanes = 8;
    p.n_epochs = 10;
    check_same_bits(&p);
    p.task = WN_TASK_REGRESSION;
    p.has_hidden = false;
    check_same_bits(&p);
}

/* A model without hidden layer on a linear table finds its coefficients. */
static void test_reaches_solution(void)
{
    problem p = plain;
    wn_network *network = NULL;
    wn_epoch *epochs = NULL;
    fill_table();
    p.task = WN_TASK_REGRESSION;
    p.has_hidden = false;
    p.optimizer = WN_OPTIMIZER_SGD;
    p.learning_rate = 0.01;
    p.n_epochs = 40;
    if (CHECK_OK(train(&test_ranks, &p, &network, &epochs))) {
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
    problem p = plain;
    wn_network *network = NULL;
    wn_epoch *epochs = NULL;
    fill_table();
    p.n_epochs = 10;
    if (CHECK_OK(train(&test_ranks, &p, &network, &epochs)))
        CU_ASSERT_TRUE(epochs[9].validation.accuracy > 0.97);
    wn_free(epochs);
    wn_network_free(network);
}

/* One step of SGD at batch = all rows is a step along the mean gradient of all of them, as made by hand. */
static void test_one_step(void)
{
    problem p = plain;
    wn_network *network = NULL;
    double gradient[INPUTS + 1] = {0};
    fill_table();
    p.task = WN_TASK_REGRESSION;
    p.has_hidden = p.has_validation = false;
    p.optimizer = WN_OPTIMIZER_SGD;
    p.learning_rate = 0.01;
    p.batch = 704;
    p.n_lanes = 4;
    p.n_epochs = 1;
    if (CHECK_OK(train(&test_ranks, &p, &network, NULL))) {
        for (size_t r = 0; r < ROWS; r++) {
            for (size_t j = 0; j < INPUTS; j++)
                gradient[j] -= 2.0 * (double)values[r] * (double)features[r * INPUTS + j];
            gradient[INPUTS] -= 2.0 * (double)values[r];
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
        wn_stop_request();
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
    problem p = plain;
    wn_epoch *epochs = NULL;
    fill_table();
    p.mask = seen->mask;
    p.hooks = (wn_trainer_hooks){.before_step = watch_step, .after_epoch = watch_epoch, .context = seen};
    wn_status status = train(&test_ranks, &p, network, &epochs);
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
    bool trained = CHECK_OK(train(&test_ranks, &p, &whole, &epochs));
    CU_ASSERT_EQUAL(k.n_written, test_ranks.rank == 0);
    trained = CHECK_OK(wn_checkpoint_share(&test_ranks, &k.taken)) && trained;
    p.checkpoints = NULL;
    p.resume = k.taken;
    for (size_t i = 0; trained && k.taken != NULL && i < 2; i++) {
        wn_network *resumed = NULL;
        wn_epoch *rest = NULL;
        if (CHECK_OK(train(on[i], &p, &resumed, &rest))) {
            CU_ASSERT_EQUAL(memcmp(resumed->parameters, whole->parameters, whole->n_parameters * sizeof(float)), 0);
            for (int64_t e = step / 11; e < p.n_epochs; e++) {
                CU_ASSERT_EQUAL(memcmp(&rest[e].loss, &epochs[e].loss, sizeof(double)), 0);
                CU_ASSERT_EQUAL(rest[e].epoch, e + 1);
            }
        }
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
    problem p = plain;
    fill_table();
    p.dropout = 0.3f;
    for (size_t i = 0; i < 3; i++) {
        p.optimizer = types[i];
        for (size_t s = 0; s < 4; s++)
            check_resume(&p, steps[s]);
    }
}

/* Stopped before step 7 and gone on with: the same as never stopped. */
static void test_stop_and_resume(void)
{
    problem p = plain;
    witness seen = {.fail_step = -1, .stop_step = 7};
    keeper k = {.wanted = INT64_MAX};
    wn_checkpoint_sink sink = {is_due, keep, &k};
    wn_network *whole = NULL, *stopped = NULL, *resumed = NULL;
    fill_table();
    CHECK_OK(train(&test_ranks, &p, &whole, NULL));
    p.hooks = (wn_trainer_hooks){.before_step = watch_step, .context = &seen};
    p.checkpoints = &sink;
    CU_ASSERT_EQUAL(train(&test_ranks, &p, &stopped, NULL), WN_STOPPED);
    wn_stop_clear();
    CHECK_OK(wn_checkpoint_share(&test_ranks, &k.taken));
    p.hooks = (wn_trainer_hooks){0};
    p.checkpoints = NULL;
    p.resume = k.taken;
    if (k.taken != NULL && CHECK_OK(train(&test_ranks, &p, &resumed, NULL)) && whole != NULL)
        CU_ASSERT_EQUAL(memcmp(resumed->parameters, whole->parameters, whole->n_parameters * sizeof(float)), 0);
    CU_ASSERT_PTR_NOT_NULL(k.taken);
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
    problem p = plain;
    keeper k = {.wanted = 4};
    wn_checkpoint_sink sink = {is_due, refuse, &k};
    wn_network *network = NULL;
    fill_table();
    p.checkpoints = &sink;
    CU_ASSERT_EQUAL(train(&test_ranks, &p, &network, NULL), WN_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "no space is left"));
    wn_network_free(network);
}

/* What is not finite never reaches a checkpoint. */
static void test_nothing_infinite_is_kept(void)
{
    problem p = plain;
    keeper k = {.wanted = -1};
    wn_checkpoint_sink sink = {is_due, keep, &k};
    wn_network *network = NULL;
    fill_table();
    p.task = WN_TASK_REGRESSION;
    p.optimizer = WN_OPTIMIZER_SGD;
    p.learning_rate = 1e30;
    p.checkpoints = &sink;
    CU_ASSERT_EQUAL(train(&test_ranks, &p, &network, NULL), WN_BAD_DATA);
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

static void test_not_finite(void)
{
    problem p = plain;
    wn_network *network = NULL;
    fill_table();
    p.task = WN_TASK_REGRESSION;
    p.optimizer = WN_OPTIMIZER_SGD;
    p.learning_rate = 1e30;
    CU_ASSERT_EQUAL(train(&test_ranks, &p, &network, NULL), WN_BAD_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "is not finite in epoch 1, batch "));
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), ", layer layer"));
    wn_network_free(network);
}

static void test_no_rows(void)
{
    problem p = plain;
    wn_network *network = NULL;
    p.n_rows = 0;
    CU_ASSERT_EQUAL(train(&test_ranks, &p, &network, NULL), WN_BAD_DATA);
    wn_network_free(network);
}

/* The same status on every rank when an allocation fails on one, and nothing is left. */
static void test_failing_allocations(void)
{
    wn_lanes lanes;
    wn_dataset *dataset = NULL;
    wn_network *network = NULL;
    const lane_table table = {ROWS, INPUTS, features, classes, 23};
    wn_trainer_options options = {.optimizer = {.type = WN_OPTIMIZER_ADAM, .learning_rate = 0.01}, .n_epochs = 1};
    options.stage = "train";
    fill_table();
    CHECK_OK(wn_lanes_deal(&test_ranks, ROWS, 352, 4, 1.0, &lanes));
    CHECK_OK(lane_dataset_new(&dataset, &table, 4, lanes.mine));
    CHECK_OK(make_network(&network, &plain));
    size_t used = wn_memory_used();
    int status = WN_NO_MEMORY, n_failed = 0;
    for (int64_t nth = 1; nth < 40; nth++) {
        if (test_ranks.rank == test_ranks.size - 1)
            wn_memory_fail_at(nth);
        status = (int)wn_trainer_run(&test_ranks, &lanes, dataset, NULL, &classification, &options, network);
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
    {"least squares", test_reaches_solution},
    {"three clouds", test_learns_classes},
    {"one step by hand", test_one_step},
    {"mask", test_mask},
    {"failing hooks", test_failing_hooks},
    {"stop", test_stop},
    {"goes on from a checkpoint", test_resume},
    {"stopped and gone on with", test_stop_and_resume},
    {"full disk", test_full_disk},
    {"nothing infinite is kept", test_nothing_infinite_is_kept},
    {"loss that is not finite", test_not_finite},
    {"no rows", test_no_rows},
    {"failing allocations", test_failing_allocations},
};

TEST_MAIN("train/trainer", tests)
