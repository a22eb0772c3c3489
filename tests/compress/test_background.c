/* When rounds happen, the thread that works beside training, and masks that only lose weights. */
#include "testing.h"
#include "winnow/stop.h"

#include "background_state.h"
#include "rows_of_numbers.h"
#include "worker.h"

#include "winnow/prune.h"

#include <pthread.h>
#include <unistd.h>

static void test_rounds(void)
{
    wn_round rounds[WN_MAX_ROUNDS];
    for (int64_t n_steps = 0; n_steps < 200; n_steps++)
        for (size_t wanted = 1; wanted <= 9; wanted += 4) {
            size_t n = wn_rounds_fill(rounds, wanted, 1000, n_steps, 0.5, 0.9);
            CU_ASSERT_TRUE(n >= 1 && n <= wanted && n <= WN_MAX_ROUNDS);
            CU_ASSERT_EQUAL(rounds[0].snapshot, 1000);
            for (size_t r = 0; r < n; r++) {
                CU_ASSERT_TRUE(rounds[r].apply >= rounds[r].snapshot);
                CU_ASSERT_TRUE(rounds[r].apply - 1000 <= n_steps / 2);
                CU_ASSERT_TRUE(r == 0 || rounds[r].snapshot > rounds[r - 1].snapshot);
                CU_ASSERT_TRUE(r == 0 || rounds[r].snapshot >= rounds[r - 1].apply);
                CHECK_CLOSE(rounds[r].sparsity, 0.5 + 0.4 * (1 - pow(1 - (double)(r + 1) / (double)n, 3)), 1e-12);
            }
            CHECK_CLOSE(rounds[n - 1].sparsity, 0.9, 1e-12);
        }
}

typedef struct {
    int n_done;
    pthread_t thread;
    bool fails;
} piece_of_work;

static wn_status count_work(void *context)
{
    piece_of_work *work = context;
    work->n_done++;
    work->thread = pthread_self();
    return work->fails ? wn_fail(WN_NO_MEMORY, "no memory for piece %d", work->n_done) : WN_OK;
}

static void test_worker(void)
{
    for (int has_thread = 0; has_thread < 2; has_thread++) {
        piece_of_work work = {0};
        wn_worker *worker = NULL;
        double busy, waited;
        if (!CHECK_OK(wn_worker_new(&worker, count_work, &work, has_thread)))
            return;
        for (int i = 1; i <= 50; i++) {
            wn_worker_begin(worker);
            CHECK_OK(wn_worker_wait(worker));
            CU_ASSERT_EQUAL(work.n_done, i);
        }
        CU_ASSERT_EQUAL(pthread_equal(work.thread, pthread_self()) == 0, has_thread);
        work.fails = true;
        wn_worker_begin(worker);
        CU_ASSERT_EQUAL(wn_worker_wait(worker), WN_NO_MEMORY);
        CU_ASSERT_STRING_EQUAL(wn_status_message(), "no memory for piece 51");
        CHECK_OK(wn_worker_wait(worker));
        wn_worker_seconds(worker, &busy, &waited);
        CU_ASSERT_TRUE(busy >= 0 && waited >= 0);
        wn_worker_free(worker);
    }
}

/* Work that is not waited for goes on beside the caller, and is waited for at the end. */
static void test_worker_hides(void)
{
    piece_of_work work = {0};
    wn_worker *worker = NULL;
    double busy, waited;
    wn_background_slow_down(0.05);
    if (CHECK_OK(wn_worker_new(&worker, count_work, &work, true))) {
        wn_worker_begin(worker);
        usleep(200000);
        CHECK_OK(wn_worker_wait(worker));
        wn_worker_seconds(worker, &busy, &waited);
        CU_ASSERT_TRUE(busy >= 0.05);
        wn_worker_begin(worker);
        wn_worker_free(worker);
        CU_ASSERT_EQUAL(work.n_done, 2);
    }
    wn_background_slow_down(0);
}

/* The decision's masks: the wanted sparsity, nothing back, protected ones kept, the first one at its step. */
static void test_decisions(void)
{
    task t;
    wn_compress_options options = task_options();
    wn_network *wide = NULL;
    unsigned char before[1000];
    const char *protect[] = {"layer2", "input/x3"};
    options.protect = protect;
    options.n_protect = 2;
    if (!CHECK_OK(task_open(&t, test_ranks)) || !CHECK_OK(task_train_full(&t, &options, 4)) ||
        !CHECK_OK(wn_network_with_projection(&wide, t.network, t.recipe)))
        return;
    int64_t n_dense = 4 * t.lanes.n_steps;
    size_t n = wide->n_parameters;
    CU_ASSERT_EQUAL(wn_background_n_decisions(t.background), 0);
    memset(before, 1, n);
    CU_ASSERT_EQUAL(memcmp(wn_background_mask(t.background), before, n), 0);
    CHECK_OK(wn_background_before_step(t.background, n_dense, wide));
    CU_ASSERT_EQUAL(wn_background_n_decisions(t.background), 1);
    for (int k = 0; k <= 5; k++) {
        double sparsity = 0.5 + 0.05 * k;
        memcpy(before, wn_background_mask(t.background), n);
        CHECK_OK(wn_background_decide(t.background, n_dense + k, wide, sparsity));
        const unsigned char *mask = wn_background_mask(t.background);
        size_t wanted = (size_t)round((1 - sparsity) * (double)wn_network_n_weights(wide));
        size_t n_before = wn_prune_count(wide, before);
        CU_ASSERT_EQUAL(wn_prune_count(wide, mask), wanted < n_before ? wanted : n_before);
        for (size_t i = 0; i < n; i++)
            CU_ASSERT_TRUE(mask[i] == 0 || before[i] != 0);
        for (size_t i = wide->layers[2].weight; i < n; i++)
            CU_ASSERT_EQUAL(mask[i], 1);
        for (size_t o = 0; o < TASK_COMPONENTS; o++)
            CU_ASSERT_EQUAL(mask[o * TASK_COLUMNS + 3], 1);
        wn_prune_apply(wide, mask);
        CU_ASSERT_EQUAL(wn_background_find(t.background, wn_hash_bytes(mask, n, 0)), (size_t)(k + 1));
    }
    CHECK_OK(wn_background_close(t.background, NULL));
    wn_network_free(wide);
    task_clear(&t);
}

/* A stop request ends the waiting for a decision on every rank, and nothing is lost: once more, and it is taken. */
static void test_stop_while_waiting(void)
{
    task t;
    wn_compress_options options = task_options();
    wn_network *wide = NULL;
    if (!CHECK_OK(task_open(&t, test_ranks)) || !CHECK_OK(task_train_full(&t, &options, 4)) ||
        !CHECK_OK(wn_network_with_projection(&wide, t.network, t.recipe)))
        return;
    int64_t n_dense = 4 * t.lanes.n_steps;
    CHECK_OK(wn_background_before_step(t.background, n_dense, wide));
    wn_background_slow_down(0.2);
    if (test_ranks.rank == 0)
        wn_stop_request(0);
    CU_ASSERT_EQUAL(wn_background_decide(t.background, n_dense + 1, wide, 0.6), WN_STOPPED);
    CU_ASSERT_EQUAL(wn_background_n_decisions(t.background), 1);
    wn_stop_clear();
    wn_background_slow_down(0);
    CHECK_OK(wn_background_decide(t.background, n_dense + 1, wide, 0.6));
    CU_ASSERT_EQUAL(wn_background_n_decisions(t.background), 2);
    CHECK_OK(wn_background_close(t.background, NULL));
    wn_network_free(wide);
    task_clear(&t);
}

/* The stage ends in the middle of its work, and leaves nothing. */
static void test_abandon(void)
{
    task t;
    wn_compress_options options = task_options();
    wn_background *background = NULL;
    if (!CHECK_OK(task_open(&t, test_ranks)))
        return;
    size_t used = wn_memory_used();
    wn_background_slow_down(0.1);
    if (CHECK_OK(wn_background_open(&background, &t.ranks, &options, t.recipe, &t.labels, t.sample, t.network, 10)))
        CHECK_OK(wn_background_before_step(background, 5, t.network)); /* hands the first snapshot over */
    wn_background_abandon(background);
    wn_background_abandon(NULL);
    wn_background_slow_down(0);
    CU_ASSERT_EQUAL(wn_memory_used(), used);
    task_clear(&t);
}

static void test_no_memory(void)
{
    task t;
    wn_compress_options options = task_options();
    if (!CHECK_OK(task_open(&t, test_ranks)))
        return;
    size_t used = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1; status != WN_OK && nth < 200; nth++) {
        wn_background *background = NULL;
        wn_memory_fail_at(nth);
        status = wn_background_open(&background, &t.ranks, &options, t.recipe, &t.labels, t.sample, t.network, 10);
        wn_memory_fail_at(0);
        CU_ASSERT_TRUE(status == WN_OK || status == WN_NO_MEMORY);
        CHECK_OK(wn_background_close(background, NULL));
        CU_ASSERT_EQUAL(wn_memory_used(), used);
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    task_clear(&t);
}

/* An allocation that fails in the thread is told where its decision would take effect. */
static void test_thread_no_memory(void)
{
    task t;
    wn_compress_options options = task_options();
    wn_background *background = NULL;
    wn_status status = WN_NO_MEMORY;
    if (!CHECK_OK(task_open(&t, test_ranks)))
        return;
    size_t used = wn_memory_used();
    for (int64_t nth = 1; status != WN_OK && nth < 100000; nth += 1 + nth / 8) {
        if (!CHECK_OK(
                wn_background_open(&background, &t.ranks, &options, t.recipe, &t.labels, t.sample, t.network, 10)))
            break;
        wn_memory_fail_at(nth);
        for (int64_t step = 0; step < 10; step++)
            CHECK_OK(wn_background_before_step(background, step, t.network));
        status = wn_background_before_step(background, 10, t.network);
        wn_memory_fail_at(0);
        CU_ASSERT_TRUE(status == WN_OK || status == WN_NO_MEMORY);
        CU_ASSERT_EQUAL(wn_background_close(background, NULL), status);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    task_clear(&t);
}

/* Runs a new stage from step `first` (where `from` was saved; NULL: the beginning) to step `last`. */
static wn_status run_from(task *t, const wn_compress_options *options, const wn_checkpoint *from, int64_t first,
                          int64_t last, wn_background **background)
{
    wn_status status = WN_OK;
    TRY(wn_background_open(background, &t->ranks, options, t->recipe, &t->labels, t->sample, t->network, 10));
    if (from != NULL)
        TRY(wn_background_restore(*background, from));
    for (int64_t step = first; step <= last; step++)
        TRY(wn_background_before_step(*background, step, t->network));
done:
    return status;
}

/* What the stage comes to when it goes on from a checkpoint is what it comes to undisturbed. */
static void check_continued(task *t, const wn_compress_options *options, wn_checkpoint *from, int64_t step,
                            const wn_background *whole)
{
    wn_background *other = NULL;
    size_t n = whole->n_parameters;
    CHECK_OK(wn_checkpoint_share(&t->ranks, &from));
    if (CHECK_OK(run_from(t, options, from, step, 10, &other))) {
        CU_ASSERT_EQUAL(memcmp(wn_background_mask(other), wn_background_mask(whole), n), 0);
        CU_ASSERT_EQUAL(wn_background_n_decisions(other), wn_background_n_decisions(whole));
        CU_ASSERT_EQUAL(other->progress.n_snapshots, whole->progress.n_snapshots);
    }
    CHECK_OK(wn_background_close(other, NULL));
    wn_checkpoint_free(from);
}

/* Saved at any step, while the thread is at work or not. */
static void test_restore(void)
{
    task t;
    wn_compress_options options = task_options();
    wn_background *whole = NULL;
    if (!CHECK_OK(task_open(&t, test_ranks)))
        return;
    CHECK_OK(run_from(&t, &options, NULL, 0, 10, &whole));
    for (int64_t step = 0; step <= 10; step++) {
        wn_background *saved = NULL;
        wn_checkpoint *checkpoint = NULL;
        CHECK_OK(run_from(&t, &options, NULL, 0, step, &saved));
        if (t.ranks.rank == 0) {
            CHECK_OK(wn_checkpoint_new(&checkpoint));
            CHECK_OK(wn_background_save(saved, checkpoint));
        }
        CHECK_OK(wn_background_close(saved, NULL));
        check_continued(&t, &options, checkpoint, step, whole);
    }
    CHECK_OK(wn_background_close(whole, NULL));
    task_clear(&t);
}

/* A failure that was not told yet never reaches a checkpoint: either saving tells it, or what was saved is sound. */
static void test_no_failure_is_saved(void)
{
    task t;
    wn_compress_options options = task_options();
    wn_background *whole = NULL;
    int64_t n_refused = 0;
    if (!CHECK_OK(task_open(&t, test_ranks)))
        return;
    CHECK_OK(run_from(&t, &options, NULL, 0, 10, &whole));
    for (int64_t nth = 1; nth < 400; nth += 1 + nth / 4) {
        wn_background *saved = NULL;
        wn_checkpoint *checkpoint = NULL;
        CHECK_OK(wn_background_open(&saved, &t.ranks, &options, t.recipe, &t.labels, t.sample, t.network, 10));
        wn_memory_fail_at(t.ranks.rank == 0 ? nth : 0);
        for (int64_t step = 0; step < 10; step++)
            CHECK_OK(wn_background_before_step(saved, step, t.network));
        wn_memory_fail_at(0);
        int64_t is_saved = 0;
        if (t.ranks.rank == 0 && CHECK_OK(wn_checkpoint_new(&checkpoint)))
            is_saved = wn_background_save(saved, checkpoint) == WN_OK;
        CHECK_OK(wn_ranks_sum(&t.ranks, &is_saved, 1));
        n_refused += is_saved == 0;
        wn_status closed = wn_background_close(saved, NULL);
        CU_ASSERT(closed == WN_OK || closed == WN_NO_MEMORY);
        if (is_saved != 0)
            check_continued(&t, &options, checkpoint, 9, whole);
        else
            wn_checkpoint_free(checkpoint);
    }
    CU_ASSERT(n_refused > 0);
    CHECK_OK(wn_background_close(whole, NULL));
    task_clear(&t);
}

static const wn_test tests[] = {{"stop while waiting", test_stop_while_waiting},
                                {"abandon", test_abandon},
                                {"rounds", test_rounds},
                                {"worker", test_worker},
                                {"worker_hides", test_worker_hides},
                                {"decisions", test_decisions},
                                {"no_memory", test_no_memory},
                                {"thread_no_memory", test_thread_no_memory},
                                {"restore", test_restore},
                                {"no failure is saved", test_no_failure_is_saved}};

TEST_MAIN("background", tests)
